import { describe, expect, it } from "vitest";
import { compareAt, integer, matchesFilter, nestsDeeper, parseFilter, valuesAt } from "./http.ts";
import { maskSecrets, maskUrl } from "./secrets.ts";

describe("filters", () => {
  const entity = { name: "x", n: 5, deep: { id: "i" }, list: ["a", "b"], items: [{ k: 1 }, { k: 2 }] };
  it.each([
    ["name==x", true],
    ['name=="x"', true],
    ["name==y,x", true],
    ["name!=x", false],
    ["none!=x", true],
    ["deep.id==i", true],
    ["list==b", true],
    ["list[]==b", true],
    ["items.k==2", true],
    ["n>4", true],
    ["n>=5", true],
    ["n<5", false],
    ["n<=5", true],
    ["name~^x$", true],
    ["name~(", false],
    ["name", true],
    ["none", false],
    ["toString", false],
  ])("%s is %s", (text, expected) => {
    expect(matchesFilter(entity, parseFilter(text))).toBe(expected);
  });

  it("sort by value, absent first", () => {
    const items = [{ a: 10 }, { a: 9 }, {}];
    expect([...items].sort(compareAt("a"))).toEqual([{}, { a: 9 }, { a: 10 }]);
    expect([...items].sort(compareAt("a", true))[0]).toEqual({ a: 10 });
    expect(valuesAt({ a: null }, "a")).toEqual([]);
  });

  it("whole numbers within bounds only", () => {
    expect([integer("5", 0, 9), integer("5.5", 0, 9), integer("10", 0, 9), integer("", 0, 9)]).toEqual([
      5,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it("nesting is counted outside strings", () => {
  expect(nestsDeeper('[[["]]]]\\"[[["]]]', 3)).toBe(false);
  expect(nestsDeeper("[[[[]]]]", 3)).toBe(true);
});

describe("secrets", () => {
  it("are masked by name, in patches by path, and in URLs", () => {
    const body = {
      auth: { specName: "s", params: { host: "h", password: "p", clientSecret: "c", accessToken: "t", port: 22 } },
      continuationToken: "keep",
    };
    expect(maskSecrets(body)).toEqual({
      auth: {
        specName: "s",
        params: { host: "h", password: "****", clientSecret: "****", accessToken: "****", port: 22 },
      },
      continuationToken: "keep",
    });
    expect(maskSecrets([{ op: "replace", path: "/auth/params/password", value: "p" }])).toEqual([
      { op: "replace", path: "/auth/params/password", value: "****" },
    ]);
    expect(maskUrl("http://h/a/b?client_secret=c&limit=1")).toBe("/a/b?client_secret=****&limit=1");
  });
});
