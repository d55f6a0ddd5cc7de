import { describe, expect, it } from "vitest";
import type { ComposedSchema } from "../xdm/json-schema.ts";
import { checkRow } from "./check-row.ts";
import { compileMapping } from "./compile-mapping.ts";
import type { MappingRow } from "./types.ts";

const from = (destination: string, source: string): MappingRow => ({ destination, sourceType: "ATTRIBUTE", source });
const expr = (destination: string, source: string): MappingRow => ({ destination, sourceType: "EXPRESSION", source });
const value = (destination: string, source: string): MappingRow => ({ destination, sourceType: "STATIC", source });

const SCHEMA: ComposedSchema = {
  type: "object",
  required: [],
  properties: {
    text: { type: "string" },
    flag: { type: "boolean" },
    count: { type: "integer" },
    amount: { type: "number" },
    at: { type: "string", format: "date-time" },
    day: { type: "string", format: "date" },
    address: {
      type: "object",
      properties: { line: { type: "string" }, city: { type: "string" }, zip: { type: "string" } },
    },
    items: {
      type: "array",
      items: { type: "object", properties: { SKU: { type: "string" }, quantity: { type: "integer" } } },
    },
    identityMap: {
      type: "object",
      additionalProperties: { type: "array", items: { type: "object", properties: { id: { type: "string" } } } },
    },
  },
};

function apply(rows: MappingRow[], event: unknown, schema?: ComposedSchema) {
  const { data, errors } = compileMapping(rows, { schema }).apply(event);
  return { data, errors: errors.map((error) => `${error.destination}: ${error.exception}`) };
}

describe("rows", () => {
  it("sets paths, lists and constants, and leaves out what is null", () => {
    const rows = [
      from("a.b[0].c", "x.y"),
      expr("d", "upper(z)"),
      value("e", "lit"),
      from("f", "none"),
      expr("g.h", "nullify()"),
    ];
    expect(apply(rows, { x: { y: 1 }, z: "q" })).toEqual({
      data: { a: { b: [{ c: 1 }] }, d: "Q", e: "lit" },
      errors: [],
    });
  });

  it("fans out over [*], keeping items together, and closes gaps", () => {
    const rows = [from("items[*].SKU", "lines[*].sku"), from("items[*].quantity", "lines[*].qty")];
    const event = { lines: [{ sku: "a", qty: 1 }, { sku: "b" }, {}, { sku: "d", qty: 4 }] };
    expect(apply(rows, event).data).toEqual({
      items: [{ SKU: "a", quantity: 1 }, { SKU: "b" }, { SKU: "d", quantity: 4 }],
    });
  });

  it("fans out twice", () => {
    const event = { a: [{ b: [{ c: 1 }, { c: 2 }] }, { b: [{ c: 3 }] }] };
    expect(apply([from("x[*].y[*].z", "a[*].b[*].c")], event).data).toEqual({
      x: [{ y: [{ z: 1 }, { z: 2 }] }, { y: [{ z: 3 }] }],
    });
  });

  it("copies objects field by field, and explicit children override in any order", () => {
    const rows = [from("address.city", "town"), from("address", "addr"), expr("address.zip", "nullify()")];
    const event = { town: "Pune", addr: { line: "1", city: "X", zip: "9", other: true } };
    expect(apply(rows, event, SCHEMA)).toEqual({ data: { address: { line: "1", city: "Pune" } }, errors: [] });
  });

  it("does not hand out the event's own objects", () => {
    const event = { addr: { line: "1" } };
    const { data } = compileMapping([from("address", "addr")]).apply(event);
    (data.address as { line: string }).line = "2";
    expect(event.addr.line).toBe("1");
  });

  it("reads escaped and wrapped names", () => {
    expect(
      apply([from("a", "${First Name}"), from("b", "x\\.y.z")], { "First Name": 1, "x.y": { z: 2 } }).data,
    ).toEqual({ a: 1, b: 2 });
  });

  it("gives a broken row its error on every event, and the others their values", () => {
    const mapping = compileMapping([expr("a", "lowr(b)"), from("c", "b"), expr("d", "to_integer(b)")]);
    for (const b of ["x", "y"]) {
      const { data, errors } = mapping.apply({ b });
      expect(data).toEqual({ c: b });
      expect(errors).toEqual([
        {
          destination: "a",
          source: "lowr(b)",
          sourceType: "EXPRESSION",
          exception: expect.stringContaining("Did you mean lower?"),
        },
        {
          destination: "d",
          source: "to_integer(b)",
          sourceType: "EXPRESSION",
          exception: expect.stringContaining("not an integer"),
        },
      ]);
    }
  });

  it("takes the clock and ids from outside", () => {
    const { data } = compileMapping([expr("at", "now()"), expr("id", "uuid()")]).apply(
      {},
      { now: () => 0, uuid: () => "u" },
    );
    expect(data).toEqual({ at: "1970-01-01T00:00:00Z", id: "u" });
  });

  it.each([null, 1, "x", [1]])("an event that is no object (%s) is an error per row", (event) => {
    expect(apply([from("a", "b")], event).errors).toHaveLength(1);
  });

  it("keeps a field named __proto__ a field", () => {
    const { data } = compileMapping([from("a.__proto__.b", "x"), from("c", "d")]).apply(
      JSON.parse('{"x":1,"d":{"__proto__":{"e":2}}}'),
    );
    expect(JSON.stringify(data)).toBe('{"a":{"__proto__":{"b":1}},"c":{"__proto__":{"e":2}}}');
    expect(({} as { b?: unknown }).b).toBeUndefined();
  });
});

