import { describe, expect, it } from "vitest";
import { analyseExpression } from "../expression/analyse.ts";
import { evaluateOnce } from "../expression/mode.ts";
import { FUNCTIONS, findFunction, functionNames } from "./table.ts";
import { arityOf } from "./types.ts";

const run = (text: string, event: unknown = {}) =>
  evaluateOnce(text, event, {
    environment: { now: () => 1571829875000, uuid: () => "7c0267d2-bb74-4e1a-9275-3bf4fccda5f4" },
  });

describe("the table", () => {
  it("names every function once", () => {
    const names = FUNCTIONS.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
    expect(functionNames().length).toBe(names.length);
  });

  it.each(FUNCTIONS.filter((spec) => spec.tier !== "C").map((spec) => [spec.example, spec]))("%s", (example, spec) => {
    expect(analyseExpression(example).problems.filter((one) => one.severity === "error")).toEqual([]);
    expect(run(example)).toEqual({ value: spec.result });
    expect(spec.evaluate !== undefined || spec.path).toBe(true);
  });

  it.each(FUNCTIONS.filter((spec) => spec.tier === "C").map((spec) => [spec.example, spec]))(
    "%s is recognised",
    (example, spec) => {
      const codes = analyseExpression(example).problems.map((one) => one.code);
      const [code] = codes;
      expect(codes).toEqual([spec.destinationsOnly ? "destinations-only" : "not-previewed"]);
      expect(run(example)).toMatchObject({ error: { code } });
    },
  );

  it.each(FUNCTIONS.filter((spec) => !spec.destinationsOnly).map((spec) => [spec.name, spec]))(
    "%s counts its arguments",
    (name, spec) => {
      const { min, max } = arityOf(spec);
      const call = (count: number) =>
        analyseExpression(`${name}(${Array(count).fill("a").join(", ")})`).problems.some((one) => one.code === "arity");
      expect(call(min)).toBe(false);
      if (min > 0) expect(call(min - 1)).toBe(true);
      if (max !== Number.POSITIVE_INFINITY) expect(call(max + 1)).toBe(true);
    },
  );

  it("has aliases", () => {
    expect(findFunction("lcase")).toBe(findFunction("lower"));
    expect(findFunction("guid")).toBe(findFunction("uuid"));
  });
});

