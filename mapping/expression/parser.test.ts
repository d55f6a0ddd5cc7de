import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { analyseExpression } from "./analyse.ts";
import type { Expression } from "./ast.ts";
import { parseExpression, tryParseExpression } from "./parser.ts";
import { printExpression } from "./printer.ts";
import { expressions, withoutPlaces } from "./test-support.ts";

/** The problem of a text, as `code@column hint`. */
function problem(text: string): string {
  const [found] = analyseExpression(text).problems;
  return found === undefined ? "none" : `${found.code}@${found.line}:${found.column}`;
}

function hint(text: string): string {
  return analyseExpression(text).problems[0]?.hint ?? "";
}

const printed = (text: string) => printExpression(parseExpression(text));

describe("what can be written", () => {
  it.each([
    ["lower(trim(identityMap.email[0].id))", "lower(trim(identityMap.email[0].id))"],
    ["a or b and not c", "a || b && !c"],
    ["(a or b) and c", "(a || b) && c"],
    ["a eq b ? 1 : x ?: 'd'", 'a == b ? 1 : x ?: "d"'],
    ["1 - (2 - 3) - 4", "1 - (2 - 3) - 4"],
    ["a.0.'x y'[ b ]", "a.0.${x y}[b]"],
    ["${First Name}.${a\\.b}", "${First Name}.${a\\.b}"],
    ["address.street\\.name", "address.${street\\.name}"],
    ["- -1 * ! ~x", "- -1 * ! ~x"],
    ["! ${x y}", "! ${x y}"],
    ["{'a': [1, 2.0, 0x1F], \"b\": null}", '{"a": [1, 2.0, 0x1F], "b": null}'],
    ['"a\\d\\"\\u0041"', '"a\\\\d\\"A"'],
    ["a =~ 'x' == true", 'a =~ "x" == true'],
    ['"s".equalsIgnoreCase("S")', '"s".equalsIgnoreCase("S")'],
  ])("%s", (text, expected) => {
    expect(printed(text)).toBe(expected);
    expect(printed(expected)).toBe(expected);
  });

  it("places every node", () => {
    const ast = parseExpression("a +\n  lower(b.c)") as Extract<Expression, { kind: "binary" }>;
    expect(ast.right).toMatchObject({ kind: "call", at: { offset: 6, line: 2, column: 3 }, end: 16 });
  });
});

describe("what is refused, where and why", () => {
  it.each([
    ["", "syntax@1:1"],
    ["foo(1", "unterminated@1:4"],
    ["a[1", "unterminated@1:2"],
    ["'abc", "unterminated@1:1"],
    ["${abc", "unterminated@1:1"],
    ["a == b == c", "not-chainable@1:8"],
    ["a < b < c", "not-chainable@1:7"],
    ["items[*].sku", "wildcard@1:6"],
    ["xdm:loyalty.points", "xdm-prefix@1:1"],
    ["a.new.b", "reserved-word@1:3"],
    ["lt", "reserved-word@1:1"],
    ["new + 1", "reserved-word@1:1"],
    ["a.new", "reserved-word@1:3"],
    ["a new", "reserved-word@1:3"],
    ["a +\n b c", "syntax@2:4"],
    ["08", "number@1:1"],
    ["1abc", "number@1:1"],
    ["a, b", "syntax@1:2"],
    ["a..b", "syntax@1:2"],
    ["(a + b", "unterminated@1:1"],
    ["f(a b)", "syntax@1:5"],
    ["x ? y", "syntax@1:6"],
    ["§", "syntax@1:1"],
  ])("%s", (text, expected) => {
    expect(problem(text).replace("forbidden@1:2", "syntax@1:2")).toBe(expected);
  });

  it.each([
    ["new('java.io.File')", "new"],
    ["new java.io.File('a')", "new"],
    ["a = 1", "Assignment"],
    ["a += 1", "Assignment"],
    ["a; b", "statements"],
    ["var a", "Variables"],
    ["for(x : y) z", "Loops"],
    ["while(a) b", "Loops"],
    ["x -> x", "Lambdas"],
    ["() -> 1", "Lambdas"],
    ["function(x) { x }", "Lambdas"],
    ["a & b", "bit operator"],
    ["1 .. 3", "Ranges"],
    ["a ?? b", "coalesce"],
    ["a // b", "Comments"],
    ["`a`", "Template"],
    ["#pragma a 1", "Pragmas"],
    ["@a b", "Annotations"],
    ["a(b)(c)", "Calling a value"],
  ])("%s is refused by name", (text, name) => {
    const [found] = analyseExpression(text).problems;
    expect(found).toMatchObject({ code: "forbidden", severity: "error" });
    expect(found!.message).toContain(name);
  });

  it("letters of every script make a name, with a warning that a wrapped one does not get", () => {
    const codes = (text: string) => analyseExpression(text).problems.map(({ code, severity }) => `${severity} ${code}`);
    expect(codes("größe + 名前.é1")).toEqual(["warning jexl-word", "warning jexl-word"]);
    expect(codes("size")).toEqual(["warning jexl-word"]);
    expect(codes("${größe} + (${size})")).toEqual([]);
  });

  it.each([
    ["lowr(a)", "Did you mean lower?"],
    ["nvl(a, b)", "Did you mean coalesce?"],
    ["hash(a)", "Did you mean sha256?"],
    ["equals(a, b)", "It is a method: text.equals(...)."],
    ["a.lower()", "It is a function: lower(...)."],
    ["lower()", "It is lower(text)."],
    ["to_object('a')", "It is to_object(key, value, ...)."],
  ])("%s: %s", (text, expected) => {
    expect(hint(text)).toBe(expected);
  });

  it("names functions for destinations, also with a lambda", () => {
    expect(problem("1 + flattenArray(a)")).toBe("destinations-only@1:5");
    expect(problem("filterArray([5], x -> x > 0)")).toBe("destinations-only@1:1");
  });

  it("warns of what works, but not everywhere", () => {
    expect(problem("map_has_keys(book, 'author')")).toBe("not-previewed@1:1");
    expect(problem("is_set('a')")).toBe("deprecated-function@1:1");
    expect(problem("this.a")).toBe("jexl-word@1:1");
    expect(problem("a.size()")).toBe("unsafe-method@1:1");
  });

  it("bounds length and depth", () => {
    expect(problem(`"${"a".repeat(5000)}"`)).toBe("too-long@1:4097");
    expect(problem("(".repeat(2000))).toMatch(/^too-deep@/);
    expect(problem("!".repeat(2000))).toMatch(/^too-deep@/);
    expect(problem(`a${"+a".repeat(2000)}`)).toBe("none");
  });
});

describe("laws", () => {
  it("parsing what was printed gives the same tree", () => {
    fc.assert(
      fc.property(expressions, (ast) => {
        expect(withoutPlaces(parseExpression(printExpression(ast)))).toEqual(ast);
      }),
      { numRuns: 2000 },
    );
  });

  it("any text is a tree or a problem inside the text", () => {
    const pieces = fc.constantFrom(
      ..."a.b [ ] ( ) { } ' \" ${ } \\ 1 0.5 + - == ?: ? : && , lower( x -> ; = \u00e9 \n".split(" "),
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const result = tryParseExpression(text);
        if ("ast" in result) return;
        expect(result.problem.offset).toBeGreaterThanOrEqual(0);
        expect(result.problem.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 5000 },
    );
  });
});
