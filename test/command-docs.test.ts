/** docs/commands.md and docs/config.md are made from the code; `npx vitest run test/command-docs.test.ts -u` writes them anew. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { variables } from "../cli/environment.ts";
import { ERRORS } from "../errors.ts";
import { commandPage } from "./support/command-page.ts";
import { configPage } from "./support/config-page.ts";

const ROOT = resolve(import.meta.dirname, "..");
const HOW = "out of date; write it anew: npx vitest run test/command-docs.test.ts -u";

it.each([
  ["commands", commandPage],
  ["config", configPage],
] as const)("docs/%s.md is current", async (name, make) => {
  const file = join(ROOT, `docs/${name}.md`);
  await expect(make(readFileSync(file, "utf8")), HOW).toMatchFileSnapshot(file);
});

/** Read by tests, or handed to the SDK's processes by the engine, and no business of a user. */
const INNER = [
  /^AEP_FUZZ/,
  /^PULUMI_(STACK|PROJECT|CONFIG|CONFIG_SECRET_KEYS|NODEJS_\w+|ENABLE_\w+|CONFIG_PASSPHRASE_FILE)$/,
];
/** Set in what the emulator shows, not read. */
const SHOWN = ["AEP_ACCESS_TOKEN"];

it("docs/commands.md names every variable that the program reads", () => {
  const named = new Set([...variables().map(({ name }) => name), ...SHOWN]);
  const files = globSync("{aep,capillary,cli,config,engine,resources}/**/*.ts", {
    cwd: ROOT,
    exclude: ["**/*.test.ts"],
  });
  const read = [...files, "config.ts", "index.ts"].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    const found = text.matchAll(/"((?:AEP|PULUMI)_[A-Z_]+)"|\.((?:AEP|PULUMI)_[A-Z_]+)\b/g);
    return [...found].map(([, quoted, member]) => (quoted ?? member) as string);
  });
  const codes = new Set(Object.keys(ERRORS));
  const open = [...new Set(read)].filter(
    (name) => !named.has(name) && !codes.has(name) && !INNER.some((one) => one.test(name)),
  );
  expect(open).toEqual([]);
});
