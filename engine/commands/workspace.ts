/** Where a command works: the project, the backend, the stack and its secrets. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { AepError } from "../../errors.ts";
import type { EngineEvent } from "../deploy/step.ts";
import { loadProject, type Project, StackSettings } from "../project.ts";
import { backendUrl, FileBackend } from "../state/backend.ts";
import { type Deployment, parseDeployment, saltOf } from "../state/checkpoint.ts";
import { deploymentText } from "../state/checkpoint-text.ts";
import { type Crypter, newCrypter, openCrypter, passphraseOf } from "../state/crypter.ts";
import { emptySnapshot, type Snapshot } from "../state/resource.ts";
import type { Flags } from "./args.ts";

export interface Output {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
}

/** What a run gets from outside. */
export interface RunContext {
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdout: Output;
  stderr: Output;
  /** The first wish to stop: nothing new is begun, what runs is waited for. */
  signal: AbortSignal;
  /** The second: what runs is cut off. */
  killSignal: AbortSignal;
  onEvent: ((event: EngineEvent) => void) | undefined;
}

/** Written into checkpoints as the version of the engine: the SDK's, whose format it is. */
export const ENGINE_VERSION = `v${(createRequire(import.meta.url)("@pulumi/pulumi/package.json") as { version: string }).version}`;

export class Workspace {
  readonly context: RunContext;
  readonly project: Project;
  readonly backend: FileBackend;

  constructor(context: RunContext, flags: Flags) {
    this.context = context;
    this.project = loadProject(resolve(context.cwd, (flags["cwd"] as string | undefined) ?? "."));
    this.backend = new FileBackend(backendUrl(context.env, this.project.backend));
  }

  /** The stack a command names or, without a name, the selected one. */
  stack(flags: Flags): Stack {
    const name = this.stackName(
      (flags["stack"] as string | undefined) ?? this.context.env["PULUMI_STACK"] ?? this.selected,
    );
    if (name === undefined)
      throw new AepError("ENGINE_STACK", "No stack is selected.", {
        hint: "Name one with --stack, or select one with `stack select`.",
      });
    if (!this.backend.exists(this.project.name, name)) {
      throw new AepError("ENGINE_STACK", `no stack named '${name}' found`, {
        hint: `Make it with \`stack init ${name}\`.`,
        where: this.backend.url,
      });
    }
    return new Stack(this, name);
  }

  /** `organization/<project>/<name>` names the same stack. */
  stackName(name: string | undefined): string | undefined {
    const plain = name?.split("/").at(-1);
    if (plain !== undefined && !/^[A-Za-z0-9_.-]{1,100}$/.test(plain)) {
      throw new AepError("USAGE", `"${plain}" is no name for a stack: letters, digits, "-", "_" and "." only.`);
    }
    return plain;
  }

  get selected(): string | undefined {
    return this.stackName(this.#settings().stacks?.[this.backend.url]);
  }

  select(name: string): void {
    const settings = this.#settings();
    const stacks = { ...settings.stacks, [this.backend.url]: `organization/${this.project.name}/${name}` };
    mkdirSync(dirname(this.#settingsFile), { recursive: true });
    writeFileSync(this.#settingsFile, JSON.stringify({ ...settings, stacks }, null, 4));
  }

  /** The CLI keeps the selection per project folder in the user's home. */
  get #settingsFile(): string {
    const home = this.context.env["PULUMI_HOME"] || join(homedir(), ".pulumi");
    const hash = createHash("sha1").update(join(this.project.root, "Pulumi.yaml")).digest("hex");
    return join(home, "workspaces", `${this.project.name}-${hash}-workspace.json`);
  }

  #settings(): { stacks?: Record<string, string> } {
    if (!existsSync(this.#settingsFile)) return {};
    return JSON.parse(readFileSync(this.#settingsFile, "utf8")) as { stacks?: Record<string, string> };
  }
}

export class Stack {
  readonly workspace: Workspace;
  readonly name: string;
  readonly settings: StackSettings;
  #crypter: Promise<Crypter> | undefined;

  constructor(workspace: Workspace, name: string) {
    this.workspace = workspace;
    this.name = name;
    this.settings = new StackSettings(workspace.project, name);
  }

  /** The stack's secrets; a stack that has none yet gets its salt here. */
  crypter(): Promise<Crypter> {
    this.#crypter ??= this.#openCrypter();
    return this.#crypter;
  }

  async #openCrypter(): Promise<Crypter> {
    const passphrase = passphraseOf(this.workspace.context.env);
    const salt = this.settings.salt ?? saltOf(this.raw());
    if (salt) return openCrypter(passphrase, salt);
    const crypter = await newCrypter(passphrase);
    this.settings.setSalt(crypter.salt);
    return crypter;
  }

  raw(): Deployment {
    return this.workspace.backend.load(this.workspace.project.name, this.name) ?? {};
  }

  async load(): Promise<Snapshot> {
    const raw = this.raw();
    if (Object.keys(raw).length === 0) return emptySnapshot();
    return this.parse(raw);
  }

  /** Reads a deployment that may have been sealed with another salt than the stack's settings hold. */
  async parse(raw: Deployment): Promise<Snapshot> {
    const own = await this.crypter();
    const salt = saltOf(raw);
    const crypter =
      !salt || salt === own.salt ? own : await openCrypter(passphraseOf(this.workspace.context.env), salt);
    return parseDeployment(raw, crypter);
  }

  save(snapshot: Snapshot, crypter: Crypter): void {
    const { backend, project } = this.workspace;
    backend.save(project.name, this.name, deploymentText(snapshot, crypter, ENGINE_VERSION));
  }
}
