/** `aep mapping export`: a mapping file in one of Adobe's forms. */
import { type Command, Option } from "commander";
import { EXPORT_FORMATS, type ExportFormat, exportRows } from "../../mapping/interchange/rows.ts";
import { loadMappingFile } from "../../mapping/yaml/mapping-file.ts";
import { writeResult } from "./output.ts";
import { type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  format: ExportFormat;
  schemaId?: string;
  out?: string;
  force?: boolean;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("export")
    .description("write a mapping as Adobe's JSON (api: today's, legacy: the older tutorials') or as CSV for the UI")
    .argument("<file>", "mapping file")
    .addOption(new Option("--format <format>", "form of the result").choices([...EXPORT_FORMATS]).default("api"))
    .option("--schema-id <$id>", "$id of the target schema; left out otherwise")
    .option("-o, --out <file>", "write here (default: standard output)")
    .option("--force", "overwrite an existing file");
  withTenant(command).action(run);
}

function run(path: string, options: Options): void {
  const file = loadMappingFile(path, options);
  writeResult(exportRows(file.name, file.rows, options.format, options.schemaId), options);
}
