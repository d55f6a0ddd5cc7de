import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeWhole } from "./whole-file.ts";

const folder = mkdtempSync(join(tmpdir(), "aep-whole-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("replaces a file, and what a link names", () => {
  const file = join(folder, "file");
  writeWhole(file, "one", 0o600);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  symlinkSync(file, join(folder, "link"));
  writeWhole(join(folder, "link"), "two");
  expect(readFileSync(file, "utf8")).toBe("two");
  expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
});

it("leaves nothing behind where it cannot write", () => {
  mkdirSync(join(folder, "sub"));
  expect(() => writeWhole(join(folder, "sub"), "")).toThrow("EISDIR");
  expect(() => writeWhole(join(folder, "none", "file"), "")).toThrow("ENOENT");
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it.skipIf(process.platform === "win32")("writes to a device, it does not take its place", () => {
  writeWhole("/dev/null", "text");
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
});
