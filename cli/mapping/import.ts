/** `aep mapping import`: Adobe's mapping JSON (both generations) or the UI's CSV as a mapping file. */
import type { Command } from "commander";
import { importRows } from "../../mapping/interchange/rows.ts";
import { mappingYaml } from "../../mapping/interchange/yaml-text.ts";
import { readText } from "../../mapping/yaml/source.ts";
import { schemaFile, schemaName, writeResult } from "./output.ts";
import { type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  schema: string;
  out?: string;
  force?: boolean;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("import")
    .description("turn Adobe's mapping JSON or the UI's CSV into a mapping file")
    .argument("<file>", ".json or .csv")
    .requiredOption("--schema <file>", "schema in xdm/ that the mapping writes to: its name, or a file")
    .option("-o, --out <file>", "write the mapping file here (default: standard output)")
    .option("--force", "overwrite an existing file");
  withTenant(command).action(run);
}

function run(path: string, options: Options): void {
  const { rows, name, schemaId } = importRows(readText(path), path);
  const head = schemaId ? [`Its schema in the sandbox it came from: ${schemaId}`] : [];
  const schema = schemaName(schemaFile(options.schema), options.out);
  writeResult(mappingYaml(rows, { schema, head, tenant: options.tenant, ...(name ? { name } : {}) }), options);
}
