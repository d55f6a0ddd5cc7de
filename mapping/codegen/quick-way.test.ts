import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { compileMapping, loadMappingFile, loadSchema } from "../index.ts";
import type * as RowParts from "../row/row-parts.ts";

const asked = vi.hoisted(() => [] as string[]);

vi.mock("../row/row-parts.ts", async (original) => {
  const parts = await original<typeof RowParts>();
  const noted =
    <Compile extends (plan: never) => (...args: never[]) => unknown>(name: string, compile: Compile) =>
    (plan: never) => {
      const part = compile(plan);
      return (...args: never[]) => {
        asked.push(name);
        return part(...args);
      };
    };
  return {
    ...parts,
    compileRead: noted("read", parts.compileRead),
    compileFinish: noted("finish", parts.compileFinish),
    compilePut: noted("put", parts.compilePut),
    compileStep: noted("step", parts.compileStep),
  };
});

it.each(["profile", "transaction"])("ordinary events take generated code alone: %s", (name) => {
  const file = loadMappingFile(`mappings/capillary-${name}.yaml`, { tenant: "acme" });
  const mapping = compileMapping(file.rows, loadSchema(file.schemaPath, { tenant: "acme" }));
  asked.length = 0;
  const event = JSON.parse(readFileSync(`events/guide-${name}.json`, "utf8"));
  const row = readFileSync(`events/guide-${name}.xdm.json`, "utf8").replace("{tenant}", "acme");
  expect(mapping.apply(event).data).toEqual(JSON.parse(row));
  expect(asked).toEqual([]);
});

it("and what is out of the ordinary asks the closures", () => {
  const mapping = compileMapping([{ destination: "a", sourceType: "EXPRESSION", source: "lower(b)" }]);
  expect(mapping.apply({ b: [] }).errors).toHaveLength(1);
  expect(asked).toEqual(["read"]);
});

it("without leave to make code, the closures do all of it", () => {
  const program = `import { compileMapping } from "./mapping/row/compile-mapping.ts";
    const rows = [{ destination: "a[0].b", sourceType: "EXPRESSION", source: "lower(trim(c.d))" }];
    console.log(JSON.stringify(compileMapping(rows).apply({ c: { d: " X " } })));`;
  const flags = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", program];
  expect(JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8" }))).toEqual({
    data: { a: [{ b: "x" }] },
    errors: [],
  });
});
