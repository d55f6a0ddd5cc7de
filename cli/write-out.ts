/** A command's result to standard output, or to the file that `--out` names. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { AepError } from "../errors.ts";

/** Writes the whole file or nothing. @throws AepError FILE_NOT_FOUND when it cannot be written */
export async function writeOut(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  const draft = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AepError("FILE_NOT_FOUND", `the file cannot be written (${code})`, { where: file, cause });
  }
  process.stderr.write(`written: ${file}\n`);
}
