/** A stack of many pipelines in a scratch folder, deployed by the embedded engine. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import { runPulumi, type Summary } from "../../engine/index.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Measured {
  exitCode: number;
  output: string;
  changes: Summary["changes"];
  /** Calls the emulator counted, tokens and sandboxes included. */
  calls: number;
  /** Calls that were refused because there were too many. */
  throttled: number;
  seconds: number;
}

export class ScaleProject {
  readonly emulator: Emulator;
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(emulator: Emulator, pipelines: number) {
    this.emulator = emulator;
    this.#folder = mkdtempSync(join(tmpdir(), "aep-scale-"));
    for (const name of ["node_modules", "package.json", "resources"])
      symlinkSync(join(ROOT, name), join(this.#folder, name));
    const program = join(ROOT, "test/fixtures/scale/index.ts");
    writeFileSync(join(this.#folder, "index.js"), `import ${JSON.stringify(program)};\n`);
    const project = { name: "aep", runtime: { name: "nodejs", options: { typescript: false } }, main: "index.js" };
    writeFileSync(join(this.#folder, "Pulumi.yaml"), stringify(project));
    mkdirSync(join(this.#folder, "state"));
    this.#env = {
      ...emulator.env,
      PATH: process.env["PATH"] ?? "",
      PULUMI_HOME: join(this.#folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "scale",
      AEP_JOURNAL_DIR: join(this.#folder, "journal"),
      AEP_ALLOW_DESTROY: "*",
      SCALE_PIPELINES: String(pipelines),
    };
  }

  /** A project of `pipelines` times eight resources, its stack `dev`, and an emulator of its own. */
  static async open(pipelines: number): Promise<ScaleProject> {
    const project = new ScaleProject(await startEmulator(), pipelines);
    const { exitCode, output } = await project.run("stack", "init", "dev");
    if (exitCode !== 0) throw new Error(output);
    return project;
  }

  /** Runs a command and counts what it costs. */
  async run(...args: string[]): Promise<Measured> {
    const { calls } = this.emulator.world;
    calls.length = 0;
    let output = "";
    let changes: Summary["changes"] = {};
    const sink = { write: (text: string) => (output += text) };
    const started = performance.now();
    const { exitCode } = await runPulumi(args, {
      cwd: this.#folder,
      env: this.#env,
      stdout: sink,
      stderr: sink,
      onEvent: (event) => {
        if (event.type === "end") changes = event.summary.changes;
      },
    });
    const seconds = (performance.now() - started) / 1000;
    // Flows whose time has come poll Capillary meanwhile; these calls are the emulator's own.
    const made = calls.filter(({ path }) => !path.startsWith("/capillary/"));
    const throttled = made.filter(({ status }) => status === 429).length;
    return { exitCode, output, changes, calls: made.length, throttled, seconds };
  }

  async close(): Promise<void> {
    await this.emulator.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
