/**
 * A scratch copy of the engine's fixture project with a backend and a world of its own, driven through the embedded engine
 * or, where there is one, the real Pulumi CLI.
 */
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineEvent, runPulumi, type StepRecord } from "../engine/index.ts";

export interface Entry {
  kind: "Thing" | "Group";
  name: string;
  parent?: string;
  props?: Record<string, unknown>;
  secrets?: string[];
  options?: Record<string, unknown>;
  dependsOn?: string[];
}

export interface ProgramFile {
  resources: Entry[];
  outputs?: Record<string, unknown>;
  secretOutputs?: string[];
  config?: string[];
  throws?: string;
}

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Empty for the CLI. */
  events: EngineEvent[];
}

export type EngineName = "embedded" | "cli";

const root = fileURLToPath(new URL("..", import.meta.url));
export const PASSPHRASE = "correct horse";

/** The real CLI on the PATH; undefined when there is none. */
export function findCli(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return folders.map((folder) => join(folder, "pulumi")).find((file) => existsSync(file));
}

export class Scratch {
  readonly folder: string;
  readonly project: string;
  readonly world: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "aep-engine-"));
    this.project = join(this.folder, "project");
    this.world = join(this.folder, "world");
    cpSync(join(root, "test/fixtures/engine"), this.project, { recursive: true });
    symlinkSync(join(root, "node_modules"), join(this.project, "node_modules"));
    for (const name of ["world/gates", "backend", "home", "project/stacks"])
      mkdirSync(join(this.folder, name), { recursive: true });
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      FIXTURE_WORLD: this.world,
    };
  }

  program(program: ProgramFile): void {
    writeFileSync(join(this.project, "program.json"), JSON.stringify(program));
  }

  run(
    engine: EngineName,
    args: string[],
    signals: { signal?: AbortSignal; killSignal?: AbortSignal } = {},
  ): Promise<Run> {
    return engine === "cli" ? this.#cli(args) : this.embedded(args, signals);
  }

  async embedded(args: string[], signals: { signal?: AbortSignal; killSignal?: AbortSignal } = {}): Promise<Run> {
    const run: Run = { exitCode: 0, stdout: "", stderr: "", events: [] };
    const { exitCode } = await runPulumi(args, {
      cwd: this.project,
      env: this.env,
      stdout: { write: (text) => (run.stdout += text) },
      stderr: { write: (text) => (run.stderr += text) },
      onEvent: (event) => run.events.push(event),
      ...signals,
    });
    return { ...run, exitCode };
  }

  #cli(args: string[]): Promise<Run> {
    const node = join(root, "node_modules/.bin");
    const cli = findCli()!;
    const env = { ...this.env, PATH: [join(cli, ".."), node, process.env["PATH"]].join(delimiter) };
    return collect(
      spawn(cli, [...args, "--non-interactive"], { cwd: this.project, env, stdio: ["ignore", "pipe", "pipe"] }),
    );
  }

  get stateFile(): string {
    return join(this.folder, "backend/.pulumi/stacks/fixture/dev.json");
  }

  /** The checkpoint's `latest`, as it stands in the file. */
  state(): { resources?: Array<Record<string, any>>; pending_operations?: Array<Record<string, any>> } {
    return JSON.parse(readFileSync(this.stateFile, "utf8")).checkpoint.latest;
  }

  /** The calls the provider has had since the last look. */
  calls(): string[] {
    const log = join(this.world, "calls.log");
    if (!existsSync(log)) return [];
    const calls = readFileSync(log, "utf8").trim().split("\n");
    rmSync(log);
    return calls;
  }

  /** The titles of the objects in the world. */
  titles(): string[] {
    return this.objects()
      .map((object) => String(object["title"]))
      .sort();
  }

  objects(): Array<Record<string, unknown>> {
    return readdirSync(this.world)
      .filter((file) => /^thing-\d+\.json$/.test(file))
      .map((file) => JSON.parse(readFileSync(join(this.world, file), "utf8")));
  }

  /** Changes an object behind the program's back. */
  tamper(title: string, change: (object: Record<string, any>) => void): void {
    for (const file of readdirSync(this.world).filter((name) => name.startsWith("thing-"))) {
      const object = JSON.parse(readFileSync(join(this.world, file), "utf8"));
      if (object.title !== title) continue;
      change(object);
      writeFileSync(join(this.world, file), JSON.stringify(object));
    }
  }

  /** Removes an object behind the program's back. */
  vanish(title: string): void {
    for (const file of readdirSync(this.world).filter((name) => name.startsWith("thing-"))) {
      if (JSON.parse(readFileSync(join(this.world, file), "utf8")).title === title) rmSync(join(this.world, file));
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function collect(child: ReturnType<typeof spawn>): Promise<Run> {
  const run: Run = { exitCode: 0, stdout: "", stderr: "", events: [] };
  child.stdout!.on("data", (chunk) => (run.stdout += chunk));
  child.stderr!.on("data", (chunk) => (run.stderr += chunk));
  run.exitCode = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? -1));
  });
  return run;
}

/** `create a`, `update b[rows["x"].source]`, ... of a run, unchanged resources and the root stack left out. */
export function steps(run: Run): string[] {
  return run.events
    .flatMap((event) => (event.type === "step-start" ? [event.step] : []))
    .filter((step) => step.op !== "same" && step.op !== "refresh" && step.type !== "pulumi:pulumi:Stack")
    .map(describeStep);
}

export function describeStep(step: StepRecord): string {
  const paths = Object.keys(step.detailedDiff ?? {});
  return `${step.op} ${step.name}${paths.length > 0 ? ` [${paths.join(", ")}]` : ""}`;
}
