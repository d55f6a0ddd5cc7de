import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateCases } from "../../test/oracle/generate.ts";
import { printExpression } from "../expression/printer.ts";
import { events, expressions } from "../expression/test-support.ts";
import { parseJson, WholeDouble } from "../expression/values.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { compileMapping, compileReference } from "../row/compile-mapping.ts";
import type { MappingRow } from "../row/types.ts";
import { listFields, printFieldPath } from "../xdm/field-path.ts";
import type { ComposedSchema, JsonSchema } from "../xdm/json-schema.ts";

// AEP_FUZZ asks for more.
const runs = Math.ceil(Number(process.env.AEP_FUZZ ?? 10_000) / 10);

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
  both: { type: "object", properties: SCALARS, additionalProperties: { type: "string" } },
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

/** Names of every kind: of texts, lists and decimals too, inherited ones, and such as would be code if read as that. */
const KEYS = ["a", "b", "x", "text", "length", "value", "constructor", "__proto__", "0", '"];throw 1;//`\u2028'];
const names = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...KEYS.slice(0, 4)) },
  fc.constantFrom(...KEYS.slice(4)),
);
const printed = (keys: readonly (string | number)[]) =>
  printFieldPath(
    keys.map((key) =>
      typeof key === "string" ? { kind: "name", name: key, at: 0 } : { kind: "index", index: key, at: 0 },
    ),
  );
const steps = fc.array(fc.oneof({ weight: 3, arbitrary: names }, fc.constantFrom(0, 1)), { maxLength: 3 });
const path = fc.tuple(names, steps).map(([first, others]) => printed([first, ...others]));
const fields = listFields(SCHEMA).map((field) => field.path.replace("{key}", "k"));
const destination = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...fields), fc.constantFrom("[0]", "[0]", "[1]", "[3]"))
      .map(([field, index]) => field.replaceAll("[*]", index)),
  },
  path,
);
const oracleExpressions = generateCases(7, 2000).map((one) => one.expression);
const source = fc.oneof(
  expressions.map(printExpression),
  fc.constantFrom(...oracleExpressions, ...FUNCTIONS.map((spec) => spec.example)),
  path,
  fc
    .tuple(fc.constantFrom("lower", "trim", "coalesce", "uuid() + lower", "is_empty", "to_integer"), path)
    .map(([name, argument]) => `${name}(${argument})`),
  fc
    .tuple(path, fc.constantFrom("yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssXXX", "dd.MM.yyyy"))
    .map(([argument, pattern]) => `date(${argument}, "${pattern}")`),
  fc.tuple(path, path, fc.constantFrom("&&", "||", "?:", "==", "+")).map(([a, b, operator]) => `${a} ${operator} ${b}`),
  path.map((argument) => `contains_key(${JSON.stringify(argument)}) ? ${argument} : null`),
);
/** The rest of a path. */
const below = (rest: readonly (string | number)[]) => printed(["x", ...rest]).slice(1);
const starred = fc.constantFrom(...fields.filter((field) => field.split("[*]").length === 2));
const attribute = fc.record({ destination, sourceType: fc.constant("ATTRIBUTE" as const), source: path });
const row: fc.Arbitrary<MappingRow> = fc.oneof(
  { weight: 3, arbitrary: attribute },
  { weight: 4, arbitrary: fc.record({ destination, sourceType: fc.constant("EXPRESSION" as const), source }) },
  fc.record({
    destination,
    sourceType: fc.constant("STATIC" as const),
    source: fc.constantFrom("1", "true", "x", "2025-07-14", "1.50"),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      destination: fc.oneof(
        starred,
        fc.constantFrom("b[*].x.y", "b[*].x.z", "b[*].constructor.x", "x[*]", "x[*].y[0]"),
      ),
      sourceType: fc.constant("ATTRIBUTE" as const),
      source: fc
        .tuple(fc.oneof(fc.constantFrom("a", "b"), path), steps)
        .map(([list, rest]) => `${list}[*]${below(rest)}`),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      destination: fc.constantFrom(...fields.filter((field) => field.split("[*]").length === 3)),
      sourceType: fc.constant("ATTRIBUTE" as const),
      source: fc.tuple(names, names).map(([list, inner]) => `${printed([list])}[*]${below([inner])}[*]`),
    }),
  },
);
const DATES = [
  "2025-07-14",
  "2024-02-30",
  "2025-07-14T12:00:00-06:00",
  "2025-07-14T12:00:00.5Z",
  "2025-07-14 12:00:00",
];
const SCALAR = [null, true, "", " A b ", "1", "1.5", 0, 1, -2.5, 1752494400000, "yes", "é\ud800", new WholeDouble(2)];
const ALL = [...KEYS, ...Object.keys(SCALARS), "list"];
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(...SCALAR, ...DATES),
    fc.array(tie("any"), { maxLength: 2 }),
    fc.dictionary(fc.oneof(names, fc.constantFrom(...ALL)), tie("any"), { maxKeys: 4 }),
  ),
  event: fc.record(Object.fromEntries(ALL.map((key) => [key, tie("any")])), { requiredKeys: [] }),
}));
const event = fc.oneof(
  events,
  { weight: 4, arbitrary: value.event },
  fc.constantFrom(...generateCases(8, 500).map((one) => parseJson(one.data) as Record<string, unknown>)),
);

