/** Writes all files or none, and nothing that is there already. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AepError } from "../../errors.ts";
import type { Files } from "./files.ts";

/** What people have before they begin (a fresh repository's own files): kept as it is instead of refused. */
const KEPT = new Set(["README.md", ".gitignore"]);

export interface Written {
  written: string[];
  /** Files that were there and stay as they are. */
  kept: string[];
}

/** @throws AepError INIT_EXISTS with every file that would have been overwritten; then nothing is written */
export function writeAll(folder: string, files: Files): Written {
  const there = [...files.keys()].filter((path) => existsSync(join(folder, path)));
  const kept = there.filter((path) => KEPT.has(path));
  const clash = there.filter((path) => !KEPT.has(path));
  if (clash.length > 0)
    throw new AepError("INIT_EXISTS", `${clash.join(", ")}: nothing was written`, { where: folder });
  const paths = [...files.keys()].filter((path) => !kept.includes(path));
  const made: string[] = [];
  try {
    for (const path of paths) {
      const first = mkdirSync(dirname(join(folder, path)), { recursive: true });
      if (first !== undefined) made.push(first);
      // Scripts of the pipeline are run as they are.
      const mode = path.endsWith(".sh") ? 0o755 : 0o644;
      writeFileSync(join(folder, path), files.get(path) as string, { flag: "wx", mode });
      made.push(join(folder, path));
    }
  } catch (cause) {
    for (const path of made.reverse()) rmSync(path, { recursive: true, force: true });
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new AepError("FILE_NOT_FOUND", `nothing was written: ${code ?? message}`, {
      where: folder,
      hint: "Check that the folder may be written to.",
      cause,
    });
  }
  return { written: paths, kept };
}
