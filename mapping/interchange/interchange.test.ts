import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MappingRow } from "../row/types.ts";
import { loadMappingFile } from "../yaml/mapping-file.ts";
import { exportRows, importRows } from "./rows.ts";
import { mappingYaml } from "./yaml-text.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-interchange-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const text = fc
  .string({ minLength: 1, maxLength: 20 })
  .map((one) => one.trim())
  .filter((one) => one !== "" && !one.includes("{tenant}") && !/[\p{Cc}\p{Cs}]/u.test(one));
const path = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,6}(\.[a-z]{1,5}|\[\d\]|\[\*\]){0,3}$/);
const row: fc.Arbitrary<MappingRow> = fc
  .tuple(
    path,
    fc.oneof(
      fc.tuple(fc.constant("ATTRIBUTE" as const), path),
      fc.tuple(fc.constantFrom("EXPRESSION" as const, "STATIC" as const), text),
    ),
    fc.option(text, { nil: undefined }),
  )
  .map(([destination, [sourceType, source], description]) => ({
    destination,
    sourceType,
    source,
    ...(description ? { description } : {}),
  }));
const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 6, selector: (one) => one.destination });

describe("rows survive the way out and back", () => {
  test.each(["api", "csv"] as const)("%s", (format) => {
    fc.assert(
      fc.property(rows, (all) => {
        expect(importRows(exportRows("n", all, format), `f.${format === "csv" ? "csv" : "json"}`).rows).toEqual(all);
      }),
    );
  });
  test("as a mapping file", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const file = join(folder, "m.yaml");
        writeFileSync(file, mappingYaml(all, { schema: "s", tenant: "acme" }));
        const loaded = loadMappingFile(file, { tenant: "acme" }).rows;
        expect(
          loaded.map(({ destination, sourceType, source, description }) => ({
            destination,
            sourceType,
            source,
            ...(description ? { description } : {}),
          })),
        ).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });
  test("the older form keeps constants as text literals", () => {
    const all: MappingRow[] = [
      { destination: "a", sourceType: "STATIC", source: 'say "x"' },
      { destination: "b", sourceType: "ATTRIBUTE", source: "c.d" },
      { destination: "e", sourceType: "EXPRESSION", source: "lower(f)" },
    ];
    const legacy = exportRows("n", all, "legacy", "https://ns.adobe.com/acme/schemas/1");
    expect(JSON.parse(legacy)).toMatchObject({
      version: 0,
      xdmVersion: "1.0",
      id: null,
      mappings: [{ destinationXdmPath: "a", sourceAttribute: '"say \\"x\\""', identity: false }, {}, {}],
    });
    expect(importRows(legacy, "f.json")).toEqual({ rows: all, schemaId: "https://ns.adobe.com/acme/schemas/1" });
  });
});

describe("import", () => {
  const rowsOf = (value: unknown) => importRows(JSON.stringify(value), "f.json").rows;
  test("understands what the API answers", () => {
    expect(
      rowsOf({
        id: "1",
        mappings: [
          {
            id: "x",
            sourceType: "text/x.schema-path",
            source: "a",
            destination: "b",
            sourceAttribute: "a",
            destinationXdmPath: "b",
            matchScore: 1,
          },
          { sourceType: "text/x.aep-xl", source: "lower(a)", destination: "c" },
        ],
      }),
    ).toEqual([
      { destination: "b", sourceType: "ATTRIBUTE", source: "a" },
      { destination: "c", sourceType: "EXPRESSION", source: "lower(a)" },
    ]);
    const row = { source: "a", destination: "b" };
    for (const form of [[row], { data: [row] }, { data: [{ mappings: [{ ...row, sourceType: "attribute" }] }] }])
      expect(rowsOf(form)).toEqual([{ destination: "b", sourceType: "ATTRIBUTE", source: "a" }]);
  });
  test("understands headings in other spellings, quotes and a byte order mark", () => {
    expect(
      importRows('\ufeffSource Field,Target Field\r\n"concat(a, ""-"", b)",x.y\r\na.b,z\r\n', "f.csv").rows,
    ).toEqual([
      { destination: "x.y", sourceType: "EXPRESSION", source: 'concat(a, "-", b)' },
      { destination: "z", sourceType: "ATTRIBUTE", source: "a.b" },
    ]);
  });
  test.each([
    ["{", "f.json", "EVENT_FILE"],
    ['{"a":1}', "f.json", 'no list "mappings"'],
    ['{"mappings":[]}', "f.json", "holds no rows"],
    ['{"mappings":[{"source":"a"}]}', "f.json", "no source or no destination"],
    ['{"mappings":[{"source":"a","destination":"b","sourceType":"MAGIC"}]}', "f.json", "MAGIC is no source type"],
    ['{"mappings":[{"source":"a","destination":"b"},{"source":"c","destination":"b"}]}', "f.json", "two rows write b"],
    ['{"mappings":[null]}', "f.json", "mappings[0]: the row has no source"],
    ['{"data":[{"mappings":[]},{"mappings":[]}]}', "f.json", "holds 2 mapping sets"],
    ["a,b\n1,2\n", "f.csv", "needs a source and a target column"],
    ['source,target\nJane "x",b\n', "f.csv", "MAPPING_IMPORT: f.csv:2: a quote stands within a value"],
  ])("%s", (content, name, wanted) => {
    let said = "";
    try {
      importRows(content, name);
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain(wanted);
  });
  test("the tenant's own prefix becomes {tenant}", () => {
    const all: MappingRow[] = [
      { destination: "_acme.a", sourceType: "ATTRIBUTE", source: "b" },
      { destination: "_acmex.a", sourceType: "ATTRIBUTE", source: "b" },
    ];
    expect(mappingYaml(all, { schema: "s", tenant: "acme" })).toMatch(/ {2}_\{tenant\}\.a: b\n {2}_acmex\.a: b\n/);
  });
});
