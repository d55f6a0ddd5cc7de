/** `aep mapping explain`: what each row does, in words, and what it gives for a sample. */
import type { Command } from "commander";
import { type Explained, explainRows } from "../../mapping/explain/explain.ts";
import { readEvent } from "../../mapping/golden/fixture.ts";
import { type OpenMapping, openMapping } from "../../mapping/golden/project.ts";
import { readEvents } from "../../mapping/preview/events.ts";
import { DEFAULT_TEST_TIME } from "../../mapping/yaml/mapping-file.ts";
import { print, printJson, short } from "../print.ts";
import { momentOption } from "./moment.ts";
import { type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  event?: string;
  json?: boolean;
  now?: number;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("explain")
    .description("say what each row of a mapping does, and what it gives for a sample event")
    .argument("<file>", "mapping file")
    .option("--event <file>", "file whose first event is the sample (default: the first golden test's)")
    .option("--json", "as JSON");
  withTenant(momentOption(command)).action(run);
}

function run(path: string, options: Options): void {
  const mapping = openMapping(path, options);
  const sample = options.event ? readEvents(options.event)[0]?.event : firstTestEvent(mapping);
  const applied = sample === undefined ? undefined : mapping.apply(sample, options.now ?? DEFAULT_TEST_TIME);
  const rows = explainRows(mapping, applied);
  if (options.json) printJson(rows);
  else printRows(rows, applied !== undefined);
}

function printRows(rows: readonly Explained[], sampled: boolean): void {
  for (const row of rows) {
    print(`${row.destination}${row.field ? ` (${row.field})` : " (not in the schema)"}`);
    print(`    is ${row.words}`);
    if (row.error) print(`    fails for the sample: ${row.error}`);
    else if (sampled) print(`    gives ${short(row.value, 100)}`);
  }
}

function firstTestEvent(mapping: OpenMapping): unknown {
  const [test] = mapping.file.tests;
  return test && readEvent(test.event, mapping.file.tenant);
}
