/** docs/data-prep.md holds what the code says; `npx vitest run test/data-prep-docs.test.ts -u` writes it anew. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { FUNCTIONS } from "../mapping/functions/table.ts";
import { fillDataPrepPage } from "../mapping/reference/data-prep-docs.ts";

const page = resolve(import.meta.dirname, "../docs/data-prep.md");

test("docs/data-prep.md is current", async () => {
  await expect(fillDataPrepPage(readFileSync(page, "utf8"))).toMatchFileSnapshot(page);
});

test("docs/data-prep.md names every function", () => {
  const text = readFileSync(page, "utf8");
  expect(FUNCTIONS.filter((spec) => !text.includes(`\`${spec.name}(`))).toEqual([]);
});
