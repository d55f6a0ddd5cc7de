import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression } from "./compile.ts";
import { evaluateOnce, modeDependent } from "./mode.ts";
import { printExpression } from "./printer.ts";
import { events, expressions } from "./test-support.ts";

const EVENT = {
  n: 1250,
  text: "1250",
  zero: 0,
  nothing: null,
  list: [{ id: "a" }, { id: "b" }],
  who: { "First Name": "Ada", "x.y": 1 },
};

function value(text: string, mode: "strict" | "lenient" = "lenient"): unknown {
  const outcome = evaluateOnce(text, EVENT, { mode });
  return "value" in outcome ? outcome.value : `${outcome.error.code}@${outcome.error.column}`;
}

describe("the measured semantics", () => {
  it.each([
    ["1/2", 0],
    ["1.0/2", 0.5],
    ["'a'+'b'", "ab"],
    ["'1'+2", 3],
    ["text == 1250", true],
    ["2.0 == 2", true],
    ['"" + 2', 2],
    ['"" + 2.0', null],
    ["zero ?: 7", 7],
    ["'' ?: 7", 7],
    ["coalesce(zero, 7)", 0],
    ["null + 1", 1],
    ["missing.a.b", null],
    ["list[5]", null],
    ["list.id", null],
    ["list[1].id", "b"],
    ["list.0.id", "a"],
    ["who.${First Name}", "Ada"],
    ["who.x\\.y", 1],
    ["who['x.y']", 1],
    ["1/0", 0],
    ["9007199254740993 - 1", 9007199254740992],
    ["2147483647 + 1", 2147483648],
    ["-7 % 3", 2],
    ["010 + 0x10", 24],
    ["~5", -6],
    ["who =~ 'x'", false],
    ["'b' =~ ['a', 'b']", true],
    ["constructor", null],
    ["who.__proto__", null],
  ])("%s is %s", (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  it.each([
    ["'1'+2", "12"],
    ["null + 1", "arithmetic@1"],
    ["missing.a.b", "undefined@1"],
    ["list[5]", "undefined@1"],
    ["1/0", "arithmetic@1"],
    ["missing ?: 7", 7],
    ["who.none", null],
  ])("strict: %s is %s", (text, expected) => {
    expect(value(text, "strict")).toEqual(expected);
  });

  it("tells which expressions depend on the mode", () => {
    expect(modeDependent("missing + 1", {})).toBe(true);
    expect(modeDependent("'1' + 2", {})).toBe(true);
    expect(modeDependent("lower(text)", EVENT)).toBe(false);
    expect(modeDependent("list[9].id", EVENT)).toBe(true);
    expect(modeDependent("n * 2", EVENT)).toBe(false);
  });

  it("places a failure at the part that failed", () => {
    expect(value("concat('a', substr(text, 'x', 1))")).toBe("argument@13");
    expect(value("n + (list * 2)")).toBe("arithmetic@5");
    expect(value("1 + filterArray(list, 1)")).toBe("destinations-only@5");
  });

  it("knows a field by its presence", () => {
    expect(value("contains_key('nothing')")).toBe(true);
    expect(value("contains_key('list[0].id')")).toBe(true);
    expect(value("contains_key('list[2]')")).toBe(false);
    expect(value("contains_key(who.none)")).toBe(false);
  });
});

describe("safety", () => {
  it.each([
    ["matches_regex(s, '(a+)+b')", "limit"],
    ["s =~ '(a|a)*b'", "limit"],
    ["explode(s, '(?=(a+)+b)')", "limit"],
    ["lpad('', 99999999, 'x')", "argument"],
    ["replacestr(replacestr(s, 'a', s), 'a', s)", "argument"],
    ["matches_regex(s, '[')", "argument"],
    ["date(s, 'qqqqqqqqqqqq')", "argument"],
    ["to_bigint(digits)", "argument"],
  ])("%s ends as a coded error", (text, code) => {
    const outcome = evaluateOnce(text, { s: "a".repeat(5000), digits: "9".repeat(100_000) });
    expect(outcome).toMatchObject({ error: { code } });
  });

  it("refuses values that nest too deep, whatever is done with them", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 50_000; level++) deep = [deep];
    for (const text of ["deep", "deep == other", "deep + ''", "join('', [deep])", "is_empty(deep)"]) {
      const outcome = evaluateOnce(text, { deep, other: [deep] });
      if ("error" in outcome) expect(outcome.error.code).toMatch(/limit|arithmetic|argument/);
    }
  });

  it("any tree on any event gives a value or a coded error with a place, the same every time", () => {
    fc.assert(
      fc.property(expressions, events, fc.constantFrom("strict" as const, "lenient" as const), (ast, event, mode) => {
        const text = printExpression(ast);
        const outcome = evaluateOnce(text, event, { mode });
        if ("error" in outcome) expect(outcome.error.offset).toBeLessThanOrEqual(text.length);
        else expect(JSON.stringify(outcome.value)).toBeDefined();
        expect(evaluateOnce(text, event, { mode })).toEqual(outcome);
      }),
      { numRuns: 3000 },
    );
  });

  it("does not change the event", () => {
    fc.assert(
      fc.property(expressions, events, (ast, event) => {
        const before = JSON.stringify(event);
        evaluateOnce(printExpression(ast), event);
        expect(JSON.stringify(event)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it("compiles once for many events", () => {
    const evaluate = compileExpression({ kind: "name", name: "a", at: { offset: 0, line: 1, column: 1 }, end: 1 });
    const environment = { now: () => 0, uuid: () => "" };
    expect([1, 2].map((a) => evaluate({ event: { a }, environment }))).toEqual([1, 2]);
  });
});
