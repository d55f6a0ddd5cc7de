/** `aep mapping preview`: sample events through a mapping, in the form of the API's own preview. */
import type { Command } from "commander";
import { toPlain, type Value } from "../../mapping/expression/values.ts";
import { readEvent } from "../../mapping/golden/fixture.ts";
import { type OpenMapping, openMapping } from "../../mapping/golden/project.ts";
import { readEvents, type SampleEvent } from "../../mapping/preview/events.ts";
import { compareOnline, type PreviewDifference } from "../../mapping/preview/online.ts";
import { apiRows, schemaReference } from "../../mapping/validate/online.ts";
import { count, printJson, short } from "../print.ts";
import { momentOption } from "./moment.ts";
import { type OnlineOptions, online, schemaIdOnline, type TenantOption, withOnline, withTenant } from "./shared.ts";

interface Options extends TenantOption, OnlineOptions {
  now?: number;
  online?: boolean;
}

/** Where the service answers with the sandbox's own preview. */
const PREVIEW_PATH = "/data/foundation/conversion/mappingSets/preview";

export function register(mapping: Command): void {
  const command = mapping
    .command("preview")
    .description("events through a mapping to XDM: prints [{data, errors}] as the API does; problems go to stderr")
    .argument("<file>", "mapping file")
    .argument("[events]", "JSON, JSON lines or CSV file of events (default: the events of the golden tests)");
  withOnline(withTenant(momentOption(command)), "also ask the sandbox and show where its answer differs").action(run);
}

async function run(path: string, eventsFile: string | undefined, options: Options): Promise<void> {
  const mapping = openMapping(path, options);
  const events = eventsFile ? readEvents(eventsFile) : testEvents(mapping);
  const applied = events.map(({ event }) => mapping.apply(event, options.now ?? Date.now()));
  const rows = applied.map(({ data, errors }) => ({ data, errors: errors.length > 0 ? errors : null }));
  printJson(rows);
  let bad = 0;
  for (const [index, { errors, violations }] of applied.entries()) {
    const { where } = events[index]!;
    if (Object.keys(rows[index]!.data).length === 0)
      note(`${where}: no row finds a value in this event; is it meant for another mapping?`);
    for (const error of errors) note(`${where}: ${error.destination} fails: ${error.exception}`);
    for (const violation of violations) note(`${where}: XDM ${violation.pointer}: ${violation.message}`);
    if (errors.length + violations.length > 0) bad += 1;
  }
  note(`${count(events.length, "event")}, ${bad} with problems`);
  const differences = options.online ? await ask(mapping, events, rows, options) : [];
  if (bad > 0 || differences.length > 0) process.exitCode = 1;
}

function testEvents(mapping: OpenMapping): SampleEvent[] {
  const { tests, tenant } = mapping.file;
  return tests.map((test) => ({
    where: `test "${test.name}"`,
    event: readEvent(test.event, tenant) as Record<string, unknown>,
  }));
}

async function ask(
  mapping: OpenMapping,
  events: readonly SampleEvent[],
  rows: Parameters<typeof compareOnline>[1],
  options: Options,
): Promise<PreviewDifference[]> {
  const at = await online(options);
  const id = await schemaIdOnline(at, mapping.loaded.file.title, options);
  const body = {
    data: events.map(({ event }) => toPlain(event as Value) as Record<string, unknown>),
    mappingSet: { outputSchema: schemaReference(id), mappings: apiRows(mapping.file) },
  };
  const differences = await compareOnline(body, rows, async (json) => {
    const answer = await at.client({ method: "POST", path: PREVIEW_PATH, sandbox: at.sandbox, json, idempotent: true });
    return answer.body;
  });
  for (const { event, fields, errors } of differences) {
    const { where } = events[event]!;
    for (const field of fields)
      note(`${where}: ${field.path}: offline ${short(field.before)}, sandbox ${short(field.after)}`);
    for (const error of errors) note(`${where}: ${error.destination} fails ${error.only} only: ${error.exception}`);
  }
  note(
    differences.length === 0
      ? `the sandbox ${at.sandbox} gives the same`
      : `${count(differences.length, "event")} differ in the sandbox ${at.sandbox}`,
  );
  return differences;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
