import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadMappingFile } from "../yaml/mapping-file.ts";
import { applyFixes } from "./fix.ts";
import { lintMapping, printFinding } from "./lint.ts";
import { lintOnline } from "./online.ts";
import { fileRules, rules } from "./rules/index.ts";

let folder: string;
let number = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aep-lint-"));
  mkdirSync(join(folder, "mappings"));
  mkdirSync(join(folder, "xdm"));
  const schema = (name: string, cls: string, groups: string, extra = "") =>
    writeFileSync(
      join(folder, "xdm", `${name}.yaml`),
      `kind: schema\ntitle: ${name}\nclass: ${cls}\nfieldGroups: [${groups}]\n${extra}`,
    );
  schema(
    "profile",
    "profile",
    "identity-map, loyalty-details, personal-contact-details, demographic-details, own",
    "profile: true\n",
  );
  schema("plain", "profile", "identity-map, loyalty-details, personal-contact-details, demographic-details, own");
  schema(
    "described",
    "profile",
    "identity-map, personal-contact-details",
    "identities: [{property: personalEmail.address, namespace: Email, primary: true}]\nprofile: true\n",
  );
  schema(
    "misdescribed",
    "profile",
    "personal-contact-details",
    "identities: [{property: personalEmail.adress, namespace: Email, primary: true}]\n",
  );
  schema("event", "experienceEvent", "commerce-details, loyalty-event-details");
  writeFileSync(
    join(folder, "xdm", "own.yaml"),
    "kind: fieldGroup\ntitle: Own\nextends: [profile]\nfields:\n  _{tenant}.score: double\n  _{tenant}.tags[]: string\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a mapping and lints it. `event` becomes the golden test's event. */
function lint(schema: string, rows: string[], event: object = {}, extra = "") {
  const path = join(folder, "mappings", `m${number++}.yaml`);
  const text = `schema: ${schema}\nrows:\n${rows.map((row) => `  ${row}\n`).join("")}tests:\n  - { name: sample, event: ${JSON.stringify(event)}, expect: {} }\n${extra}`;
  writeFileSync(path, text);
  return { path, findings: lintMapping(path, { tenant: "acme" }) };
}
const ids = (schema: string, rows: string[], event?: object, extra?: string) =>
  lint(schema, rows, event, extra).findings.map((one) => one.rule);

const EVENT = ["_id: id", "timestamp: { value: 2025-01-01T00:00:00Z }"];
const item = (row: string) => [...EVENT, "productListItems[*].SKU: items[*].sku", row];

/** [rule, schema, rows that break it, event, rows that keep it] */
const CASES: Array<[rule: string, schema: string, bad: string[], event: object, good: string[]]> = [
  ["id/unknown-property", "misdescribed", ["mobilePhone.number: p"], { p: "+4912345678" }, []],
  ["src/xdm-prefix", "plain", ["loyalty.points: xdm:points"], { points: 1 }, ["loyalty.points: points"]],
  ["src/not-a-path", "plain", ["loyalty.tier: lower(tier)"], { tier: "A" }, ["loyalty.tier: { expr: lower(tier) }"]],
  [
    "src/list-without-index",
    "plain",
    ["loyalty.points: cards.points"],
    { cards: [{ points: 1 }] },
    ["loyalty.points: cards[0].points"],
  ],
  ["src/unknown-path", "plain", ["loyalty.points: pionts"], { points: 1 }, ["loyalty.points: points"]],
  ["dst/not-a-path", "plain", ["loyalty..points: points"], { points: 1 }, ["loyalty.points: points"]],
  ["dst/xdm-prefix", "plain", ["xdm:loyalty.points: points"], { points: 1 }, ["loyalty.points: points"]],
  ["dst/tenant-prefix", "plain", ["score: points"], { points: 1 }, ["_{tenant}.score: points"]],
  ["dst/hard-tenant", "plain", ["_acme.score: points"], { points: 1 }, ["_{tenant}.score: points"]],
  [
    "dst/list-without-index",
    "event",
    [...EVENT, "productListItems.SKU: sku"],
    { id: "1", sku: "a" },
    [...EVENT, "productListItems[0].SKU: sku"],
  ],
  ["dst/index-without-list", "plain", ["loyalty[0].points: points"], { points: 1 }, ["loyalty.points: points"]],
  [
    "dst/wildcard-depth",
    "event",
    item("productListItems[*].name: items[0].name"),
    { id: "1", items: [{ sku: "a", name: "b" }] },
    item("productListItems[*].name: items[*].name"),
  ],
  ["dst/unknown-field", "plain", ["loyalty.poinst: points"], { points: 1 }, ["loyalty.points: points"]],
  ["dst/other-class", "plain", ["commerce.order.priceTotal: total"], { total: 1 }, ["loyalty.points: total"]],
  [
    "dst/fall-back",
    "plain",
    ['loyalty.no: { from: points, orTenant: "_{tenant}.capillary.points" }'],
    { points: 1 },
    ["loyalty.points: points"],
  ],
  ["req/missing-field", "event", ["_id: id"], { id: "1" }, EVENT],
  [
    "req/missing-part",
    "event",
    [...EVENT, "commerce.purchases.id: id"],
    { id: "1" },
    [...EVENT, "commerce.purchases.value: { value: 1 }"],
  ],
  [
    "type/mismatch",
    "plain",
    ["loyalty.points: points"],
    { points: "many" },
    ["loyalty.points: { expr: size_of(points) }"],
  ],
  [
    "type/fraction",
    "event",
    item("productListItems[*].quantity: items[*].qty"),
    {
      id: "1",
      items: [
        { sku: "a", qty: 1 },
        { sku: "b", qty: 1.5 },
      ],
    },
    item("productListItems[*].priceTotal: items[*].qty"),
  ],
  [
    "type/enum",
    "plain",
    ["person.gender: g"],
    { g: "F" },
    ['person.gender: { expr: \'decode(g, "F", "female", "M", "male")\' }'],
  ],
  [
    "type/date",
    "plain",
    ["loyalty.joinDate: d"],
    { d: "the 3rd of May" },
    [`loyalty.joinDate: { expr: 'date("2025-05-03", "yyyy-MM-dd")' }`],
  ],
  [
    "type/implicit-date",
    "plain",
    ["loyalty.joinDate: d"],
    { d: "12112020" },
    [`loyalty.joinDate: { expr: 'date(d, "ddMMyyyy")' }`],
  ],
  [
    "map/duplicate-destination",
    "plain",
    ["_{tenant}.score: a", "_acme.score: b"],
    { a: 1, b: 2 },
    ["_{tenant}.score: a"],
  ],
  ["map/overlap", "plain", ["loyalty: l", "loyalty.points: p"], { l: {}, p: 1 }, ["loyalty: l"]],
  [
    "map/item-clash",
    "event",
    [...EVENT, "productListItems[*].SKU: items[*].sku", "productListItems[0].name: n"],
    { id: "1", n: "x", items: [{ sku: "a" }] },
    item("productListItems[*].name: items[*].sku"),
  ],
  ["map/object-copy", "plain", ["loyalty: l"], { l: { points: 1 } }, ["loyalty.points: l.points"]],
  [
    "id/no-primary",
    "profile",
    ["loyalty.points: points"],
    { points: 1 },
    ["identityMap.X[0].id: points", "identityMap.X[0].primary: { value: true }"],
  ],
  [
    "id/two-primaries",
    "described",
    [
      "personalEmail.address: { expr: lower(trim(e)) }",
      "identityMap.X[0].id: e",
      "identityMap.X[0].primary: { value: true }",
    ],
    { e: "a@b.c" },
    ["personalEmail.address: { expr: lower(trim(e)) }"],
  ],
  [
    "id/no-id",
    "plain",
    ["identityMap.X[0].primary: { value: true }"],
    {},
    ["identityMap.X[0].primary: { value: true }", "identityMap.X[0].id: { value: a }"],
  ],
  [
    "id/namespace-code",
    "plain",
    ["identityMap.email[0].id: { expr: lower(trim(e)) }"],
    { e: "a@b.c" },
    ["identityMap.Email[0].id: { expr: lower(trim(e)) }"],
  ],
  [
    "pii/not-normalised",
    "plain",
    ["personalEmail.address: e"],
    { e: "a@b.c" },
    ["personalEmail.address: { expr: lower(trim(e)) }"],
  ],
  [
    "expr/syntax",
    "plain",
    ["loyalty.tier: { expr: 'lower(tier' }"],
    { tier: "A" },
    ["loyalty.tier: { expr: lower(tier) }"],
  ],
  [
    "expr/forbidden",
    "plain",
    ["loyalty.tier: { expr: 'x = tier' }"],
    { tier: "A" },
    ["loyalty.tier: { expr: lower(tier) }"],
  ],
  [
    "expr/reserved-word",
    "plain",
    ["loyalty.tier: { expr: lower(mod) }"],
    { mod: "A" },
    ["loyalty.tier: { expr: 'lower(${mod})' }"],
  ],
  [
    "expr/wildcard",
    "plain",
    ["loyalty.tier: { expr: 'lower(a[*].b)' }"],
    { a: [] },
    ["loyalty.tier: { expr: 'lower(a[0].b)' }"],
  ],
  [
    "expr/unknown-name",
    "plain",
    ["loyalty.tier: { expr: lowr(tier) }"],
    { tier: "A" },
    ["loyalty.tier: { expr: lower(tier) }"],
  ],
  [
    "expr/arity",
    "plain",
    ["loyalty.tier: { expr: 'lower(tier, 1)' }"],
    { tier: "A" },
    ["loyalty.tier: { expr: lower(tier) }"],
  ],
  [
    "expr/destinations-only",
    "plain",
    ["loyalty.tier: { expr: 'array_to_string(\",\", tier)' }"],
    { tier: ["A"] },
    ["loyalty.tier: { expr: 'join(\",\", tier)' }"],
  ],
  [
    "expr/not-previewed",
    "plain",
    ["loyalty.tier: { expr: ua_os_name(tier) }"],
    { tier: "A" },
    ["loyalty.tier: { expr: lower(tier) }"],
  ],
  [
    "expr/deprecated",
    "plain",
    ["loyalty.tier: { expr: 'is_set(tier) ? tier : null' }"],
    { tier: "A" },
    ["loyalty.tier: { expr: 'contains_key(tier) ? tier : null' }"],
  ],
  ["expr/engine-mode", "plain", ["loyalty.points: { expr: a + 1 }"], { b: 1 }, ["loyalty.points: { expr: b + 1 }"]],
  [
    "expr/elvis-zero",
    "plain",
    ["loyalty.points: { expr: 'p ?: 5' }"],
    { p: 0 },
    ["loyalty.points: { expr: 'coalesce(p, 5)' }"],
  ],
  ["expr/random-id", "event", ["_id: { expr: uuid() }", EVENT[1]!], {}, ["_id: { value: a }", EVENT[1]!]],
  [
    "expr/fails",
    "plain",
    [`loyalty.joinDate: { expr: 'date(d, "yyyy")' }`],
    { d: "soon" },
    [`loyalty.joinDate: { expr: 'date("2025-01-02", "yyyy-MM-dd")' }`],
  ],
];

describe("each rule", () => {
  test.each(CASES)("%s", (rule, schema, bad, event, good) => {
    expect(ids(schema, bad, event)).toContain(rule);
    if (good.length === 0) return;
    const clean = ids(schema, good, event);
    expect(clean).not.toContain(rule);
    expect(clean).not.toContain("file/format");
  });
  test("a path with an index too many is shown without it", () => {
    const [found] = lint("plain", ["loyalty.tier[0]: tier"], { tier: "A" }).findings;
    expect(found).toMatchObject({ rule: "dst/index-without-list", fix: "Write loyalty.tier." });
  });
  test("what fails in every event is said once, and a function that is not computed offline is no error", () => {
    expect(ids("plain", ["loyalty.tier: { expr: ua_os_name(tier) }"], { tier: "A" })).toEqual(["expr/not-previewed"]);
    expect(ids("plain", ["loyalty.tier: { expr: lowr(tier) }"], { tier: "A" })).toEqual(["expr/unknown-name"]);
  });
  test("a constant that depends on the engine's mode is found where no sample reaches it", () => {
    const row = `loyalty.points: { expr: 'p > 5 ? "1" + 2 : p' }`;
    const [found] = lint("plain", [row], { p: 1 }).findings;
    expect(found).toMatchObject({ rule: "expr/engine-mode", line: 3, column: 36 });
  });
  test("an identity descriptor on a field of the schema is fine", () => {
    expect(ids("described", ["personalEmail.address: { expr: lower(trim(e)) }"], { e: "a@b.c" })).toEqual([]);
  });
  test("has a case here", () => {
    expect(rules.map((rule) => rule.id).filter((id) => !CASES.some(([rule]) => rule === id))).toEqual([]);
  });
  test("has texts that read as sentences, and an id of its own", () => {
    const all = [...rules, ...fileRules];
    expect(new Set(all.map((rule) => rule.id)).size).toBe(all.length);
    for (const { id, why, fix, title } of all) {
      expect(id).toMatch(/^[a-z]+\/[a-z-]+$/);
      expect(why).toMatch(/^.{15,}\.$/);
      expect(fix).toMatch(/\.$/);
      expect(title).not.toMatch(/\.$/);
    }
  });
});

describe("the guide's own five rows", () => {
  const path = resolve(import.meta.dirname, "../../test/fixtures/guide-mapping.yaml");
  const found = lintMapping(path, { tenant: "acme" });
  const at = (rule: string) => found.filter((one) => one.rule === rule).map((one) => one.destination ?? "");

  test("a list read without an index, on both rows that do it", () => {
    expect(at("src/list-without-index")).toEqual(["identityMap.email[0].id", "productListItems.SKU"]);
  });
  test("every xdm: prefix", () => expect(at("dst/xdm-prefix")).toHaveLength(5));
  test("list to list without [*]", () => {
    expect(at("dst/list-without-index")).toEqual(["productListItems.SKU"]);
    expect(found.find((one) => one.rule === "dst/list-without-index")?.fix).toBe("Write productListItems[*].SKU.");
    expect(found.filter((one) => one.rule === "src/list-without-index")[1]?.fix).toBe("Write productLineItems[*].SKU.");
  });
  test("the event's required fields are missing", () => {
    expect(found.filter((one) => one.rule === "req/missing-field").map((one) => one.message)).toEqual([
      "the schema requires _id, and no row writes it",
      "the schema requires timestamp, and no row writes it",
    ]);
  });
  test("no primary identity", () => expect(at("id/no-primary")).toHaveLength(1));
  test("loyalty rows belong to another schema than commerce rows", () => {
    expect(at("dst/other-class")).toEqual(["loyalty.points", "loyalty.tier"]);
  });
  test("the namespace's code is Email", () => expect(at("id/namespace-code")).toEqual(["identityMap.email[0].id"]));
  test("the e-mail address goes as it was typed", () =>
    expect(at("pii/not-normalised")).toEqual(["identityMap.email[0].id"]));
  test("and nothing else", () => expect(found).toHaveLength(15));
});

describe("places and printing", () => {
  test("a fault inside an expression is placed at its character", () => {
    const { findings, path } = lint("plain", ["loyalty.tier: { expr: 'upper(lowr(tier))' }"], { tier: "a" });
    const [one] = findings.filter(({ rule }) => rule === "expr/unknown-name");
    expect([one?.line, one?.column]).toEqual([3, 32]);
    expect(printFinding(one!)).toMatch(
      /^.*m\d+\.yaml:3:32: error expr\/unknown-name: .*\n {4}why: .*\n {4}fix: Did you mean lower\?$/,
    );
    expect(printFinding(one!)).toContain(path);
  });
  test("a file that cannot be read gives findings, not an exception", () => {
    expect(ids("plain", ["a: { exp: b }"])).toEqual(["file/format"]);
    expect(ids("nowhere", ["loyalty.tier: t"], { t: "a" })).toEqual(["file/schema"]);
  });
  test("ignore silences a rule; an unknown id is told", () => {
    const rows = ["loyalty: l"];
    expect(ids("plain", rows, { l: {} }, "ignore: { map/object-copy: the block is ours }\n")).toEqual([]);
    expect(ids("plain", rows, { l: {} }, "ignore: { map/object-cop: x }\n")).toEqual([
      "map/object-copy",
      "file/ignored-rule",
    ]);
  });
  test("an unreadable event is a finding", () => {
    const path = join(folder, "mappings", "broken.yaml");
    writeFileSync(
      path,
      "schema: plain\nrows: { loyalty.tier: t }\ntests: [{ name: a, event: nope.json, expect: {} }]\n",
    );
    expect(lintMapping(path, { tenant: "acme" }).map((one) => one.rule)).toEqual(["file/sample"]);
  });
  test("values of events never appear in findings", () => {
    const secret = "jane.doe@example.com";
    const rows = ["loyalty.points: e", "person.gender: e", "loyalty.joinDate: e", "personalEmail.primary: e"];
    expect(JSON.stringify(lint("plain", rows, { e: secret }).findings)).not.toContain(secret);
  });
});

describe("--fix", () => {
  test("applies what is safe, keeps comments and order, and leaves nothing fixable", () => {
    const path = join(folder, "mappings", "fix.yaml");
    writeFileSync(
      path,
      `# top\nschema: plain\nrows:\n  # first\n  xdm:loyalty.points: points # why\n  _acme.score: { from: xdm:score, description: "kept" }\n  loyalty.tier: 'tier'\ntests:\n  - { name: s, event: { points: 1, score: 2, tier: a }, expect: {} }\n`,
    );
    const before = lintMapping(path, { tenant: "acme" });
    expect(
      applyFixes(path, before)
        .map((one) => one.rule)
        .sort(),
    ).toEqual(["dst/hard-tenant", "dst/xdm-prefix", "src/xdm-prefix"]);
    expect(readFileSync(path, "utf8")).toBe(
      `# top\nschema: plain\nrows:\n  # first\n  loyalty.points: points # why\n  _{tenant}.score: { from: score, description: "kept" }\n  loyalty.tier: 'tier'\ntests:\n  - { name: s, event: { points: 1, score: 2, tier: a }, expect: {} }\n`,
    );
    const after = lintMapping(path, { tenant: "acme" });
    expect(after).toEqual([]);
    expect(applyFixes(path, after)).toEqual([]);
  });
  test("changes nothing else, and quotes where the place asks for it", () => {
    const path = join(folder, "mappings", "layout.yaml");
    const file = `schema: plain\nrows:\n  _acme.score:   {from: "xdm:score"}\n  'xdm:loyalty.tier': tier   # why\ntests:\n- {name: s, event: {score: 1,tier: a}, expect: {}}\n`;
    writeFileSync(path, file);
    applyFixes(path, lintMapping(path, { tenant: "acme" }));
    expect(readFileSync(path, "utf8")).toBe(
      file.replace("_acme", "_{tenant}").replace('"xdm:score"', '"score"').replace("'xdm:loyalty", "'loyalty"),
    );
    writeFileSync(path, "schema: plain\nrows: {_acme.score: a, loyalty.points: {from: 'xdm:p'}}\n");
    applyFixes(path, lintMapping(path, { tenant: "acme" }));
    expect(readFileSync(path, "utf8")).toBe(
      "schema: plain\nrows: {'_{tenant}.score': a, loyalty.points: {from: 'p'}}\n",
    );
  });
  test("does not overwrite a row that is there already", () => {
    const { path, findings } = lint("plain", ["xdm:loyalty.points: a", "loyalty.points: b"], { a: 1, b: 2 });
    expect(applyFixes(path, findings)).toEqual([]);
  });
});

test("the sandbox's own refusals become findings of their rows", async () => {
  const { path } = lint("plain", ["loyalty.points: a", "loyalty.tier: b"], { a: 1, b: "x" });
  const file = loadMappingFile(path, { tenant: "acme" });
  const found = await lintOnline(file, "https://ns.adobe.com/acme/schemas/1", async (body) => {
    expect(body.mappings.map((row) => row.destination)).toEqual(["loyalty.points", "loyalty.tier"]);
    return {
      validationResponse: [
        { status: "SUCCESS", errors: null },
        { status: "FAILED", errors: [{ exception: "no" }] },
      ],
    };
  });
  expect(found).toMatchObject([{ rule: "api/refused", destination: "loyalty.tier", line: 4, message: "no" }]);
});

test("whatever is written, linting ends in findings", () => {
  const seed =
    "schema: plain\nrows:\n  loyalty.points: points\n  loyalty.tier: { expr: 'lower(tier) == \"a\" ? items[0].x : coalesce(b, 1)' }\n  _{tenant}.tags[0]: items[*].y\ntests:\n  - { name: n, event: { points: 1, items: [{ x: 1 }] }, expect: {} }\n";
  const pieces = fc.constantFrom(
    "[*]",
    "[0]",
    ".",
    "xdm:",
    "${",
    "}",
    "_other.",
    "null",
    "::",
    "(",
    ")",
    "?:",
    "identityMap.email[0].primary: x\n  ",
    "{ value: 1 }",
    "'",
    "\\",
    "__proto__",
  );
  const mutated = fc
    .array(fc.tuple(fc.nat(seed.length), fc.oneof(pieces, fc.string({ maxLength: 4 }))), { minLength: 1, maxLength: 4 })
    .map((edits) => edits.reduce((text, [at, piece]) => text.slice(0, at) + piece + text.slice(at), seed));
  const path = join(folder, "mappings", "fuzz.yaml");
  fc.assert(
    fc.property(mutated, (text) => {
      writeFileSync(path, text);
      for (const one of lintMapping(path, { tenant: "acme" })) {
        expect(one.line).toBeGreaterThan(0);
        expect(one.column).toBeGreaterThan(0);
      }
      expect(applyFixes(path, lintMapping(path, { tenant: "acme" }))).toBeInstanceOf(Array);
    }),
    { numRuns: 150 },
  );
});
