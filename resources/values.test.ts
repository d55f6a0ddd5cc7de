import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesOf } from "./kind.ts";
import { KINDS } from "./kinds.ts";
import { KIND_NAMES } from "./pointer.ts";
import { asSet, clean, isPlain, type Plain, project, same } from "./values.ts";

const json = fc.jsonValue({ maxDepth: 4 });
const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

/** As a server might give it back: other key order, numbers and booleans as text, null members added. */
function respelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(respelled);
  if (isPlain(value)) {
    const entries = Object.entries(value).reverse();
    return Object.fromEntries([
      ...entries.map(([key, child]) => [key, respelled(child)]),
      ["added by the server", null],
    ]);
  }
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

describe("same", () => {
  it("holds of a value and itself, whatever the spelling", () => {
    fc.assert(fc.property(json, (value) => same(value, respelled(value))));
  });
  it("is symmetric", () => {
    fc.assert(fc.property(json, json, (a, b) => same(a, b) === same(b, a)));
  });
  it.each([
    [0, null],
    [0, ""],
    [false, undefined],
    [{ a: 1 }, { a: 2 }],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: [] }, { a: {} }],
  ])("tells %j from %j", (a, b) => expect(same(a, b)).toBe(false));
});

describe("project", () => {
  it("of an equal object in another spelling is what was declared", () => {
    fc.assert(fc.property(object, (declared) => project(declared, respelled(declared)) === declared));
  });
  it("shows nothing that was not declared, unless the map counts as a whole", () => {
    expect(project({ a: 1 }, { a: 1, b: 2 })).toEqual({ a: 1 });
    expect(project({ rows: { a: 1 } }, { rows: { a: 1, b: 2 } }, new Set(["rows"]))).toEqual({ rows: { a: 1, b: 2 } });
  });
  it("shows what differs, and only that", () => {
    expect(project({ a: 1, b: { c: 1, d: 2 } }, { a: "1", b: { c: 3, d: "2", e: 4 } })).toEqual({
      a: 1,
      b: { c: 3, d: 2 },
    });
  });
  it("takes an empty text, list or map for one that is not shown at all", () => {
    const declared = { description: "", tags: {}, list: [] };
    expect(project(declared, {})).toEqual(declared);
    expect(project(declared, { description: "x", tags: null, list: ["y"] })).toEqual({
      description: "x",
      tags: {},
      list: ["y"],
    });
  });
  it("leaves out what is gone", () => {
    expect(project({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
  });
});

describe("clean and asSet", () => {
  it("are idempotent", () => {
    fc.assert(fc.property(json, (value) => same(clean(clean(value)), clean(value))));
    fc.assert(fc.property(fc.array(fc.string()), (values) => same(asSet(asSet(values)), asSet(values))));
  });
});

describe("the changes of any kind", () => {
  it.each(KIND_NAMES)("%s: none between inputs and themselves in another spelling", (name) => {
    const keys = Object.keys(KINDS[name].inputs.shape);
    const inputs = fc.record(Object.fromEntries(keys.map((key) => [key, json])), { requiredKeys: [] });
    fc.assert(fc.property(inputs, (one) => changesOf(KINDS[name], one as Plain, respelled(one) as Plain).length === 0));
  });
});
