/** The project (Pulumi.yaml) and the stack's settings (Pulumi.<stack>.yaml), as far as the engine needs them. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Document, parse, parseDocument } from "yaml";
import { AepError } from "../errors.ts";

export interface ConfigType {
  type?: string;
  items?: { type?: string };
  default?: unknown;
  value?: unknown;
  secret?: boolean;
}

export interface Project {
  name: string;
  /** The folder of Pulumi.yaml. */
  root: string;
  /** Where the program and its providers run: the folder of `main`. */
  programFolder: string;
  /** The program within that folder; `.` lets package.json decide. */
  entryPoint: string;
  typescript: boolean;
  nodeArgs: string[];
  backend: string | undefined;
  alwaysRefresh: boolean;
  stackFolder: string;
  config: Record<string, ConfigType>;
}

interface RawProject {
  name?: string;
  main?: string;
  runtime?: string | { name?: string; options?: { typescript?: boolean; nodeargs?: string } };
  backend?: { url?: string };
  stackConfigDir?: string;
  options?: { refresh?: string };
  config?: Record<string, unknown>;
}

/** Reads the project around `cwd`; throws ENGINE_PROJECT when there is none or it is no Node project. */
export function loadProject(cwd: string): Project {
  const file = findUp(resolve(cwd));
  if (!file) throw new AepError("ENGINE_PROJECT", "No Pulumi.yaml was found here or above.", { where: cwd });
  const raw = readYaml(file) as RawProject;
  const runtime = typeof raw.runtime === "string" ? { name: raw.runtime } : raw.runtime;
  if (!raw.name) throw new AepError("ENGINE_PROJECT", "The project has no name.", { where: file });
  if (runtime?.name !== "nodejs") {
    throw new AepError("ENGINE_UNSUPPORTED", `The runtime "${String(runtime?.name)}" is not nodejs.`, { where: file });
  }
  const options = runtime.options ?? {};
  const root = dirname(file);
  const main = resolve(root, raw.main ?? ".");
  const isFile = raw.main !== undefined && /\.[cm]?[jt]s$/.test(main);
  return {
    name: raw.name,
    root,
    programFolder: isFile ? dirname(main) : main,
    entryPoint: isFile ? main.slice(dirname(main).length + 1) : ".",
    typescript: options.typescript ?? true,
    nodeArgs: options.nodeargs?.split(/\s+/).filter(Boolean) ?? [],
    backend: raw.backend?.url,
    alwaysRefresh: raw.options?.refresh === "always",
    stackFolder: join(root, raw.stackConfigDir ?? "."),
    config: Object.fromEntries(Object.entries(raw.config ?? {}).map(([key, value]) => [key, configType(value)])),
  };
}

function configType(raw: unknown): ConfigType {
  return raw !== null && typeof raw === "object" && !Array.isArray(raw) ? (raw as ConfigType) : { value: raw };
}

function findUp(folder: string): string | undefined {
  const file = ["Pulumi.yaml", "Pulumi.yml"].map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file) return file;
  return dirname(folder) === folder ? undefined : findUp(dirname(folder));
}

function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8")) ?? {};
  } catch (cause) {
    throw new AepError("ENGINE_PROJECT", `The file is not YAML: ${(cause as Error).message.split("\n")[0]}`, {
      where: file,
      cause,
    });
  }
}

/** A stack's settings file; it is edited in place, so that comments and order survive. */
export class StackSettings {
  readonly file: string;
  readonly #document: Document;

  constructor(project: Project, stack: string) {
    this.file = join(project.stackFolder, `Pulumi.${stack}.yaml`);
    this.#document = parseDocument(existsSync(this.file) ? readFileSync(this.file, "utf8") : "");
    const error = this.#document.errors[0];
    if (error)
      throw new AepError("ENGINE_PROJECT", `The file is not YAML: ${error.message.split("\n")[0]}`, {
        where: this.file,
      });
  }

  get salt(): string | undefined {
    return this.#document.get("encryptionsalt") as string | undefined;
  }

  get config(): Record<string, unknown> {
    const foreign = ["secretsprovider", "environment"].find((key) => this.#document.has(key));
    if (foreign) throw new AepError("ENGINE_UNSUPPORTED", `The stack uses "${foreign}".`, { where: this.file });
    return ((this.#document.toJS() as { config?: Record<string, unknown> } | null)?.config ?? {}) as Record<
      string,
      unknown
    >;
  }

  setSalt(salt: string): void {
    this.#document.set("encryptionsalt", salt);
    this.#save();
  }

  setConfig(path: Array<string | number>, value: unknown): void {
    this.#document.setIn(["config", ...path], value);
    this.#save();
  }

  removeConfig(key: string): boolean {
    const removed = this.#document.deleteIn(["config", key]);
    if (removed) this.#save();
    return removed;
  }

  #save(): void {
    writeFileSync(this.file, this.#document.toString());
  }
}
