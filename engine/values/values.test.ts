import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detailedDiff, diffProps, inverted } from "./diff.ts";
import { formatPath, parsePath, pathContains, resetPath } from "./path.ts";
import {
  annotateSecrets,
  copyOf,
  masked,
  type Props,
  revealed,
  Secret,
  sameValue,
  UNKNOWN,
  type Value,
} from "./value.ts";
import { fromStruct, toStruct } from "./wire.ts";

const key = fc.string({ minLength: 1 }).filter((text) => !/["\\\]]|^\*$/.test(text) && text !== "__proto__");
const json = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
const props = fc.dictionary(key, json, { maxKeys: 5, noNullPrototype: true }) as fc.Arbitrary<Props>;

describe("paths", () => {
  it("are read as they are written", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.nat(99)), { minLength: 1, maxLength: 4 }), (path) => {
        expect(parsePath(formatPath(path))).toEqual(path);
      }),
    );
  });

  it("quote what is no plain word, and stars stand for anything", () => {
    expect(formatPath(["rows", "_acme.points", 0, "source"])).toBe('rows["_acme.points"][0].source');
    expect(pathContains(["rows", "*"], ["rows", "a.b", "source"])).toBe(true);
    expect(pathContains(["rows", "a"], ["rows"])).toBe(false);
  });

  it("put an ignored value back, and say where that cannot be", () => {
    const target: Props = { a: { b: 1, c: 2 }, list: [1] };
    expect(resetPath(["a", "b"], { a: { b: 9 } }, target)).toBe(true);
    expect(target).toEqual({ a: { b: 9, c: 2 }, list: [1] });
    expect(resetPath(["list", 1], { list: [1, 2] }, target)).toBe(false);
    expect(resetPath(["a", "c"], {}, target)).toBe(true);
    expect(target["a"]).toEqual({ b: 9 });
  });
});

describe("differences", () => {
  it("of a value to itself there are none, and only equal values have none", () => {
    fc.assert(
      fc.property(props, props, (a, b) => {
        expect(diffProps(a, copyOf(a))).toBeUndefined();
        expect(diffProps(a, b) === undefined).toBe(sameValue(a, b));
      }),
    );
  });

  it("turned round twice are themselves, and turned round once they are those of the way back", () => {
    fc.assert(
      fc.property(props, props, (a, b) => {
        const forth = diffProps(a, b);
        const back = diffProps(b, a);
        if (!forth || !back) {
          expect(forth).toBe(back);
          return;
        }
        expect(inverted(inverted(detailedDiff(forth)))).toEqual(detailedDiff(forth));
        expect(inverted(detailedDiff(forth))).toEqual(detailedDiff(back));
      }),
    );
  });

  it("name every changed path and nothing else", () => {
    const diff = diffProps(
      { rows: { "a.b": { source: "x" }, c: 1 }, list: [1, 2] },
      { rows: { "a.b": { source: "y" } }, list: [1, 3, 4] },
    );
    expect(Object.entries(detailedDiff(diff!)).map(([path, { kind }]) => `${kind} ${path}`)).toEqual([
      "update list[1]",
      "add list[2]",
      "delete rows.c",
      'update rows["a.b"].source',
    ]);
  });
});

describe("secrets and unknowns", () => {
  it("survive the wire, and are opened or masked at any depth", () => {
    const value: Props = { open: 1, auth: { pass: new Secret("p"), next: UNKNOWN }, list: [new Secret([1])] };
    expect(fromStruct(toStruct(value, { secrets: true }))).toEqual(value);
    expect(masked(value)).toMatchObject({ auth: { pass: "[secret]" }, list: ["[secret]"] });
    expect(revealed(value)).toMatchObject({ auth: { pass: "p" }, list: [[1]] });
  });

  it("mark what comes back under the same key, an array as a whole", () => {
    const outs: Props = { auth: { user: "u", pass: "p" }, list: ["a", "b"], other: "p" };
    annotateSecrets(outs, { auth: { user: "u", pass: new Secret("p") }, list: ["a", new Secret("b")] });
    expect(outs).toEqual({ auth: { user: "u", pass: new Secret("p") }, list: new Secret(["a", "b"]), other: "p" });
  });
});
