/** A local folder as a file store. Nothing outside the folder can be reached, not even through a link. */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, posix, resolve, sep } from "node:path";
import { type FileEntry, type FileStore, FileStoreError } from "./types.ts";

/** `base` is the path inside the folder that counts as the root. */
export function folderStore(folder: string, base: string): FileStore {
  const root = resolve(folder, `.${posix.resolve("/", base)}`);
  const locate = async (path: string): Promise<string> => {
    const wanted = join(root, posix.resolve("/", path));
    try {
      const [real, realRoot] = [await realpath(wanted), await realpath(root)];
      if (real === realRoot || real.startsWith(realRoot + sep)) return real;
    } catch {
      // Reported below like a path that leads out.
    }
    throw new FileStoreError("missing", `There is no file or folder ${path}`);
  };
  const entry = async (real: string, path: string): Promise<FileEntry> => {
    const info = await stat(real);
    const type = info.isDirectory() ? "folder" : "file";
    return { type, name: basename(path) || "/", path, modified: info.mtimeMs, size: info.size };
  };
  return {
    list: async (path) => {
      const real = await locate(path);
      if (!(await stat(real)).isDirectory()) return [await entry(real, posix.resolve("/", path))];
      const names = (await readdir(real)).sort();
      const paths = names.map((name) => posix.join(posix.resolve("/", path), name));
      return Promise.all(paths.map(async (child) => entry(await locate(child), child)));
    },
    read: async (path) => readFile(await locate(path)),
    close: async () => undefined,
  };
}
