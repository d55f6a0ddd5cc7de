/** The stack's lock, a file that names its owner; two engines or CLIs never write one state at once. */
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { AepError } from "../../errors.ts";
import { stillRuns } from "../../still-runs.ts";
import type { FileBackend } from "./backend.ts";

interface Owner {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * Takes the lock and returns how to give it back. The lock of a process of this machine that no longer runs (it was killed)
 * is removed, and `note` is told.
 */
export function lockStack(
  backend: FileBackend,
  project: string,
  stack: string,
  note: (text: string) => void,
): () => void {
  const folder = lockFolder(backend, project, stack);
  const mine = join(folder, `${randomUUID()}.json`);
  mkdirSync(folder, { recursive: true });
  refuseForeign(folder, mine, note);
  const owner: Owner = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  writeFileSync(mine, JSON.stringify(owner));
  const release = () => rmSync(mine, { force: true });
  try {
    refuseForeign(folder, mine, note); // somebody may have come between the look and the write
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

/** Removes every lock of the stack; returns how many there were. */
export function breakLocks(backend: FileBackend, project: string, stack: string): number {
  const folder = lockFolder(backend, project, stack);
  const locks = lockFiles(folder);
  for (const file of locks) rmSync(join(folder, file), { force: true });
  return locks.length;
}

const lockFolder = (backend: FileBackend, project: string, stack: string): string =>
  join(backend.root, "locks", "organization", project, stack);

function lockFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".json"));
  } catch {
    return [];
  }
}

function refuseForeign(folder: string, mine: string, note: (text: string) => void): void {
  for (const file of lockFiles(folder)) {
    const path = join(folder, file);
    if (path === mine) continue;
    const owner = ownerOf(path);
    if (!owner) continue;
    if (owner.hostname === hostname() && !stillRuns(owner.pid, Date.parse(owner.timestamp))) {
      rmSync(path, { force: true });
      note(`removed the lock of process ${owner.pid}, which no longer runs`);
      continue;
    }
    const who = `${owner.username}@${owner.hostname} (pid ${owner.pid}) at ${owner.timestamp}`;
    throw new AepError("ENGINE_LOCKED", `The stack is locked by ${who}.`, { where: path });
  }
}

/** Undefined when the lock vanished meanwhile. */
function ownerOf(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Owner;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return { pid: 0, username: "unknown", hostname: "unknown", timestamp: "an unknown time" };
  }
}
