/** A scratch project that runs this checkout's program with stack files, XDM and mappings of its own. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { type EngineEvent, runPulumi } from "../../engine/index.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const LINKED = [
  "node_modules",
  "package.json",
  "Pulumi.yaml",
  "index.ts",
  "config.ts",
  "errors.ts",
  "config",
  "resources",
  "aep",
  "capillary",
  "mapping",
];
const CONTENT = ["xdm", "mappings", "events"];

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Operations that count as changes, by URN's last part. */
  changes: Record<string, string>;
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "aep-project-"));
  readonly #api: Record<string, string>;

  /** `api`: endpoints and credentials. `content`: whether the checkout's own XDM files and mappings come along. */
  constructor(api: Record<string, string>, content = true) {
    this.#api = api;
    for (const name of LINKED) symlinkSync(join(ROOT, name), join(this.folder, name));
    mkdirSync(join(this.folder, "stacks"));
    for (const name of content ? CONTENT : []) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
  }

  get env(): Record<string, string> {
    return {
      PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
      HOME: join(this.folder, "home"),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "project",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      NO_COLOR: "1",
      AEP_ENGINE: "embedded",
      ...this.#api,
    };
  }

  /** Writes a stack's configuration and keeps the salt its state is sealed with. */
  stack(name: string, config: Record<string, unknown>): void {
    const path = `stacks/Pulumi.${name}.yaml`;
    const salt = /^encryptionsalt: (.*)$/m.exec(this.read(path) ?? "")?.[1];
    this.write(path, stringify({ ...(salt !== undefined && { encryptionsalt: salt }), config }));
  }

  config(name: string): Record<string, unknown> {
    return parse(this.read(`stacks/Pulumi.${name}.yaml`) ?? "").config;
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string | undefined {
    try {
      return readFileSync(join(this.folder, path), "utf8");
    } catch {
      return undefined;
    }
  }

  /** A command of the embedded engine, in this process. */
  async pulumi(...args: string[]): Promise<Ran> {
    const ran: Ran = { exitCode: 0, stdout: "", stderr: "", changes: {} };
    const onEvent = (event: EngineEvent) => {
      if (event.type !== "step-end" || !event.step.logical || event.step.op === "same") return;
      ran.changes[
        event.step.urn
          .split("::")
          .slice(2)
          .join("::")
          .replace(/^.*aep:/, "")
      ] = event.step.op;
    };
    const { exitCode } = await runPulumi(args, {
      cwd: this.folder,
      env: this.env,
      stdout: { write: (text: string) => (ran.stdout += text) },
      stderr: { write: (text: string) => (ran.stderr += text) },
      onEvent,
    });
    return { ...ran, exitCode };
  }

  /** The same, and it must succeed. */
  async must(...args: string[]): Promise<Ran> {
    const ran = await this.pulumi(...args);
    if (ran.exitCode !== 0)
      throw new Error(`${args.join(" ")} ended with ${ran.exitCode}:\n${ran.stdout}\n${ran.stderr}`);
    return ran;
  }

  /** `aep` in a process of its own. `extra` overrides the environment; an empty text takes a variable away. */
  aep(args: string[], extra: Record<string, string> = {}, input = ""): Promise<Omit<Ran, "changes">> {
    const all = Object.entries({ ...this.env, ...extra }).filter(([, value]) => value !== "");
    const child = spawn(process.execPath, [join(ROOT, "cli/aep.ts"), ...args], {
      cwd: this.folder,
      env: Object.fromEntries(all),
    });
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
    child.stdin.end(input);
    return new Promise((done, fail) => {
      child.on("error", fail).on("close", (code) => done({ exitCode: code ?? -1, ...output }));
    });
  }

  state(stack: string): Record<string, any>[] {
    return JSON.parse(this.read(`backend/.pulumi/stacks/aep/${stack}.json`) ?? "{}").checkpoint.latest.resources;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keys of a stack in the emulator's first sandbox that may be taken down again. */
export const EMULATED = {
  "aep:orgId": "EMULATOR@AdobeOrg",
  "aep:sandbox": "dev",
  "aep:tenantId": "acme",
  "aep:protect": "false",
};

/** One polled pipeline with one flow; nothing of it feeds Profile, so that it can be taken down. */
export function smallStack(extra: Record<string, unknown> = {}): Record<string, unknown> {
  const params = { clientId: "key", clientSecret: "env:CAPILLARY_SECRET", accessToken: "env:CAPILLARY_TOKEN" };
  return {
    ...EMULATED,
    "aep:pipelines": [
      {
        name: "members",
        mode: "genericRest",
        source: { auth: { params } },
        flows: [
          {
            name: "profile",
            schema: "xdm/capillary-loyalty-profile.yaml",
            mapping: "mappings/capillary-profile.yaml",
            dataset: { name: "Members" },
            schedule: { frequency: "minute", interval: 15 },
          },
        ],
      },
    ],
    ...extra,
  };
}

/** What the pipeline's credentials are taken from. */
export const SMALL_SECRETS = { CAPILLARY_SECRET: "canary-capillary-secret", CAPILLARY_TOKEN: "canary-capillary-token" };
