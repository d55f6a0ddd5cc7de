/** docs/emulator.md holds the tables of the code; `npx vitest run test/emulator-docs.test.ts -u` writes them anew. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { emulatorPage } from "../emulator/operations/markdown.ts";

const file = resolve(import.meta.dirname, "../docs/emulator.md");

it("docs/emulator.md is current", async () => {
  await expect(emulatorPage(readFileSync(file, "utf8"))).toMatchFileSnapshot(file);
});

it("its pictures are there", () => {
  for (const [, image] of readFileSync(file, "utf8").matchAll(/\]\((images\/[^)]+)\)/g))
    expect(existsSync(resolve(file, "..", image as string)), image).toBe(true);
});
