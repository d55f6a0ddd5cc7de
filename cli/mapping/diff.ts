/** `aep mapping diff`: which output fields change between two versions of a mapping, event by event. */
import type { Command } from "commander";
import { toPlain, type Value } from "../../mapping/expression/values.ts";
import { type FieldChange, fieldChanges } from "../../mapping/golden/diff.ts";
import { readEvent } from "../../mapping/golden/fixture.ts";
import { type OpenMapping, openMapping } from "../../mapping/golden/project.ts";
import { readEvents, type SampleEvent } from "../../mapping/preview/events.ts";
import { DEFAULT_TEST_TIME } from "../../mapping/yaml/mapping-file.ts";
import { count, print, printJson, short } from "../print.ts";
import { momentOption } from "./moment.ts";
import { type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  events?: string;
  json?: boolean;
  markdown?: boolean;
  exitCode?: boolean;
  now?: number;
}

interface EventDiff {
  event: string;
  fields: FieldChange[];
  /** Rows that fail in one version only. */
  newErrors: string[];
  goneErrors: string[];
}

export function register(mapping: Command): void {
  const command = mapping
    .command("diff")
    .description("what changes in the output between two versions of a mapping")
    .argument("<before>", "mapping file")
    .argument("<after>", "mapping file")
    .option("--events <file>", "JSON, JSON lines or CSV of events (default: the events of both files' golden tests)")
    .option("--markdown", "as a table for a pull request")
    .option("--json", "as JSON")
    .option("--exit-code", "exit with 1 when something changes");
  withTenant(momentOption(command)).action(run);
}

function run(beforePath: string, afterPath: string, options: Options): void {
  const [before, after] = [openMapping(beforePath, options), openMapping(afterPath, options)];
  const events = options.events ? readEvents(options.events) : [...testEvents(before), ...testEvents(after)];
  const now = options.now ?? DEFAULT_TEST_TIME;
  const diffs = unique(events).map(({ where, event }): EventDiff => {
    const [a, b] = [before.apply(event, now), after.apply(event, now)];
    const said = (errors: typeof a.errors) => errors.map((error) => `${error.destination}: ${error.exception}`);
    const [old, fresh] = [said(a.errors), said(b.errors)];
    return {
      event: where,
      fields: fieldChanges(a.data, b.data),
      newErrors: fresh.filter((text) => !old.includes(text)),
      goneErrors: old.filter((text) => !fresh.includes(text)),
    };
  });
  const changed = diffs.filter((diff) => diff.fields.length + diff.newErrors.length + diff.goneErrors.length > 0);
  if (options.json) printJson(diffs);
  else if (options.markdown) printMarkdown(changed, diffs.length);
  else printPlain(changed, diffs.length);
  if (options.exitCode && changed.length > 0) process.exitCode = 1;
}

function testEvents(mapping: OpenMapping): SampleEvent[] {
  const { tests, tenant } = mapping.file;
  return tests.map((test) => ({ where: test.name, event: readEvent(test.event, tenant) as Record<string, unknown> }));
}

/** Two versions of one file mostly share their events. */
function unique(events: SampleEvent[]): SampleEvent[] {
  const seen = new Set<string>();
  return events.filter(({ event }) => {
    const text = JSON.stringify(toPlain(event as Value));
    return seen.has(text) ? false : seen.add(text);
  });
}

function printPlain(changed: EventDiff[], total: number): void {
  for (const diff of changed) {
    print(diff.event);
    for (const { path, before, after } of diff.fields)
      print(`  ${sign(before, after)} ${path}: ${short(before)} -> ${short(after)}`);
    for (const text of diff.newErrors) print(`  ! fails now: ${text}`);
    for (const text of diff.goneErrors) print(`  ! fails no more: ${text}`);
  }
  print(`${count(total, "event")}, ${changed.length} changed`);
}

function printMarkdown(changed: EventDiff[], total: number): void {
  const cell = (value: unknown) => `\`${short(value).replaceAll("|", "\\|").replaceAll("`", "'")}\``;
  print(`**${changed.length} of ${count(total, "sample event")} changed**`);
  if (changed.length === 0) return;
  print("\n| event | field | before | after |\n|---|---|---|---|");
  for (const { event, fields, newErrors, goneErrors } of changed) {
    for (const { path, before, after } of fields)
      print(`| ${event} | \`${path}\` | ${cell(before)} | ${cell(after)} |`);
    for (const text of newErrors) print(`| ${event} | fails now | | ${cell(text)} |`);
    for (const text of goneErrors) print(`| ${event} | fails no more | ${cell(text)} | |`);
  }
}

const sign = (before: unknown, after: unknown): string =>
  before === undefined ? "+" : after === undefined ? "-" : "~";
