/**
 * A folder that keeps the world: the last snapshot in one file, written while things change and at the end. One emulator
 * at a time: a lock file names its process.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AepError } from "../errors.ts";
import { Problem } from "./problem.ts";
import { restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import type { Entity, World } from "./store.ts";

/** A killed process loses what happened in the last so many milliseconds. */
const SAVE_EVERY_MS = 2000;

export interface DataFolder {
  /** Writes what has changed, and gives the folder free. */
  close(): void;
}

/** Restores the world from the folder, if there is something in it, and keeps it there. Throws EMULATOR_FILE. */
export function keepIn(folder: string, world: World): DataFolder {
  const file = join(folder, "world.json");
  const lock = join(folder, "emulator.pid");
  attempt(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  takeLock(folder, lock);
  let saved = Number.NaN;
  try {
    if (readSnapshotFile(file, world, { optional: true })) saved = fingerprint(world);
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
  const save = () => {
    const now = fingerprint(world);
    if (now === saved) return;
    writeSnapshotFile(file, world);
    saved = now;
  };
  const timer = setInterval(() => {
    try {
      save();
    } catch (error) {
      process.stderr.write(`emulator: ${error instanceof Error ? error.message : error}\n`);
    }
  }, SAVE_EVERY_MS).unref();
  return {
    close: () => {
      clearInterval(timer);
      try {
        save();
      } finally {
        rmSync(lock, { force: true });
      }
    },
  };
}

/** Writes the world to a file that only its owner can read: it holds connection secrets as they were sent. */
export function writeSnapshotFile(file: string, world: World): void {
  const draft = `${file}.new`;
  attempt(file, () => {
    writeFileSync(draft, `${JSON.stringify(takeSnapshot(world))}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, file);
  });
}

/** Puts the world back from a file. False when there is none and that is allowed. Throws FILE_NOT_FOUND or EMULATOR_FILE. */
export function readSnapshotFile(file: string, world: World, options: { optional?: boolean } = {}): boolean {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (options.optional && (error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw new AepError("FILE_NOT_FOUND", `The snapshot cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      where: file,
    });
  }
  try {
    restoreSnapshot(world, JSON.parse(text) as Entity);
    return true;
  } catch (error) {
    if (!(error instanceof Problem || error instanceof SyntaxError)) throw error;
    throw new AepError("EMULATOR_FILE", `The file is no usable snapshot: ${error.message}`, { where: file });
  }
}

/** Everything that can change without a call shows in the counts and the ids given out. */
function fingerprint(world: World): number {
  let sum = world.writes * 31 + world.ids.state;
  for (const { lake, flowService } of world.sandboxes.values())
    sum = sum * 17 + lake.rows.length * 7 + (lake.failed.length + lake.failed.forgotten) * 5 + flowService.runs.size;
  return sum;
}

function takeLock(folder: string, lock: string): void {
  const owner = livingOwner(lock);
  if (owner !== undefined)
    throw new AepError("EMULATOR_FILE", `Another emulator (process ${owner}) uses the folder`, {
      where: folder,
      hint: `End it, or name another folder. If it is gone for certain, delete ${lock}.`,
    });
  attempt(folder, () => writeFileSync(lock, `${process.pid}\n`));
}

/** The process in the lock file, when it still runs and is not this one. */
function livingOwner(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? -1 : undefined;
  }
}

function attempt(where: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new AepError("EMULATOR_FILE", `It cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      where,
      cause: error,
    });
  }
}
