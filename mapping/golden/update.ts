/** Rewriting what golden tests expect to what the mapping gives now; everything but the changed tests stays as it is written. */
import { readFileSync, writeFileSync } from "node:fs";
import { Document, isMap, isSeq, parseDocument, type YAMLMap } from "yaml";
import { withoutTenant } from "./fixture.ts";
import type { OpenMapping } from "./project.ts";
import type { GoldenResult } from "./run-tests.ts";

/** Writes the rows and row errors of failed tests into their fixtures. Returns the files written. */
export function updateExpectations(mapping: OpenMapping, results: readonly GoldenResult[]): string[] {
  const { path, tests } = mapping.file;
  const written = new Set<string>();
  const text = readFileSync(path, "utf8");
  const items = testsOf(parseDocument(text, { intAsBigInt: true }));
  let changed = text;
  // From the end, so that the places of the others stay.
  for (const [index, result] of [...results.entries()].reverse()) {
    const { expect } = tests[index]!;
    const data = failed(result, "data") ? withoutTenant(result.compared.data, mapping.file.tenant) : undefined;
    if (data !== undefined && "file" in expect) {
      writeFileSync(expect.file, `${JSON.stringify(data, null, 2)}\n`);
      written.add(expect.file);
    }
    const item = items[index];
    const inline = "file" in expect ? undefined : data;
    if (!item || (inline === undefined && !failed(result, "errors"))) continue;
    if (inline !== undefined) setLike(item, "expect", inline);
    if (failed(result, "errors")) setErrors(item, errorsOf(result, mapping.file.tenant));
    changed = replaced(changed, item);
  }
  if (changed !== text) {
    writeFileSync(path, changed);
    written.add(path);
  }
  return [...written];
}

function testsOf(document: Document): (YAMLMap | undefined)[] {
  const tests = document.get("tests");
  return isSeq(tests) ? tests.items.map((item) => (isMap(item) ? item : undefined)) : [];
}

const failed = ({ failures }: GoldenResult, kind: string): boolean => failures.some((failure) => failure.kind === kind);

function errorsOf({ compared }: GoldenResult, tenant: string): object[] {
  return compared.errors.map(({ destination, exception }) => ({
    destination: destination.replace(`_${tenant}.`, "_{tenant}."),
    exception,
  }));
}

function setErrors(item: YAMLMap, errors: readonly object[]): void {
  if (errors.length > 0) setLike(item, "errors", errors);
  else item.delete("errors");
}

/** In one line where the old value was. */
function setLike(item: YAMLMap, key: string, value: unknown): void {
  const old = item.get(key);
  const node = new Document().createNode(value);
  if ((isMap(old) || isSeq(old)) && old.flow && (isMap(node) || isSeq(node))) node.flow = true;
  item.set(key, node);
}

/** The text with the test as it is now in place of how it was written. */
function replaced(text: string, item: YAMLMap): string {
  const [from, to] = item.range!;
  const raw = text.slice(from, to);
  const column = from - (text.lastIndexOf("\n", from - 1) + 1);
  // Remarks around the test stay where they are; only those within it are the test's own to print.
  item.commentBefore = null;
  item.spaceBefore = false;
  if (item.comment && !raw.includes(item.comment)) item.comment = null;
  const options = { lineWidth: 0, flowCollectionPadding: !/\{[^\s}]/.test(raw), verifyAliasOrder: false };
  const printed = new Document(item).toString(options).trimEnd();
  const end = /\s*$/.exec(raw)?.[0] ?? "";
  return text.slice(0, from) + printed.replaceAll(/\n(?=.)/g, `\n${" ".repeat(column)}`) + end + text.slice(to);
}