describe("what the examples do not show", () => {
  it.each<[string, unknown]>([
    ["concat('a', null, 1, true)", "a1true"],
    ["explode('a,b,,')", ["a", "b"]],
    ["explode('a|b', '\\|')", ["a", "b"]],
    ["split('a;b,,c', ',;')", ["a", "b", "c"]],
    ["instr('abcabc', 'b', 2)", 4],
    ["instr('abcabc', 'b', 0, 2)", 4],
    ["instr('abc', 'x')", -1],
    ["replacestr('a.a', 'a', 'b')", "b.b"],
    ["lpad(null, 3, 'x')", null],
    ["rpad('a', 3, '')", "a  "],
    ["left('ab', 9)", "ab"],
    ["right('ab', 0)", ""],
    ["lower(null)", null],
    ["lower(12)", "12"],
    ["trim('\\u0009 a b \\u000a')", "a b"],
    ["extract_regex('abc', 'x')", []],
    ["md5('ä', 'ISO-8859-1')", "c15bcc5577f9fade4b4a3256190a59b0"],
    ["get_url_port('https://a.b:8443/x')", 8443],
    ["get_url_host('not a url')", null],
    ["get_url_path('https://a.b/x/y.csv', false)", "y.csv"],
    ["get_url_query_str('foo://example.com:8042/over/there?name=ferret#nose', 'retain')", { name: "ferret#nose" }],
    ["get_url_query_str('foo://example.com:8042/over/there?name=ferret#nose', 'remove')", { name: "ferret" }],
    ["now()", "2019-10-23T11:24:35Z"],
    ["timestamp()", 1571829875000],
    ["uuid()", "7c0267d2-bb74-4e1a-9275-3bf4fccda5f4"],
    ["date('2019-10-23 11:24')", "2019-10-23T11:24:00Z"],
    ["date('12112020')", "2020-12-11T00:00:00Z"],
    ["date('2020-Dec-31')", "2020-12-31T00:00:00Z"],
    ["date('2025-07-14T12:00:00-06:00', \"yyyy-MM-dd'T'HH:mm:ssXXX\")", "2025-07-14T12:00:00-06:00"],
    ["date(null, 'yyyy', now())", "2019-10-23T11:24:35Z"],
    ["format(date('2024-02-29'), 'EEE d MMM yyyy')", "Thu 29 Feb 2024"],
    ["date_part('weekday', date('2024-02-29'))", 4],
    ["date_part('SSS', date('2016-11-09 11:44:44.797'))", 797],
    ["date_part('ms', date('2016-11-09 11:44:44.797'))", 797],
    ["date('20240531235959123', 'yyyyMMddHHmmssSSS')", "2024-05-31T23:59:59.123Z"],
    ["date('2024-04-31', 'yyyy-MM-dd')", "2024-04-30T00:00:00Z"],
    ["format(date('2019-12-30'), \"YYYY-'W'ww\")", "2020-W01"],
    ["format(date('2024-02-29'), \"W 'of' L u\")", "5 of 2 2024"],
    ["format(zone_date_to_zone('2024-07-01T00:00:00Z', 'Europe/Paris'), \"HH:mm 'in 'z\")", "02:00 in CEST"],
    ["format(zone_date_to_zone('2024-01-01T00:00:00Z', 'US/Pacific'), 'zzzz')", "Pacific Standard Time"],
    ["date('2024-07-01 12:00 JST', 'yyyy-MM-dd HH:mm z')", "2024-07-01T12:00:00+09:00"],
    ["zone_date_to_utc('2019-10-17T11:55:12 PST')", "2019-10-17T19:55:12Z"],
    ["zone_date_to_zone('2024-07-01T00:00:00Z', 'America/New_York')", "2024-06-30T20:00:00-04:00"],
    ["to_array(true, 1, null)", [1, null]],
    ["join_arrays(list, [3])", [1, 2, 3]],
    ["first(list)", 1],
    ["min('b', 'a')", "a"],
    ["max(1, null, 2.5)", 2.5],
    ["max(date('2025-07-14T12:00:00-06:00'), date('2025-07-14T13:00:00Z'))", "2025-07-14T12:00:00-06:00"],
    ["date('2025-01-01 00:00:00.500') > date('2025-01-01')", true],
    ["decode(2, 1, 'a', 2.0, 'b')", "b"],
    ["decode('x', 'y', 1)", null],
    ["to_integer(' 12 ')", 12],
    ["to_integer(3.9)", 3],
    ["to_bigint('123456789012345678901234567890') > 5", true],
    ["json_to_object('[1, {\"a\": 2.0}]')", [1, { a: 2 }]],
    ["str_to_object('a:1,b:2').get('b')", "2"],
    ["get_values('a:1', 'b', ':')", null],
    ["size_of('abc')", 3],
    ['size_of({"a": 1})', 1],
    ["is_empty('')", true],
    ["coalesce(list)", 1],
  ])("%s", (text, expected) => {
    expect(run(text, { list: [1, 2] })).toEqual({ value: expected });
  });

  it.each([
    "to_integer('1.5')",
    "to_integer('99999999999')",
    "date('no date')",
    "date('2020-13-01', 'yyyy-MM-dd')",
    "date(1571829875000)",
    "lower([1])",
    "substr('abc', -1, 2)",
    "json_to_object('{')",
    "get_url_decoded('%zz')",
    "md5('a', 'KOI8')",
    "zone_date_to_zone(now(), 'Mars')",
    "format(zone_date_to_zone(now(), 'Asia/Tbilisi'), 'z')",
    'lower({"a": 1})',
    "make_date_time(2019, 13, 1, 0, 0, 0, 0, 'UTC')",
    "dformat(1, '{')",
    "matches_regex('a', '(')",
  ])("%s is a coded error that says what", (text) => {
    const outcome = run(text);
    expect(outcome).toMatchObject({ error: { code: "argument" } });
    if ("error" in outcome) expect(outcome.error.message.length).toBeGreaterThan(15);
    if ("error" in outcome) expect(outcome.error.message).not.toMatch(/\ba [aeiou]/);
  });
});
