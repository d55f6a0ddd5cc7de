import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AepError } from "../../errors.ts";
import { loadSchema, loadXdmFile } from "../xdm/index.ts";
import { DEFAULT_TEST_TIME, loadMappingFile } from "./index.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-yaml-"));
  mkdirSync(join(folder, "xdm"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TENANT = { tenant: "acme" };

function write(text: string, name = "f.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const mapping = (text: string) => loadMappingFile(write(text), TENANT);

/** What a user reads, without the folder. */
function complaint(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof AepError) return error.toString().replaceAll(`${folder}/`, "");
    throw error;
  }
  return "no error";
}

describe("a mapping file", () => {
  test("rows of every form, with their places", () => {
    const file = mapping(`# first line
name: Members
schema: member
rows:
  a.b: c.d
  _{tenant}.x: { from: e, description: why }
  f: { expr: "lower(g)", name: n }
  h: { value: 1 }
  i: { value: true }
`);
    expect(file.rows.map(({ key: _key, ...row }) => row)).toEqual([
      { destination: "a.b", sourceType: "ATTRIBUTE", source: "c.d", line: 5, column: 3 },
      { destination: "_acme.x", sourceType: "ATTRIBUTE", source: "e", description: "why", line: 6, column: 3 },
      { destination: "f", sourceType: "EXPRESSION", source: "lower(g)", name: "n", line: 7, column: 3 },
      { destination: "h", sourceType: "STATIC", source: "1", line: 8, column: 3 },
      { destination: "i", sourceType: "STATIC", source: "true", line: 9, column: 3 },
    ]);
    expect(file).toMatchObject({ name: "Members", schema: "member", ignore: {}, tests: [] });
    expect(file.schemaPath).toBe(join(folder, "..", "xdm", "member.yaml"));
  });

  test("an expression that fell apart at its comma is told how to be written", () => {
    const said = "inside { ... } a text with a comma must be quoted";
    expect(() => mapping("schema: s\nrows: { a: { expr: concat(b, c) } }\n")).toThrow(said);
    expect(() => mapping("schema: s\nrows: { a: { expr: nvl(b, 'x') } }\n")).toThrow(said);
  });

  test("a constant number stays as it is written", () => {
    const { rows } = mapping(
      "schema: s\nrows: { a: { value: 1.0 }, b: { value: 12345678901234567890 }, c: { value: true } }\n",
    );
    expect(rows.map(({ source }) => source)).toEqual(["1.0", "12345678901234567890", "true"]);
  });

  test("tests with files and inline data", () => {
    const { tests } = mapping(`schema: ./s.yaml
rows: { a: b }
tests:
  - { name: one, event: e.json, expect: { a: 1 }, now: 2025-07-14T18:00:00Z }
  - { name: two, event: { b: 1 }, expect: e.json, valid: false, errors: [{ destination: "_{tenant}.x", exception: no }] }
`);
    expect(tests).toEqual([
      {
        name: "one",
        event: { file: join(folder, "e.json") },
        expect: { data: { a: 1 } },
        errors: [],
        valid: true,
        now: Date.UTC(2025, 6, 14, 18),
        line: 4,
        column: 5,
      },
      {
        name: "two",
        event: { data: { b: 1 } },
        expect: { file: join(folder, "e.json") },
        errors: [{ destination: "_acme.x", exception: "no" }],
        valid: false,
        now: DEFAULT_TEST_TIME,
        line: 5,
        column: 5,
      },
    ]);
  });

  test("anchors and merges", () => {
    const { rows } = mapping("schema: s\nrows:\n  a: &x { expr: y }\n  b: *x\n  c: { <<: *x, name: z }\n");
    expect(rows.map((row) => [row.destination, row.source, row.name])).toEqual([
      ["a", "y", undefined],
      ["b", "y", undefined],
      ["c", "y", "z"],
    ]);
  });

  test("every mistake at once, each at its line", () => {
    const text = `schemaa: x
rows:
  a.b: { exp: c }
  c.d: { value: [1] }
  e.f: 5
  g: { expr: "x", descripton: y }
  h: { expr: x, value: y }
tests:
  - name: 3
    event: {}
    expct: x
    now: yesterday
`;
    expect(complaint(() => mapping(text))).toMatchInlineSnapshot(`
      "MAPPING_YAML: 11 mistakes
        f.yaml:1:1: the key schema is missing; write a text here
        f.yaml:1:1: unknown key schemaa; did you mean schema?
        f.yaml:3:10: unknown key exp; did you mean expr?
        f.yaml:4:17: rows > c.d > value: write a text, a number, or true or false
        f.yaml:5:8: rows > e.f: write a path into the event, { expr: ... }, { value: ... } or { from: ... }
        f.yaml:6:19: unknown key descripton; did you mean description?
        f.yaml:7:17: the key value cannot stand beside the others here
        f.yaml:9:5: the key expect is missing; write the path of a JSON file, or the object itself
        f.yaml:9:11: tests[0] > name: write a text here
        f.yaml:11:5: unknown key expct; did you mean expect?
        f.yaml:12:10: tests[0] > now: write a time such as 2025-07-14T18:00:00Z, or epoch milliseconds
        Correct the lines named above."
    `);
  });

  test.each([
    [
      "schema: s\nrows:\n  a: b\n  a: c\n",
      "MAPPING_YAML: f.yaml:4:3: this key stands in the file twice; the later one would silently win",
    ],
    ["schema: s\nrows:\n\ta: b\n", "a tab cannot indent YAML"],
    ["", "2 mistakes"],
    [
      "schema: s\nrows: { a: { expr: f(_{tenant}.x) } }\n",
      "f.yaml:2:23: inside { ... } a text with {tenant} must be quoted",
    ],
    ["schema: s\nrows:\n  a: *nope\n", "f.yaml:3:6: no anchor &nope stands before this"],
    ["schema: s\nrows: &r\n  a: *r\n", "f.yaml:3:6: what the anchor &r names would contain itself here"],
    ['schema: s\nrows:\n  a: "b\n  c: d\n', 'f.yaml:3:6: the text that begins here has no closing "'],
    ["schema: s\n---\nrows: {}\n", "f.yaml:2:1: the file holds one document; --- begins another"],
    ["schema: s\nrows:\n  a: b: c\n", "f.yaml:3:6: a text with a colon must be quoted"],
    ["schema: s\nrows:\n  a: { expr: x\n", "f.yaml:4:1: a } is missing before this line"],
    ["schema: s\nrows:\n  a: @b\n", "f.yaml:3:6: a text that begins with @ must be quoted"],
    ["schema: s\nrows:\n  a: { expr: 'x' } y\n", "f.yaml:3:20: this cannot stand behind the value; quote the whole"],
    ['schema: s\nrows:\n  "": b\n', "f.yaml:3:3: it may not be empty"],
    ["schema: s\nrows: {}\n", "f.yaml:2:7: rows: at least one row is needed"],
    [
      "schema: s\nrows: { a: b }\ntests: [{ name: x, event: e, expect: e }, { name: x, event: e, expect: e }]\n",
      'f.yaml:3:45: two tests are named "x"',
    ],
    ["- a\n- b\n", "MAPPING_YAML: f.yaml:1:1: write a block of keys here"],
    ["a: [", "MAPPING_YAML"],
    [`a: ${"[".repeat(20_000)}`, "nested too deeply"],
    [
      `schema: s\nrows:\n  z: &a { expr: x }\n${Array.from({ length: 300 }, (_, i) => `  r${i}: *a\n`).join("")}`,
      "no error",
    ],
  ])("mistake %#", (text, wanted) => expect(complaint(() => mapping(text)).slice(0, 5000)).toContain(wanted));

  test("an anchor bomb ends in a message", () => {
    const bomb = Array.from(
      { length: 9 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(",")}]`,
    ).join("\n");
    expect(complaint(() => mapping(`l0: &l0 [x]\n${bomb}\n`))).toContain("anchors cannot be resolved");
  });

  test("a missing file, and a directory", () => {
    expect(complaint(() => loadMappingFile(join(folder, "no.yaml"), TENANT))).toContain(
      "FILE_NOT_FOUND: no.yaml: the file does not exist",
    );
    expect(complaint(() => loadMappingFile(folder, TENANT))).toContain("is a directory");
  });

  test("whatever is written, the answer is a file or a coded error", () => {
    const seed = "schema: s\nrows:\n  a.b: { expr: 'lower(x)' }\ntests:\n  - { name: n, event: {}, expect: {} }\n";
    const pieces = fc.constantFrom(
      ":",
      "-",
      "[",
      "{",
      "}",
      "&a",
      "*a",
      "<<: *a",
      "\n",
      "  ",
      "\t",
      "'",
      '"',
      "|",
      ">-",
      "!!js",
      "%",
      "---",
      "\u0000",
      "é",
      "#",
    );
    const mutated = fc
      .array(fc.tuple(fc.nat(seed.length), fc.oneof(pieces, fc.string())), { maxLength: 6 })
      .map((edits) => edits.reduce((text, [at, piece]) => text.slice(0, at) + piece + text.slice(at), seed));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        const said = complaint(() => mapping(text));
        expect(said === "no error" || said.startsWith("MAPPING_YAML: ")).toBe(true);
        expect(complaint(() => loadXdmFile(write(text), TENANT))).toMatch(/^(XDM_YAML: |no error)/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the place of a character of an expression", () => {
  test.each([
    ["  a: { expr: lower(x) }", 6, [3, 20]],
    ["  a: { expr: 'it''s(x)' }", 5, [3, 21]],
    ['  a: { expr: "a\\"b\\u0041(x)" }', 4, [3, 25]],
    ["  a:\n    expr: |\n      iif(a,\n        b, c)", 9, [6, 9]],
    ["  a:\n    expr: >-\n      iif(a,\n        b, c)", 9, [6, 9]],
    ["  a:\n    expr: iif(a,\n      b)", 8, [5, 8]],
    ["  a:\n    expr: lower(_{tenant}.x)", 12, [4, 27]],
    ["  a: plain.path", 6, [3, 12]],
  ])("%j at %i", (row, offset, [line, column]) => {
    const file = mapping(`schema: s\nrows:\n${row}\n`);
    expect(file.sourcePosition(file.rows[0]!, offset)).toEqual({ line, column });
  });
});

describe("files of xdm/", () => {
  const xdm = (text: string, name = "x") => write(text, join("xdm", `${name}.yaml`));

  test("a field group", () => {
    const path = xdm(`kind: fieldGroup
title: Own
extends: [profile]
fields:
  _{tenant}.a.name: string
  _{tenant}.a.at: { type: date-time, title: At }
  _{tenant}.a.count: long
  _{tenant}.channel: { type: string, enum: { web: Web, store: Store } }
  _{tenant}.mood: { type: string, suggest: { good: Good } }
  _{tenant}.stores[].code: string
  _{tenant}.codes{}: int
`);
    expect(loadXdmFile(path, TENANT)).toEqual({
      kind: "fieldGroup",
      title: "Own",
      extends: ["https://ns.adobe.com/xdm/context/profile"],
      fields: {
        "_acme.a.name": { type: "string" },
        "_acme.a.at": { type: "string", format: "date-time", title: "At" },
        "_acme.a.count": { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 },
        "_acme.channel": { type: "string", enum: ["web", "store"], "meta:enum": { web: "Web", store: "Store" } },
        "_acme.mood": { type: "string", "meta:enum": { good: "Good" } },
        "_acme.stores[].code": { type: "string" },
        "_acme.codes{}": { type: "integer" },
      },
    });
  });

  test("a schema", () => {
    const path = xdm(
      "kind: schema\ntitle: S\nclass: profile\nfieldGroups: [identity-map]\nidentities: [{ property: '_{tenant}.a.id', namespace: X, primary: true }]\n",
    );
    expect(loadXdmFile(path, TENANT)).toEqual({
      kind: "schema",
      title: "S",
      class: "https://ns.adobe.com/xdm/context/profile",
      fieldGroups: ["identity-map"],
      identities: [{ property: "/_acme/a/id", namespace: "X", primary: true }],
      profile: false,
    });
  });

  test("their mistakes", () => {
    const said = (text: string) => complaint(() => loadXdmFile(xdm(text), TENANT));
    expect(said("title: x\n")).toBe(
      "XDM_YAML: xdm/x.yaml:1:1: write kind: schema or kind: fieldGroup\n  Correct the line named above.",
    );
    expect(
      said("kind: schema\ntitle: T\nclass: profil\nfieldGroups: [identity-map]\nidentities: [{property: a.b}]\n"),
    ).toContain("xdm/x.yaml:3:8: class: write profile, experienceEvent, or the $id of a class");
    expect(
      said(
        "kind: schema\ntitle: T\nclass: profile\nfieldGroups: []\nidentities: [{property: a, namespace: A, primary: true}, {property: b, namespace: B, primary: true}]\n",
      ),
    ).toContain("only one identity can be the primary one");
    const group = (fields: string) => said(`kind: fieldGroup\ntitle: T\nextends: [profile]\nfields:\n${fields}`);
    expect(group("  a.b: string\n")).toContain("xdm/x.yaml:5:3: a field of a tenant group is written _{tenant}.name");
    expect(group("  _{tenant}.c: strin\n")).toContain("xdm/x.yaml:5:16: fields > _{tenant}.c: write a type (string,");
    expect(group("  _{tenant}.c: string\n  _{tenant}.c.d: string\n")).toContain(
      "xdm/x.yaml:6:3: _{tenant}.c is a string and cannot hold fields of its own",
    );
    expect(group("  _{tenant}.e[].d: date\n  _{tenant}.e: string\n")).toContain(
      "xdm/x.yaml:6:3: _{tenant}.e is written [] elsewhere and without [] here",
    );
    expect(group("  _{tenant}._e: string\n")).toContain("do not begin with _");
  });

  test("composing follows group files and says what is wrong with them", () => {
    xdm("kind: fieldGroup\ntitle: G\nextends: [profile]\nfields: { '_{tenant}.a': string }\n", "group");
    const schema = (groups: string, cls = "profile") =>
      xdm(`kind: schema\ntitle: S\nclass: ${cls}\nfieldGroups: [${groups}]\n`, "schema");
    expect(loadSchema(schema("loyalty-details, group"), TENANT).schema.properties["_acme"]).toMatchObject({
      properties: { a: { type: "string" } },
    });
    const said = (groups: string, cls?: string) => complaint(() => loadSchema(schema(groups, cls), TENANT));
    expect(said("loyalty-detials")).toMatch(
      /XDM_SCHEMA: xdm\/schema.yaml: there is no field group loyalty-detials.*\n {2}Did you mean loyalty-details\?/,
    );
    expect(said("group", "experienceEvent")).toContain("does not extend the class");
    expect(said("schema")).toContain("schema is a schema, not a field group");
    expect(said("https://ns.adobe.com/acme/mixins/1")).toContain("is not known offline");
    expect(complaint(() => loadSchema(join(folder, "xdm", "group.yaml"), TENANT))).toContain(
      "this file is a field group",
    );
  });
});

describe("size", () => {
  const told = (text: string) => complaint(() => mapping(text));
  test("a file beyond half a megabyte is refused unparsed", () => {
    expect(told(`schema: s\n${"# x\n".repeat(150_000)}`)).toContain(
      "f.yaml:1:1: the file is longer than 524288 characters",
    );
  });
  test("tens of thousands of unknown or doubled keys are told at once", () => {
    const before = process.cpuUsage();
    const keys = Array.from({ length: 30_000 }, (_, index) => `key${index}: 1\n`).join("");
    expect(told(keys)).toContain("f.yaml:1:1: ");
    expect(told(`schema: s\n${"a: 1\n".repeat(30_000)}`)).toContain("f.yaml:3:1: this key stands in the file twice");
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10);
  });
});
