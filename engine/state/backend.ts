/**
 * The file backend in Pulumi's own layout below `<root>/.pulumi`: `stacks/<project>/<stack>.json` with its `.bak`, `history`
 * and `backups` per update, `meta.yaml`, `locks`. A checkpoint is replaced by one rename, so a reader sees the old or the new.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AepError } from "../../errors.ts";
import type { Deployment } from "./checkpoint.ts";

export interface StackEntry {
  name: string;
  lastUpdate: Date;
  resourceCount: number;
}

export class FileBackend {
  /** `file:///...`, as the CLI writes it in its workspace files. */
  readonly url: string;
  readonly root: string;

  constructor(url: string) {
    this.url = url;
    this.root = join(folderOf(url), ".pulumi");
    if (!existsSync(join(this.root, "meta.yaml"))) {
      mkdirSync(this.root, { recursive: true });
      replaceFile(join(this.root, "meta.yaml"), "version: 1\n");
    }
  }

  stackFile(project: string, stack: string): string {
    return join(this.root, "stacks", project, `${stack}.json`);
  }

  list(project: string): StackEntry[] {
    const folder = join(this.root, "stacks", project);
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => {
        const name = file.slice(0, -".json".length);
        const resources = (this.load(project, name)?.["resources"] ?? []) as unknown[];
        return { name, lastUpdate: statSync(join(folder, file)).mtime, resourceCount: resources.length };
      });
  }

  exists(project: string, stack: string): boolean {
    return existsSync(this.stackFile(project, stack));
  }

  /** The stack's deployment; undefined when there is no such stack, `{}` when it was never updated. */
  load(project: string, stack: string): Deployment | undefined {
    const file = this.stackFile(project, stack);
    if (!existsSync(file)) {
      const compressed = [".gz", ".zst"].map((end) => file + end).find((path) => existsSync(path));
      if (compressed) throw new AepError("ENGINE_UNSUPPORTED", "The state file is compressed.", { where: compressed });
      return undefined;
    }
    const content = parseJson(readFileSync(file, "utf8"), file);
    if (content["version"] !== 3) {
      throw new AepError(
        "ENGINE_UNSUPPORTED",
        `The state has format version ${String(content["version"])}; the embedded engine reads version 3.`,
        { where: file },
      );
    }
    return ((content["checkpoint"] as Deployment)["latest"] ?? {}) as Deployment;
  }

  /** Replaces the stack's deployment; `latest` is its JSON text. */
  save(project: string, stack: string, latest: string): void {
    const file = this.stackFile(project, stack);
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) {
      rmSync(`${file}.bak.new`, { force: true });
      linkSync(file, `${file}.bak.new`);
      renameSync(`${file}.bak.new`, `${file}.bak`);
    }
    const name = JSON.stringify(`organization/${project}/${stack}`);
    replaceFile(file, `{"version":3,"checkpoint":{"stack":${name},"latest":${latest}}}`);
  }

  /** Ends an update: its record, a copy of the checkpoint beside it, and a backup. */
  record(project: string, stack: string, update: Record<string, unknown>): void {
    const stamp = `${Date.now()}${String(process.hrtime()[1] % 1_000_000).padStart(6, "0")}`;
    const history = join(this.root, "history", project, stack);
    const backups = join(this.root, "backups", project, stack);
    const checkpoint = readFileSync(this.stackFile(project, stack), "utf8");
    for (const folder of [history, backups]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(history, `${stack}-${stamp}.history.json`), JSON.stringify(update));
    writeFileSync(join(history, `${stack}-${stamp}.checkpoint.json`), checkpoint);
    writeFileSync(join(backups, `${stack}.${stamp}.json`), checkpoint);
  }

  /** Forgets the stack: its file becomes a backup, its history goes. */
  remove(project: string, stack: string): void {
    const file = this.stackFile(project, stack);
    renameSync(file, `${file}.bak`);
    rmSync(`${file}.attrs`, { force: true });
    rmSync(join(this.root, "history", project, stack), { recursive: true, force: true });
  }
}

/** The backend's URL: environment, then the project's own, then the user's home. */
export function backendUrl(env: NodeJS.ProcessEnv, project: string | undefined): string {
  return env["PULUMI_BACKEND_URL"] || project || "file://~";
}

function folderOf(url: string): string {
  if (!url.startsWith("file://")) {
    throw new AepError(
      "ENGINE_UNSUPPORTED",
      `The backend "${url}" is not a folder; the embedded engine knows only file:// backends.`,
    );
  }
  const path = url.slice("file://".length).replace(/\?.*$/, "");
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return path.startsWith("/") ? fileURLToPath(url.replace(/\?.*$/, "")) : resolve(path);
}

export function parseJson(text: string, file: string): Deployment {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AepError("ENGINE_STATE", "The file is not JSON.", { where: file, cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Deployment;
  throw new AepError("ENGINE_STATE", "The file holds no JSON object.", { where: file });
}

/** Writes beside the file and renames over it. The CLI's `.attrs` beside it holds a checksum that is then no longer true. */
function replaceFile(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
  rmSync(`${file}.attrs`, { force: true });
}
