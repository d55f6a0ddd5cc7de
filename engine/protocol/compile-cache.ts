/** Where Node keeps compiled code (NODE_DISABLE_COMPILE_CACHE=1 for nowhere). */
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** A folder beside the packages that the file lies among or uses; undefined where there are none. */
export function compileCacheFolder(file: string): string | undefined {
  const packages = `${sep}node_modules${sep}`;
  const end = file.lastIndexOf(packages);
  if (end >= 0) return cacheIn(join(file.slice(0, end), packages));
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const own = join(folder, "node_modules");
    if (existsSync(own)) return cacheIn(own);
    if (folder === dirname(folder)) return undefined;
  }
}

function cacheIn(packages: string): string {
  return join(packages, ".cache", "node-compile");
}
