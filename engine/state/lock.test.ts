import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FileBackend } from "./backend.ts";
import { lockStack } from "./lock.ts";

let folder: string;
let backend: FileBackend;
let notes: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-lock-"));
  backend = new FileBackend(`file://${folder}`);
  notes = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const locks = () => join(folder, ".pulumi/locks/organization/p/dev");
const lock = () => lockStack(backend, "p", "dev", (note) => notes.push(note));

function leave(owner: { pid: number; timestamp: string }): void {
  mkdirSync(locks(), { recursive: true });
  writeFileSync(join(locks(), "left.json"), JSON.stringify({ username: "eve", hostname: hostname(), ...owner }));
}

it("is one's own until it is given back", () => {
  const release = lock();
  expect(lock).toThrow(`(pid ${process.pid})`);
  release();
  expect(readdirSync(locks())).toEqual([]);
});

it.runIf(process.platform === "linux")("of a process whose number another one has now is removed", () => {
  leave({ pid: process.pid, timestamp: "2001-02-03T04:05:06Z" });
  lock();
  expect(notes).toEqual([`removed the lock of process ${process.pid}, which no longer runs`]);
  expect(readdirSync(locks())).toHaveLength(1);
});

it("of a process that runs is respected, also when it does not say since when", () => {
  leave({ pid: process.pid, timestamp: "unknown" });
  expect(lock).toThrow("locked by eve");
});
