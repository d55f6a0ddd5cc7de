/** `aep mapping editor`: gives an editor the fields of each mapping's own target to complete. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import { mappingJsonSchema, printJsonSchema } from "../../mapping/editor/mapping-schema.ts";
import { loadSchema } from "../../mapping/xdm/load-schema.ts";
import { loadMappingFile } from "../../mapping/yaml/mapping-file.ts";
import { print } from "../print.ts";
import { mappingFiles, type TenantOption, withTenant } from "./shared.ts";

/** Where the other schemas of this project's files are too. */
const FOLDER = "docs/json-schema";
const FIRST_LINE = /^# yaml-language-server: \$schema=.*(?:\r?\n|$)/;

interface Options extends TenantOption {
  check?: boolean;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("editor")
    .description(
      `write the JSON Schemas with which an editor completes destination fields and functions (${FOLDER}/), and name each in its mapping's first line`,
    )
    .argument("[files...]", "mapping files or directories (default: mappings/)")
    .option("--check", "write nothing; exit with 1 when something is out of date");
  withTenant(command).action(run);
}

function run(given: string[], options: Options): void {
  const wanted = new Map<string, string>();
  for (const path of mappingFiles(given)) {
    const { schemaPath } = loadMappingFile(path, options);
    const jsonSchema = join(FOLDER, `mapping-${basename(schemaPath).replace(/\.ya?ml$/, "")}.json`);
    const loaded = loadSchema(schemaPath, { tenant: options.tenant });
    wanted.set(jsonSchema, printJsonSchema(mappingJsonSchema({ loaded, tenant: options.tenant })));
    wanted.set(path, withFirstLine(readFileSync(path, "utf8"), relative(dirname(resolve(path)), resolve(jsonSchema))));
  }
  const stale = [...wanted].filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
  for (const [path, text] of stale) {
    if (!options.check) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    print(options.check ? `${path} is out of date` : `wrote ${path}`);
  }
  if (stale.length === 0) print("everything is up to date");
  if (options.check && stale.length > 0) process.exitCode = 1;
}

function withFirstLine(text: string, schema: string): string {
  return `# yaml-language-server: $schema=${schema.replaceAll("\\", "/")}\n${text.replace(FIRST_LINE, "")}`;
}
