import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyPatch, mergePatch, type PatchError, type PatchOperation, parsePatch } from "./json-patch.ts";

const reason = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as PatchError).reason;
  }
  return "none";
};
const apply = (target: object, ...operations: unknown[]) => applyPatch(target, parsePatch(operations));

describe("JSON Patch", () => {
  it("adds, replaces and removes in objects and arrays, op in any case", () => {
    const target = { a: { b: [1, 2] }, "x/y~z": 1 };
    expect(apply(target, { op: "ADD", path: "/a/b/-", value: 3 })).toEqual({ ...target, a: { b: [1, 2, 3] } });
    expect(apply(target, { op: "add", path: "/a/b/0", value: 0 })).toEqual({ ...target, a: { b: [0, 1, 2] } });
    expect(apply(target, { op: "Replace", path: "/a/b/1", value: 9 })).toEqual({ ...target, a: { b: [1, 9] } });
    expect(apply(target, { op: "remove", path: "/x~1y~0z" })).toEqual({ a: target.a });
    expect(target).toEqual({ a: { b: [1, 2] }, "x/y~z": 1 });
  });

  it.each([
    ["shape", {}],
    ["shape", [1]],
    ["shape", [{ op: "add", path: "/a" }]],
    ["op", [{ op: "move", path: "/a", from: "/b" }]],
    ["op", [{ op: "test", path: "/a", value: 1 }]],
  ])("refuses as %s: %j", (expected, body) => {
    expect(reason(() => parsePatch(body))).toBe(expected);
  });

  it.each([
    ["path", { op: "remove", path: "" }],
    ["path", { op: "remove", path: "a" }],
    ["missing", { op: "replace", path: "/none", value: 1 }],
    ["missing", { op: "remove", path: "/none" }],
    ["missing", { op: "add", path: "/none/deep", value: 1 }],
    ["missing", { op: "add", path: "/list/2", value: 1 }],
    ["missing", { op: "replace", path: "/list/-", value: 1 }],
    ["missing", { op: "add", path: "/list/01", value: 1 }],
    ["missing", { op: "add", path: "/text/a", value: 1 }],
    ["missing", { op: "replace", path: "/constructor", value: 1 }],
  ])("cannot apply (%s): %j", (expected, operation) => {
    expect(reason(() => apply({ list: [1], text: "t" }, operation))).toBe(expected);
  });

  it("all or nothing, and never outside the document", () => {
    const target = { a: 1 };
    expect(reason(() => apply(target, { op: "remove", path: "/a" }, { op: "remove", path: "/a" }))).toBe("missing");
    expect(target).toEqual({ a: 1 });
    apply({}, { op: "add", path: "/__proto__", value: { polluted: true } });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("add then remove of a new key is the identity", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (target, key, value) => {
        fc.pre(!Object.hasOwn(target, key));
        const path = `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
        const operations = [
          { op: "add", path, value },
          { op: "remove", path },
        ] as PatchOperation[];
        expect(applyPatch(target, operations)).toEqual(target);
      }),
    );
  });
});

describe("merge patch", () => {
  it("merges objects, removes by null, replaces the rest", () => {
    const target = { a: { b: 1, c: 2 }, d: [1] };
    expect(mergePatch(target, { a: { b: null, e: 3 }, d: [2], f: { g: 1 } })).toEqual({
      a: { c: 2, e: 3 },
      d: [2],
      f: { g: 1 },
    });
  });

  it("the same patch twice is the same as once", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
      }),
    );
  });
});
