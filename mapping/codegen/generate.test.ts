import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateCases } from "../../test/oracle/generate.ts";
import { printExpression } from "../expression/printer.ts";
import { events, expressions } from "../expression/test-support.ts";
import { parseJson } from "../expression/values.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { compileMapping, compileReference } from "../row/compile-mapping.ts";
import type { MappingRow } from "../row/types.ts";
import { parseFieldPath, printFieldPath } from "../xdm/field-path.ts";
import type { ComposedSchema, JsonSchema } from "../xdm/json-schema.ts";

// AEP_FUZZ asks for more.
const runs = Math.ceil(Number(process.env.AEP_FUZZ ?? 20_000) / 10);

const SCALARS: Record<string, JsonSchema> = {
  text: { type: "string" },
  flag: { type: "boolean" },
  count: { type: "integer" },
  amount: { type: "number" },
  at: { type: "string", format: "date-time" },
  day: { type: "string", format: "date" },
};
const NESTED: Record<string, JsonSchema> = {
  ...SCALARS,
  a: { type: "object", properties: { ...SCALARS, constructor: { type: "string" } } },
  b: { type: "array", items: { type: "object", properties: SCALARS } },
  list: { type: "array", items: { type: "integer" } },
  map: { type: "object", additionalProperties: { type: "array", items: { type: "string" } } },
  any: {},
};
const SCHEMA: ComposedSchema = {
  type: "object",
  required: [],
  properties: {
    ...NESTED,
    o: { type: "object", properties: { ...NESTED, o: { type: "object", properties: NESTED } } },
    items: { type: "array", items: { type: "object", properties: NESTED } },
    free: { type: "object" },
  },
};

/** Names that would be code if they were read as such. */
const HOSTILE = ['"];throw 1;//', "`;throw 1;`", "\u2028*/", "\\", "'"].map((name) =>
  printFieldPath([{ kind: "name", name, at: 0 }]),
);
const NAMES = [
  ...HOSTILE,
  "a",
  "b",
  "o",
  "list",
  "map",
  "any",
  "items",
  "free",
  "x",
  "length",
  "value",
  "constructor",
  "__proto__",
];
const LEAVES = [...Object.keys(SCALARS), "any", "list", "a", "b", "x"];
/** The same as they stand in events. */
const KEYS = [...NAMES, ...LEAVES].map((path) => (parseFieldPath(path)![0] as { name: string }).name);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NAMES).map((name) => `.${name}`) },
  { weight: 2, arbitrary: fc.constantFrom("[0]", "[1]", "[3]", "[*]") },
);
/** Paths of the schema often, any others sometimes. */
const path = fc.oneof(
  fc.constantFrom(...LEAVES),
  fc
    .constantFrom("o.", "items[0].", "items[1].", "items[*].", "o.o.", "o.a.", "map.k[0]", "map.l[2]", "free.y")
    .chain((start) =>
      start.endsWith(".") ? fc.constantFrom(...LEAVES).map((leaf) => start + leaf) : fc.constant(start),
    ),
  fc.tuple(fc.constantFrom(...NAMES), fc.array(step, { maxLength: 4 })).map(([first, steps]) => first + steps.join("")),
);
const oracleExpressions = generateCases(7, 2000).map((one) => one.expression);
const source = fc.oneof(
  expressions.map(printExpression),
  fc.constantFrom(...oracleExpressions, ...FUNCTIONS.map((spec) => spec.example)),
  path,
  fc
    .tuple(fc.constantFrom("lower", "trim", "coalesce", "uuid() + ", "is_empty", "to_integer"), path)
    .map(([name, argument]) => `${name}(${argument})`),
  fc
    .tuple(path, fc.constantFrom("yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssXXX", "dd.MM.yyyy"))
    .map(([argument, pattern]) => `date(${argument}, "${pattern}")`),
  path.map((argument) => `contains_key("${argument}") ? ${argument} : null`),
);
const row: fc.Arbitrary<MappingRow> = fc.oneof(
  fc.record({ destination: path, sourceType: fc.constant("ATTRIBUTE" as const), source: path }),
  fc.record({ destination: path, sourceType: fc.constant("EXPRESSION" as const), source }),
  fc.record({
    destination: path,
    sourceType: fc.constant("STATIC" as const),
    source: fc.constantFrom("1", "true", "x", "2025-07-14", "1.50"),
  }),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(null, true, "", " A b ", "1", "1.5", 0, 1, -2.5, 1752494400000, "yes", "é\ud800"),
    fc.constantFrom(
      "2025-07-14",
      "2024-02-30",
      "2025-07-14T12:00:00-06:00",
      "2025-07-14T12:00:00.5Z",
      "2025-07-14 12:00:00",
    ),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS, "k"), tie("any"), { maxKeys: 6 }),
  ),
})).any;
const event = fc.oneof(
  events,
  fc.dictionary(fc.constantFrom(...KEYS, "n", "obj"), value, { maxKeys: 10 }),
  fc.constantFrom(...generateCases(8, 500).map((one) => parseJson(one.data) as Record<string, unknown>)),
);

/** An environment that shows how often it was asked. */
function environment() {
  let asked = 0;
  return { now: () => 1752494400000 + asked++, uuid: () => `id-${asked++}` };
}

describe("generated code", () => {
  it(`gives on ${runs} mapping sets what the closures give`, { timeout: 3_600_000 }, () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(row, { maxLength: 8, selector: (one) => one }),
        fc.array(event, { minLength: 1, maxLength: 3 }),
        fc.constantFrom(SCHEMA, undefined),
        fc.constantFrom("lenient" as const, "lenient" as const, "strict" as const),
        (rows, all, schema, mode) => {
          const [generated, reference] = [
            compileMapping(rows, { schema, mode }),
            compileReference(rows, { schema, mode }),
          ];
          for (const one of all) {
            const [ours, theirs] = [generated.apply(one, environment()), reference.apply(one, environment())];
            // As text too, for the order of fields.
            expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
            expect(isDeepStrictEqual(ours, theirs)).toBe(true);
          }
        },
      ),
      { numRuns: runs, seed: Number(process.env.AEP_FUZZ_SEED ?? 1) },
    );
  });
});
