/** A command's result to standard output, or to the file that `--out` names. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { AepError } from "../errors.ts";
import { printText } from "./print.ts";
import { writeWhole } from "./whole-file.ts";

/** Writes the whole file or nothing. @throws AepError FILE_NOT_FOUND when it cannot be written */
export async function writeOut(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    printText(text);
    return;
  }
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeWhole(file, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AepError("FILE_NOT_FOUND", `the file cannot be written (${code})`, { where: file, cause });
  }
  process.stderr.write(`written: ${file}\n`);
}