const expr = (destination: string, source: string): MappingRow => ({ destination, sourceType: "EXPRESSION", source });
const pick = (destination: string, source: string): MappingRow => ({ destination, sourceType: "ATTRIBUTE", source });
const deep = (levels: number): unknown => (levels === 0 ? 0 : [deep(levels - 1)]);
/** What chance rarely brings. */
const RARE: [MappingRow[], Record<string, unknown>[], ComposedSchema | undefined, "lenient"][] = [
  // A decimal has a field `value` of ours.
  [[pick("text", "a.value"), expr("o.text", "a.value")], [{ a: new WholeDouble(2) }], SCHEMA, "lenient"],
  // Nothing without a report, within a copy.
  [[pick("b", "b")], [{ b: [{ amount: Number.POSITIVE_INFINITY, text: "x" }] }], SCHEMA, "lenient"],
  // A row that fails asks for an id once.
  [[expr("text", "uuid() + lower(a)"), expr("o.text", "uuid()")], [{ a: [] }], SCHEMA, "lenient"],
  // A time for a field of days.
  [
    [expr("day", "date(a, \"yyyy-MM-dd'T'HH:mm:ssXXX\")"), expr("b[0].at", 'date(a, "yyyy-MM-dd HH:mm:ss")')],
    [{ a: "2025-07-14T23:00:00-06:00" }, { a: "2025-07-14 23:00:00" }, { a: "2025-02-30 23:00:00" }, { a: 1 }],
    SCHEMA,
    "lenient",
  ],
  // A row with [*] ends at what nests too deep.
  [
    [pick("items[*].any", "b[*]"), pick("items[*].text", "b[*].x")],
    [{ b: [1, deep(1100), { x: "y" }] }],
    SCHEMA,
    "lenient",
  ],
  // An inherited name within an item, and an item that another row names by its number.
  [[pick("b[*].constructor.x", "a[*].text")], [{ a: [{ text: "q" }, {}] }], undefined, "lenient"],
  [[pick("items[*].count", "b[*]"), pick("items[1].text", "x")], [{ b: [1, 2], x: "t" }], SCHEMA, "lenient"],
  // A text beyond the limit.
  [[expr("text", "upper(lpad(a, 1048576, 'ß'))")], [{ a: "x" }], SCHEMA, "lenient"],
];

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
      { numRuns: runs, examples: RARE, seed: Number(process.env.AEP_FUZZ_SEED ?? 1) },
    );
  });
});
