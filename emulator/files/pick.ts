/** Which files a source connection means: a path with `*`, a file or a folder, with subfolders or not. */
import { posix } from "node:path";
import type { Entity } from "../store.ts";
import { type FileEntry, type FileStore, FileStoreError } from "./types.ts";

const MAX_FILES = 25_000;

/** Every file the parameters match, by path. A folder that is not there yet is empty. */
export async function pickFiles(store: FileStore, params: Entity): Promise<FileEntry[]> {
  const path = posix.resolve("/", String(params["path"] ?? "/"));
  const segments = path.split("/").filter(Boolean);
  const firstWild = segments.findIndex((segment) => segment.includes("*"));
  const start = firstWild < 0 ? path : `/${segments.slice(0, firstWild).join("/")}`;
  const recursive = String(params["recursive"] ?? "false") === "true" || firstWild >= 0;
  const files = await walk(store, start, recursive).catch((error: unknown) => {
    if (error instanceof FileStoreError && error.reason === "missing") return [];
    throw error;
  });
  const wanted = firstWild < 0 ? undefined : pattern(path);
  return files.filter((file) => wanted === undefined || wanted.test(file.path));
}

async function walk(store: FileStore, path: string, recursive: boolean): Promise<FileEntry[]> {
  const found: FileEntry[] = [];
  for (const entry of await store.list(path)) {
    if (entry.type === "file") found.push(entry);
    else if (recursive) found.push(...(await walk(store, entry.path, true)));
    if (found.length > MAX_FILES) throw new FileStoreError("refused", `More than ${MAX_FILES} files under ${path}`);
  }
  return found;
}

/** `*` stands for anything within one segment. */
function pattern(path: string): RegExp {
  const literal = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${path.split("*").map(literal).join("[^/]*")}$`);
}
