/** Files are written whole or not at all: a draft beside them takes their place. */
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/**
 * Throws what the file system says; nothing is left behind then. What is no plain file (`/dev/null`, `/dev/stdout`, a pipe)
 * is written to as it is, and a link leads to what it names.
 */
export function writeWhole(path: string, content: string | Uint8Array, mode = 0o666): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there && !there.isFile()) {
    writeFileSync(path, content);
    return;
  }
  const target = there ? realpathSync(path) : path;
  const draft = `${target}.${process.pid}.tmp`;
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, content, { mode });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