describe("conversions to the field's type", () => {
  it.each<[string, unknown, unknown]>([
    ["text", 1234, "1234"],
    ["text", true, "true"],
    ["text", 1.5, "1.5"],
    ["flag", "YES", true],
    ["flag", "off", false],
    ["count", "12", 12],
    ["count", 12.0, 12],
    ["amount", " 1.50 ", 1.5],
    ["at", "2025-07-14T12:00:00-06:00", "2025-07-14T12:00:00-06:00"],
    ["at", "2025-07-14", "2025-07-14T00:00:00Z"],
    ["at", "7/14/2025 01:02:03 PM", "2025-07-14T13:02:03Z"],
    ["at", "14-Jul-2025", "2025-07-14T00:00:00Z"],
    ["day", "2025-07-14T12:00:00Z", "2025-07-14"],
    ["day", "20250714", "2025-07-14"],
    ["items", [{ SKU: 7, quantity: "2", x: 1 }], [{ SKU: "7", quantity: 2 }]],
    ["identityMap", { Email: [{ id: 5 }] }, { Email: [{ id: "5" }] }],
  ])("%s takes %j as %j", (field, given, expected) => {
    expect(apply([from(field, "v")], { v: given }, SCHEMA)).toEqual({ data: { [field]: expected }, errors: [] });
  });

  it.each<[string, unknown, string]>([
    ["flag", "Yes", "true or false"],
    ["flag", 1, "true or false"],
    ["count", "1.5", "not a whole number"],
    ["count", "x", "not a number"],
    ["amount", "", "not a number"],
    ["at", "July 14th", "date patterns"],
    ["at", 1752494400000, "dformat"],
    ["text", { a: 1 }, "cannot become a text"],
    ["items", "x", "cannot become a list"],
    ["address", [1], "cannot become an object"],
  ])("%s does not take %j", (field, given, reason) => {
    const { data, errors } = apply([from(field, "v")], { v: given }, SCHEMA);
    expect(data).toEqual({});
    expect(errors).toEqual([expect.stringContaining(reason)]);
  });

  it("keeps the rest of a copied object when one child does not convert", () => {
    const { data, errors } = apply([from("items", "v")], { v: [{ SKU: "a", quantity: "x" }] }, SCHEMA);
    expect(data).toEqual({ items: [{ SKU: "a" }] });
    expect(errors).toHaveLength(1);
  });

  it("turns a constant into the field's type", () => {
    expect(apply([value("count", "1"), value("flag", "true")], {}, SCHEMA).data).toEqual({ count: 1, flag: true });
  });
});

describe("checkRow", () => {
  it.each<[MappingRow, string]>([
    [from("xdm:text", "a"), "prefix xdm:"],
    [from("text", "xdm:a"), "prefix xdm:"],
    [from("texxt", "a"), "Did you mean text?"],
    [from("items.SKU", "a"), "items[0].SKU"],
    [from("text[0]", "a"), "not a list"],
    [from("text.a", "b"), "no fields below"],
    [from("items[*].SKU", "a.b"), "[*]"],
    [from("items[0].SKU", "a[*].b"), "[*]"],
    [expr("items[*].SKU", "a"), "ATTRIBUTE"],
    [from("a..b", "a"), "not a path"],
    [expr("text", "a[*].b"), "[*]"],
    [expr("text", "foo("), "no closing"],
    [expr("text", "filterArray(a, 1)"), "Destinations"],
    [{ destination: "text", sourceType: "OTHER" as "STATIC", source: "" }, "source type"],
  ])("%j", (row, reason) => {
    expect(checkRow(row, SCHEMA)).toMatchObject({
      destination: row.destination,
      exception: expect.stringContaining(reason),
    });
  });

  it("takes good rows", () => {
    for (const row of [
      from("items[*].SKU", "a[*].b"),
      expr("text", "lower(a)"),
      value("flag", "true"),
      from("identityMap.Email[0].id", "x"),
    ]) {
      expect(checkRow(row, SCHEMA)).toBeUndefined();
    }
  });
});
