/** Files that only their owner may read (0600, in folders of 0700), written whole or not at all. */
import { chmodSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { AepError } from "../errors.ts";
import { writeWhole } from "./whole-file.ts";

/** Makes a folder that only its owner may enter; one that is there is closed to others. */
export function privateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** A file in a folder of ours, which is made and closed to others. @throws AepError FILE_NOT_FOUND when it cannot be written */
export function writePrivate(path: string, content: string | Uint8Array): void {
  privateFolder(dirname(path));
  writePrivateFile(path, content);
}

/** A file in a folder of the user's. @throws AepError FILE_NOT_FOUND when it cannot be written */
export function writePrivateFile(path: string, content: string | Uint8Array): void {
  try {
    writeWhole(path, content, 0o600);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** What the file system refused, as an error of the table. */
export function unwritable(path: string, cause: unknown): AepError {
  const { code } = cause as NodeJS.ErrnoException;
  return new AepError("FILE_NOT_FOUND", `it cannot be written (${code})`, {
    where: path,
    hint: "Check the path, the disk's space and who owns the folder.",
    cause,
  });
}
