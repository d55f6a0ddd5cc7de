/** A small stack of one pipeline with one flow, in a scratch folder that runs this checkout's own program. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { runPulumi } from "../../engine/index.ts";
import type { CapillaryMode } from "../../resources/capillary-to-aep.ts";
import { EMULATED } from "./project.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LINKED =
  "node_modules package.json Pulumi.yaml index.ts config.ts errors.ts config resources aep capillary mapping";

export interface Run {
  /** Null when a signal ended it. */
  exitCode: number | null;
  output: string;
}

/** What a process said, once it has ended. */
export async function ended(child: ChildProcess): Promise<Run> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const exitCode = await new Promise<number | null>((done) => child.on("close", (code) => done(code)));
  return { exitCode, output };
}

/** What the program says: as first deployed, or with another schema and another mapping row, which replaces most of it. */
export type Version = "first" | "changed";

export class KillProject {
  readonly folder = mkdtempSync(join(tmpdir(), "aep-kill-"));
  readonly #mode: CapillaryMode;
  readonly #api: Record<string, string>;
  readonly #cli: string | undefined;

  /** `api`: the variables that name endpoints and credentials. `cli`: the Pulumi CLI, in place of the embedded engine. */
  constructor(mode: CapillaryMode, api: Record<string, string>, cli?: string) {
    this.#mode = mode;
    this.#api = api;
    this.#cli = cli;
    for (const name of LINKED.split(" ")) symlinkSync(join(ROOT, name), join(this.folder, name));
    for (const name of ["xdm", "mappings", "events"])
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    const schema = readFileSync(join(this.folder, "xdm/capillary-loyalty-profile.yaml"), "utf8");
    writeFileSync(join(this.folder, "xdm/second.yaml"), schema.replace("title: Capillary", "title: Second Capillary"));
    const mapping = readFileSync(join(this.folder, "mappings/capillary-profile.yaml"), "utf8")
      .replace("schema: capillary-loyalty-profile", "schema: second")
      .replace("loyalty.tier: loyalty.tier", "loyalty.tier: { expr: upper(loyalty.tier) }");
    writeFileSync(join(this.folder, "mappings/second.yaml"), mapping);
    this.clear();
  }

  /** Puts the program and its stack file in place; what the stack's state is does not matter. */
  program(version: Version): void {
    const [schema, rows] =
      version === "first" ? ["capillary-loyalty-profile", "capillary-profile"] : (["second", "second"] as const);
    const file = join(this.folder, "stacks/Pulumi.dev.yaml");
    mkdirSync(join(this.folder, "stacks"), { recursive: true });
    writeFileSync(file, stringify({ ...this.#salt(file), config: configOf(this.#mode, schema, rows) }));
  }

  /** The stack file's own part: the key that the state's secrets are sealed with. */
  #salt(file: string): Record<string, string> {
    const [line] = readOr(file, "").match(/^encryptionsalt: .*$/m) ?? [];
    return line === undefined ? {} : { encryptionsalt: line.slice("encryptionsalt: ".length) };
  }

  get env(): Record<string, string> {
    return {
      ...this.#api,
      PATH: [dirname(this.#cli ?? process.execPath), dirname(process.execPath), process.env["PATH"]].join(delimiter),
      HOME: join(this.folder, "home"),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "kept/backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "kill",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      AEP_JOURNAL_DIR: join(this.folder, "kept/journal"),
    };
  }

  /** Runs a command to its end, on the embedded engine in this process. */
  async run(...args: string[]): Promise<Run> {
    let output = "";
    if (this.#cli !== undefined) return ended(this.start(...args));
    const sink = { write: (text: string) => (output += text) };
    const { exitCode } = await runPulumi(args, { cwd: this.folder, env: this.env, stdout: sink, stderr: sink });
    return { exitCode, output };
  }

  /** Starts a command in a process group of its own. */
  start(...args: string[]): ChildProcess {
    const [command, own] =
      this.#cli === undefined
        ? [process.execPath, [join(ROOT, "cli/aep.ts"), "pulumi", "--engine", "embedded", ...args]]
        : ([this.#cli, [...args, "--non-interactive"]] as const);
    const stdio = ["ignore", "pipe", "pipe"] as const;
    return spawn(command, own, { cwd: this.folder, env: this.env, detached: true, stdio: [...stdio] });
  }

  /** Ids of the managed objects the state knows, sorted, and what it says was interrupted. */
  state(): { ids: string[]; pending: string[] } {
    const file = join(this.folder, "kept/backend/.pulumi/stacks/aep/dev.json");
    const { resources = [], pending_operations = [] } = JSON.parse(readFileSync(file, "utf8")).checkpoint.latest ?? {};
    const managed = resources.filter(({ type }: { type: string }) => type.startsWith("pulumi-nodejs:dynamic/"));
    return {
      ids: managed.map(({ id }: { id: string }) => id).sort(),
      pending: pending_operations.map(
        ({ type, resource }: { type: string; resource: { urn: string } }) => `${type} ${resource.urn}`,
      ),
    };
  }

  /** Keeps state, journal and stack file as they are now under a name. */
  save(name: string): void {
    for (const part of ["kept", "stacks"])
      cpSync(join(this.folder, part), join(this.folder, "saved", name, part), { recursive: true });
  }

  /** Back to what `save` kept. */
  restore(name: string): void {
    this.clear();
    cpSync(join(this.folder, "saved", name), this.folder, { recursive: true });
  }

  clear(): void {
    for (const part of ["kept", "stacks"]) rmSync(join(this.folder, part), { recursive: true, force: true });
    for (const part of ["kept/backend", "kept/journal", "home", "stacks"])
      mkdirSync(join(this.folder, part), { recursive: true });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configOf(mode: CapillaryMode, schema: string, rows: string): Record<string, unknown> {
  const flow = {
    name: "profile",
    schema: `xdm/${schema}.yaml`,
    mapping: `mappings/${rows}.yaml`,
    dataset: { name: "Members" },
  };
  const params = { clientId: "emulator", clientSecret: "env:AEP_CLIENT_SECRET", accessToken: "env:AEP_CLIENT_SECRET" };
  const polled = {
    source: { auth: { params } },
    flows: [{ ...flow, schedule: { frequency: "minute", interval: 15 } }],
  };
  const pushed = { source: { authenticationRequired: false }, flows: [flow] };
  return {
    ...EMULATED,
    "aep:allowDestroy": ["*"],
    "aep:pipelines": [{ name: "loyalty", mode, ...(mode === "genericRest" ? polled : pushed) }],
  };
}

function readOr(file: string, fallback: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fallback;
  }
}
