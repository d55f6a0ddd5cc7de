import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileMapping } from "../row/compile-mapping.ts";
import { readEvents } from "./events.ts";
import { compareOnline, type PreviewBody } from "./online.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-events-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(name: string, text: string) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return readEvents(path).map(({ where, event }) => ({ where: where.slice(folder.length + 1), event }));
}

describe("files of events", () => {
  test.each([
    ["one.json", '{"a":\n1}', [{ where: "one.json", event: { a: 1 } }]],
    [
      "list.json",
      '[{"a":1},{"a":2}]',
      [
        { where: "list.json[0]", event: { a: 1 } },
        { where: "list.json[1]", event: { a: 2 } },
      ],
    ],
    [
      "lines.jsonl",
      '{"a":1}\n\n{"a":2}\n',
      [
        { where: "lines.jsonl:1", event: { a: 1 } },
        { where: "lines.jsonl:3", event: { a: 2 } },
      ],
    ],
    ["rows.csv", '\ufeffa,b c\n1,"x,\ny"\n2\n', "error"],
    [
      "rows.csv",
      '\ufeffa,b c\n1,"x,\ny"\n2,\n',
      [
        { where: "rows.csv:3", event: { a: "1", "b c": "x,\ny" } },
        { where: "rows.csv:4", event: { a: "2", "b c": "" } },
      ],
    ],
    ["rows.tsv", "a\tb\n1\t2\n", [{ where: "rows.tsv:2", event: { a: "1", b: "2" } }]],
  ])("%s", (name, text, wanted) => {
    if (wanted === "error")
      expect(() => read(name, text)).toThrow(
        expect.objectContaining({ code: "EVENT_FILE", where: expect.stringContaining("rows.csv:") }),
      );
    else expect(read(name, text)).toEqual(wanted);
  });
  test("a number keeps the kind it is written as, which decides what a division gives", () => {
    const mapping = compileMapping([{ destination: "half", sourceType: "EXPRESSION", source: "a / 2" }]);
    const halves = read("kinds.jsonl", '{"a":1}\n{"a":1.0}\n{"a":1e0}\n').map(({ event }) => mapping.apply(event).data);
    expect(halves).toEqual([{ half: 0 }, { half: 0.5 }, { half: 0.5 }]);
  });
  test.each([
    ["a.json", "[]", "holds no events"],
    ["a.json", "[1]", "must be a JSON object"],
    ["a.jsonl", '{"a":1}\n{"b":\n', "is not JSON"],
    ["a.csv", "a,a\n1,2\n", "two columns are named a"],
    ["a.csv", "a,\n1,2\n", "column 2 has no name"],
  ])("%s %s", (name, text, wanted) => expect(() => read(name, text)).toThrow(wanted));
});

describe("beside the sandbox's preview", () => {
  const body = { data: [{}, {}], mappingSet: {} } as unknown as PreviewBody;
  const error = { sourceType: "ATTRIBUTE", source: "a", destination: "b", exception: "no" };
  const offline = [
    { data: { a: 1, b: 2 }, errors: null },
    { data: { a: 1 }, errors: [error] },
  ];
  test("the same answer is no difference", async () => {
    expect(await compareOnline(body, offline, async () => structuredClone(offline))).toEqual([]);
  });
  test("fields and failures that differ are named by event", async () => {
    const online = [
      { data: { a: 1, b: 3 }, errors: [error] },
      { data: { a: 1 }, errors: null },
    ];
    expect(await compareOnline(body, offline, async () => online)).toEqual([
      {
        event: 0,
        fields: [{ path: "b", before: 2, after: 3 }],
        errors: [{ destination: "b", only: "online", exception: "no" }],
      },
      { event: 1, fields: [], errors: [{ destination: "b", only: "offline", exception: "no" }] },
    ]);
  });
  test("a single object and an empty answer are understood", async () => {
    expect(await compareOnline(body, [offline[0]!], async () => offline[0])).toEqual([]);
    expect(await compareOnline(body, [offline[0]!], async () => null)).toHaveLength(1);
  });
});
