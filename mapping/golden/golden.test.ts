import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { coverageOf } from "./coverage.ts";
import { diffLines, fieldChanges, sameData } from "./diff.ts";
import { parseJson } from "./fixture.ts";
import { junitXml } from "./junit.ts";
import { openMapping } from "./project.ts";
import { runGoldenTests } from "./run-tests.ts";
import { updateExpectations } from "./update.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-golden-"));
  for (const name of ["mappings", "xdm", "events"]) mkdirSync(join(folder, name));
  path = join(folder, "mappings", "m.yaml");
  writeFileSync(
    join(folder, "xdm", "s.yaml"),
    "kind: schema\ntitle: S\nclass: experienceEvent\nfieldGroups: [commerce-details]\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ROWS = `# the head stays
schema: s
rows:
  _id: id # the remark stays
  timestamp: { expr: now() }
  commerce.order.priceTotal: total
`;
const open = (rest: string) => {
  writeFileSync(path, ROWS + rest);
  return openMapping(path, { tenant: "acme" });
};
const run = (rest: string) => runGoldenTests(open(rest));

const GOOD = '{ _id: a, timestamp: "2025-01-01T00:00:00Z", commerce: { order: { priceTotal: 9 } } }';

describe("running", () => {
  test("an exact row passes, whatever the order of its keys; now() stands still", () => {
    const [result] = run(`tests:\n  - { name: t, event: { id: a, total: 9 }, expect: ${GOOD} }\n`);
    expect(result).toMatchObject({ passed: true, failures: [], name: "t", line: 8, column: 5 });
  });
  test("an inline event's 2.0 is not 2, as in a JSON file", () => {
    const halved = ROWS.replace("priceTotal: total", "priceTotal: { expr: total / 2 }");
    writeFileSync(join(folder, "events", "e.json"), '{"id":"a","total":5.0}');
    const rest = `tests:
  - { name: decimal, event: { id: a, total: 5.0 }, expect: {} }
  - { name: from a file, event: ../events/e.json, expect: {} }
  - { name: integer, event: { id: a, total: 5 }, expect: {} }
  - { name: long, event: { id: 12345678901234567890, total: 1e1 }, expect: {} }
`;
    writeFileSync(path, halved + rest);
    const rows = runGoldenTests(openMapping(path, { tenant: "acme" })).map(({ actual }) => actual.data);
    expect(rows.map((row) => row["commerce"])).toEqual(
      [2.5, 2.5, 2, 5].map((priceTotal) => ({ order: { priceTotal } })),
    );
    expect(rows[3]).toMatchObject({ _id: "12345678901234567890" });
  });
  test("another row fails with a diff", () => {
    const [result] = run(`tests:\n  - { name: t, event: { id: a, total: 8 }, expect: ${GOOD} }\n`);
    expect(result?.failures).toEqual([
      {
        kind: "data",
        lines: [
          "  ...",
          '    "commerce": {',
          '      "order": {',
          '-       "priceTotal": 9',
          '+       "priceTotal": 8',
          "      }",
          "    },",
          "  ...",
        ],
      },
    ]);
  });
  test("a row that fails must be expected, by destination and a part of the message", () => {
    const event = "{ id: a, total: many }";
    const expected = '{ _id: a, timestamp: "2025-01-01T00:00:00Z" }';
    const [silent] = run(`tests:\n  - { name: t, event: ${event}, expect: ${expected} }\n`);
    expect(silent?.failures.map((failure) => failure.kind)).toEqual(["errors"]);
    expect(silent?.failures[0]?.lines[0]).toMatch(/^\+ commerce\.order\.priceTotal fails: /);
    const errors = (entry: string) =>
      run(`tests:\n  - { name: t, event: ${event}, expect: ${expected}, errors: [${entry}] }\n`)[0];
    expect(errors("{ destination: commerce.order.priceTotal }")?.passed).toBe(true);
    expect(
      errors("{ destination: commerce.order.priceTotal, exception: no such text }")?.failures[0]?.lines,
    ).toHaveLength(2);
  });
  test("a row the schema refuses fails, unless valid: false says so", () => {
    const noId = '{ timestamp: "2025-01-01T00:00:00Z", commerce: { order: { priceTotal: 9 } } }';
    const [strict] = run(`tests:\n  - { name: t, event: { total: 9 }, expect: ${noId} }\n`);
    expect(strict?.failures).toEqual([{ kind: "schema", lines: ["#: required key [_id] not found"] }]);
    expect(run(`tests:\n  - { name: t, event: { total: 9 }, expect: ${noId}, valid: false }\n`)[0]?.passed).toBe(true);
    expect(run(`tests:\n  - { name: t, event: { id: a, total: 9 }, expect: ${GOOD}, valid: false }\n`)[0]?.passed).toBe(
      false,
    );
  });
  test("broken fixtures say where, without quoting data", () => {
    writeFileSync(join(folder, "events", "e.json"), '{\n  "email": "jane@example.com"\n  "x": 1\n}');
    const rest = "tests:\n  - { name: t, event: ../events/e.json, expect: {} }\n";
    expect(() => run(rest)).toThrow(
      expect.objectContaining({ code: "EVENT_FILE", where: expect.stringMatching(/e\.json:3:3$/) }),
    );
    expect(() => run(rest)).toThrow(expect.objectContaining({ message: expect.not.stringContaining("jane") }));
    for (const text of ["", "{", "[1,", '{"a":tru}', "nul", '"a']) {
      expect(() => parseJson(text, "f")).toThrow(
        expect.objectContaining({ code: "EVENT_FILE", where: expect.stringMatching(/^f:1:\d+$/) }),
      );
    }
  });
});

describe("--update", () => {
  test("rewrites files and inline rows, keeps remarks, and then everything passes", () => {
    writeFileSync(join(folder, "events", "x.json"), "{}");
    const mapping = open(`tests:
  # about the first
  - { name: inline, event: { id: a, total: 8 }, expect: {} } # tail
  - name: file
    event: { id: b, total: many }
    expect: ../events/x.json
`);
    const written = updateExpectations(mapping, runGoldenTests(mapping));
    expect(written.sort()).toEqual([join(folder, "events", "x.json"), path].sort());
    const text = readFileSync(path, "utf8");
    for (const kept of ["# the head stays", "_id: id # the remark stays", "# about the first", "# tail"])
      expect(text).toContain(kept);
    const again = openMapping(path, { tenant: "acme" });
    expect(runGoldenTests(again).map((result) => result.passed)).toEqual([true, true]);
    expect(updateExpectations(again, runGoldenTests(again))).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, "events", "x.json"), "utf8"))).toMatchObject({ _id: "b" });
  });
  test("what is not a changed test stays letter by letter", () => {
    const file = (expect: string, third: string) => `tests:
  - {name: good,   event: &e {id: a, total: 9},  expect: ${GOOD}}


  -   name: block   # why
      # the event of the first
      event: *e
      expect:
        ${expect}
  - {name: flow, event: {id: 12345678901234567890, total: 2.0}, ${third}}
  # the end
ignore: {map/object-copy:   because}
`;
    const mapping = open(file("_id: z", "expect: {}, errors: [{destination: x}]"));
    updateExpectations(mapping, runGoldenTests(mapping));
    const row = (id: string, total: number) =>
      `_id: ${id}\n        timestamp: 2025-01-01T00:00:00Z\n        commerce:\n          order:\n            priceTotal: ${total}`;
    const flow = `expect: {_id: "12345678901234567890", timestamp: 2025-01-01T00:00:00Z, commerce: {order: {priceTotal: 2}}}`;
    expect(readFileSync(path, "utf8")).toBe(
      ROWS + file(row("a", 9), flow).replace("-   name: block   #", "-   name: block #"),
    );
    expect(runGoldenTests(openMapping(path, { tenant: "acme" })).every(({ passed }) => passed)).toBe(true);
  });
  test("the tenant's own key is written so that it serves every sandbox", () => {
    writeFileSync(
      join(folder, "xdm", "own.yaml"),
      "kind: fieldGroup\ntitle: O\nextends: [experienceEvent]\nfields: { '_{tenant}.x': string }\n",
    );
    writeFileSync(
      join(folder, "xdm", "s.yaml"),
      "kind: schema\ntitle: S\nclass: experienceEvent\nfieldGroups: [commerce-details, own]\n",
    );
    writeFileSync(
      path,
      `${ROWS}  _{tenant}.x: x\ntests: [{ name: t, event: { id: a, x: y }, expect: ../events/x.json }]\n`,
    );
    writeFileSync(join(folder, "events", "x.json"), "{}");
    const mapping = openMapping(path, { tenant: "acme" });
    updateExpectations(mapping, runGoldenTests(mapping));
    expect(readFileSync(join(folder, "events", "x.json"), "utf8")).toContain('"_{tenant}": {');
    const other = openMapping(path, { tenant: "other" });
    expect(runGoldenTests(other)[0]?.passed).toBe(true);
  });
});

describe("coverage", () => {
  test("rows, required fields and branches that nothing reaches", () => {
    writeFileSync(
      path,
      `schema: s
rows:
  _id: id
  timestamp: t
  eventType: { expr: 'kind == "R" ? "refund" : iif(big, "big", coalesce(name, other, "none"))' }
  commerce.order.currencyCode: { expr: 'decode(cur, "r", "INR", "d", "USD", "EUR")' }
  commerce.order.purchaseID: { expr: 'no ?: id' }
tests:
  - { name: one, event: { id: a, name: n, cur: d }, expect: {} }
`,
    );
    const mapping = openMapping(path, { tenant: "acme" });
    const coverage = coverageOf(mapping, runGoldenTests(mapping));
    expect(coverage).toMatchObject({
      rows: { reached: 4, total: 5 },
      required: { reached: 1, total: 2 },
      missedRequired: ["timestamp"],
    });
    expect(coverage.missedRows).toEqual([{ destination: "timestamp", line: 4, column: 3 }]);
    expect(coverage.missedBranches.map((miss) => `${miss.line}:${miss.column} ${miss.branch}`)).toEqual([
      "5:23 ? is never true",
      "5:48 iif(...) is never true",
      "5:64 coalesce(...) never reaches argument 2",
      "5:64 coalesce(...) never reaches argument 3",
      "6:41 decode(...) never meets case 1",
      "6:41 decode(...) never falls to its default",
      "7:39 ?: never uses its left side",
    ]);
    expect(coverage.branches).toEqual({ reached: 5, total: 12 });
  });
});

describe("differences", () => {
  test("order of keys is none", () => {
    expect(sameData({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 })).toBe(true);
    expect(diffLines({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });
  test("lines, with what is far from the change left out", () => {
    const far = { a1: 1, a2: 2, a3: 3, a4: 4 };
    expect(diffLines({ ...far, z: 1 }, { ...far, z: 2 })).toEqual([
      "  ...",
      '    "a3": 3,',
      '    "a4": 4,',
      '-   "z": 1',
      '+   "z": 2',
      "  }",
    ]);
  });
  test("fields", () => {
    expect(fieldChanges({ a: 1, b: [{ c: 1 }], d: 1 }, { a: 1, b: [{ c: 2 }, 3], e: null })).toEqual([
      { path: "b[0].c", before: 1, after: 2 },
      { path: "b[1]", before: undefined, after: 3 },
      { path: "d", before: 1, after: undefined },
      { path: "e", before: undefined, after: null },
    ]);
  });
});

test("JUnit XML escapes what XML cannot hold", () => {
  const results = run(`tests:\n  - { name: 'a <b> & "c"', event: { id: "\\u0001]]>", total: 1 }, expect: {} }\n`);
  const xml = junitXml(results);
  expect(xml).toContain('name="a &lt;b&gt; &amp; &quot;c&quot;"');
  expect(xml).toContain('<testsuites name="aep mapping test" tests="1" failures="1"');
  expect(xml).toContain("]]&gt;");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
  expect(xml).not.toMatch(/[\u0000-\u0008]/);
});
