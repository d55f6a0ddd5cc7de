/** `aep mapping scaffold`: a first draft of a mapping from a sample event and a schema. */
import type { Command } from "commander";
import { toPlain, type Value } from "../../mapping/expression/values.ts";
import { mappingYaml } from "../../mapping/interchange/yaml-text.ts";
import { readEvents } from "../../mapping/preview/events.ts";
import { scaffold } from "../../mapping/scaffold/scaffold.ts";
import { loadSchema } from "../../mapping/xdm/load-schema.ts";
import { schemaFile, schemaName, writeResult } from "./output.ts";
import { type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  schema: string;
  out?: string;
  force?: boolean;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("scaffold")
    .description("propose a mapping from a sample event and a schema; every guess is marked")
    .argument("<event>", "file with the sample event (the first one is used)")
    .requiredOption("--schema <file>", "schema in xdm/: its name, or a file")
    .option("-o, --out <file>", "write the mapping file here (default: standard output)")
    .option("--force", "overwrite an existing file");
  withTenant(command).action(run);
}

function run(eventFile: string, options: Options): void {
  const event = toPlain(readEvents(eventFile)[0]!.event as Value);
  const file = schemaFile(options.schema);
  const draft = scaffold(event, loadSchema(file, options));
  const tail = [
    ...draft.missing.map((name) => `required by the schema, no guess: ${name}`),
    ...draft.unmatched.map((path) => `in the event, no guess: ${path}`),
  ];
  const head = ["Draft: check every guess, then delete its remark."];
  writeResult(
    mappingYaml(draft.rows, { schema: schemaName(file, options.out), head, tail, tenant: options.tenant }),
    options,
  );
}
