import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { readEvents } from "../../mapping/preview/events.ts";
import { eventTexts } from "./event-texts.ts";

const folder = mkdtempSync(join(tmpdir(), "aep-events-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: string | Buffer, name = "events"): Promise<Array<{ text: string; line: number }>> {
  const file = join(folder, name);
  writeFileSync(file, content);
  const found = [];
  for await (const one of eventTexts(file)) found.push(one);
  return found;
}
const problem = (content: string | Buffer, name?: string) =>
  read(content, name).then(
    () => "nothing",
    (error) => `${error.code} ${error.where?.replace(folder, "")} ${error.message}`,
  );

const events = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 8 });
/** One object, lines, blank lines between, Windows' line ends, a list, an indented list, one behind the other. */
const LAYOUTS: Array<(texts: string[]) => string> = [
  (texts) => texts.join("\n"),
  (texts) => `\ufeff\n\n${texts.join("\r\n\r\n")}\r\n`,
  (texts) => `[${texts.join(",")}]`,
  (texts) => ` [\n  ${texts.join(",\n  ")}\n]\n`,
  (texts) => texts.join(" "),
];

it("gives every event as it stands, in any layout, gzipped or not", async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.nat(LAYOUTS.length - 1), fc.boolean(), async (all, layout, gzipped) => {
      const texts = all.map((event, at) => JSON.stringify(event, null, at % 2));
      const content = LAYOUTS[layout]?.(texts) ?? "";
      expect((await read(gzipped ? gzipSync(content) : content)).map(({ text }) => text)).toEqual(texts);
    }),
    { numRuns: 150 },
  );
});

it("gives the line an event begins at", async () => {
  expect((await read('{"a":1}\n\n{\n"b":2}\n{"c":3}')).map(({ line }) => line)).toEqual([1, 3, 5]);
});

it("is whole across the pieces a large file is read in", async () => {
  const texts = Array.from({ length: 30_000 }, (_, at) => JSON.stringify({ at, text: `ä€𝄞 "${at}\\` }));
  expect((await read(texts.join("\n"))).map(({ text }) => text)).toEqual(texts);
});

const cell = fc.string({ maxLength: 12 });
const table = fc
  .uniqueArray(
    cell.filter((name) => name.trim() !== ""),
    { minLength: 1, maxLength: 4 },
  )
  .chain((header) =>
    fc.tuple(fc.constant(header), fc.array(fc.array(cell, { minLength: header.length, maxLength: header.length }))),
  );
const csvOf = (rows: readonly string[][], delimiter: string): string =>
  rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter)).join("\r\n");

it("gives the rows of a CSV as objects of texts, as `mapping preview` reads them", async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.boolean(), fc.boolean(), async ([header, rows], tabs, gzipped) => {
      const content = `\ufeff${csvOf([header, ...rows], tabs ? "\t" : ",")}`;
      const name = `events.${tabs ? "tsv" : "csv"}`;
      const texts = gzipped ? await read(gzipSync(content), `${name}.gz`) : await read(content, name);
      const wanted = rows.map((row) => Object.fromEntries(header.map((column, at) => [column, row[at]])));
      expect(texts.map(({ text }) => JSON.parse(text))).toEqual(wanted);
      if (!gzipped && rows.length > 0) expect(readEvents(join(folder, name)).map(({ event }) => event)).toEqual(wanted);
    }),
    { numRuns: 100 },
  );
});

describe("what is no event", () => {
  it.each([
    ['a,b\n1,"2\n', "EVENT_FILE /events.csv:2 a quote is not closed"],
    ["a,b\n1,2\n3\n", "EVENT_FILE /events.csv:3 the row has another number of values than the header has columns"],
    ['a\nJane "x"\n', "EVENT_FILE /events.csv:2 a quote stands within a value that does not begin with one"],
    ["a,a\n1,2\n", "EVENT_FILE /events.csv:1 two columns are named a"],
    [`a\n"${"x".repeat(17 * 1024 * 1024)}`, "EVENT_FILE /events.csv:2 a row is too long: is a quote not closed?"],
  ])("in CSV, %#", async (content, message) => expect(await problem(content, "events.csv")).toBe(message));

  it.each([
    ["hello", "EVENT_FILE /events:1 here should be an event"],
    ['{"a":1}\n5', "EVENT_FILE /events:2 here should be an event"],
    ['{"a":1}\n{"b":', "EVENT_FILE /events:2 the event that begins here does not end"],
    ['[{"a":1}', "EVENT_FILE /events:1 the list does not end"],
    ['[{"a":1}]{"b":2}', "EVENT_FILE /events:1 here should be an event"],
    ['{"a":1},{"b":2}', "EVENT_FILE /events:1 here should be an event"],
    [`{"a":"${"x".repeat(17 * 1024 * 1024)}`, "EVENT_FILE /events:1 the event that begins here is too large"],
  ])("%#", async (content, message) => expect(await problem(content)).toContain(message));

  it("a gzip that was cut off", async () => {
    const whole = gzipSync(JSON.stringify({ a: "b".repeat(5000) }));
    expect(await problem(whole.subarray(0, whole.length - 8))).toMatch(
      /EVENT_FILE \/events the file cannot be read to its end/,
    );
  });

  it("a file that is not there, or a folder", async () => {
    const nowhere = async (path: string) => {
      for await (const _ of eventTexts(path)) return "something";
      return "nothing";
    };
    await expect(nowhere(join(folder, "none"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(nowhere(folder)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});
