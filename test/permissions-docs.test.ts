/**
 * docs/permissions.md: the table of kinds is made from them, and every command of `aep` is in the other;
 * `npx vitest run test/permissions-docs.test.ts -u` writes the page anew.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { buildProgram } from "../cli/program.ts";
import { KINDS } from "../resources/kinds.ts";
import { KIND_NAMES } from "../resources/pointer.ts";
import { table } from "./support/resource-page.ts";

const FILE = resolve(import.meta.dirname, "../docs/permissions.md");
const page = readFileSync(FILE, "utf8");

/** Adobe's categories, in which its UI lists the permissions. */
const CATEGORY: Record<string, string> = {
  "View Schemas": "Data Modeling",
  "Manage Schemas": "Data Modeling",
  "Manage Identity Metadata": "Data Modeling",
  "View Identity Namespaces": "Identity Management",
  "View Datasets": "Data Management",
  "Manage Datasets": "Data Management",
  "View Sources": "Data Ingestion",
  "Manage Sources": "Data Ingestion",
};

/** `View and Manage Schemas` names two. */
const single = (text: string): string[] =>
  text.split(", ").flatMap((one) => {
    const both = /^View and Manage (.*)$/.exec(one)?.[1];
    return both === undefined ? [one] : [`View ${both}`, `Manage ${both}`];
  });

it("names every kind's permissions with Adobe's category", async () => {
  const rows = KIND_NAMES.map((kind) => {
    const names = single(KINDS[kind].permissions);
    const read = names.filter((name) => name.startsWith("View "));
    const write = names.filter((name) => !name.startsWith("View "));
    for (const name of names) expect(CATEGORY).toHaveProperty([name]);
    const areas = [...new Set(names.map((name) => CATEGORY[name]))].join(", ");
    return [kind, read.join(", "), write.join(", "), areas];
  });
  const made = table(["kind", "to read", "to write, as well", "category"], rows);
  const fresh = page.replace(/(<!-- generated: kinds -->)[\s\S]*?(<!-- end -->)/, `$1\n\n${made}\n\n$2`);
  await expect(fresh, "out of date; run this test with -u").toMatchFileSnapshot(FILE);
});

it("has a line for every command", async () => {
  const commands = (await buildProgram()).commands.map((command) => command.name());
  const missing = commands.filter((name) => name !== "pulumi" && !page.includes(`\`aep ${name}`));
  expect(missing).toEqual([]);
});
