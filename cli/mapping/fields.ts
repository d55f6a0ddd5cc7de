/** `aep mapping fields`: asks a sandbox which fields its standard field groups have, and records the answers in the stack. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { type SchemaRegistry, schemaRegistry } from "../../aep/schema-registry.ts";
import { AepError } from "../../errors.ts";
import { composeSchema } from "../../mapping/xdm/compose.ts";
import { fieldAt } from "../../mapping/xdm/field-path.ts";
import { loadSchema } from "../../mapping/xdm/load-schema.ts";
import { standardFieldGroups } from "../../mapping/xdm/standard/index.ts";
import { loadMappingFile, type ReadFor } from "../../mapping/yaml/mapping-file.ts";
import { print, printJson } from "../print.ts";
import { readStack, withStandardFields } from "../stack-file.ts";
import { mappingFiles, online, type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  stack: string;
  sandbox?: string;
  write?: boolean;
  json?: boolean;
}

/** A field that rows have a fall-back for, and the field groups of the schemas they write to. */
interface Asked {
  field: string;
  /** One set of `$id`s for each schema: the sandbox has the field when every schema gets it from one of its groups. */
  schemas: string[][];
}

interface Answer {
  field: string;
  has: boolean;
  recorded: boolean | null;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("fields")
    .description("ask a stack's sandbox which standard fields it has, for the rows that have a fall-back (orTenant)")
    .argument("[files...]", "mapping files or directories (default: mappings/)")
    .option("--sandbox <name>", "sandbox to ask (else AEP_SANDBOX, the stack's)")
    .option("--write", "record the answers in the stack file, under aep:standardFields")
    .option("--json", "as JSON");
  withTenant(command).action(run);
}

async function run(given: string[], options: Options): Promise<void> {
  if (options.stack === undefined)
    throw new AepError("USAGE", "no stack is named", { hint: "Give --stack: the answers are kept in its file." });
  const asked = fieldsAsked(mappingFiles(given), options);
  const stack = readStack(options.stack);
  const at = await online(options);
  const has = await answersOf(asked, schemaRegistry(at.client, at.sandbox));
  const answers = asked.map(({ field }, index): Answer => {
    return { field, has: has[index] === true, recorded: stack.standardFields[field] ?? null };
  });
  const fresh = answers.filter((one) => one.recorded !== one.has);
  if (options.write && fresh.length > 0) {
    writeFileSync(
      stack.path,
      withStandardFields(stack, Object.fromEntries(answers.map((one) => [one.field, one.has]))),
    );
  }
  if (options.json) printJson(answers);
  else report(answers, { sandbox: at.sandbox, path: stack.path, written: options.write === true && fresh.length > 0 });
  // A field that was never recorded writes to its fall-back, which is right wherever it is.
  if (!options.write && fresh.some((one) => one.recorded !== null)) process.exitCode = 1;
}

function report(answers: readonly Answer[], at: { sandbox: string; path: string; written: boolean }): void {
  for (const { field, has, recorded } of answers) {
    const note =
      recorded === null ? "not recorded" : recorded === has ? "as recorded" : `recorded otherwise: ${recorded}`;
    print(`${field}: the sandbox ${at.sandbox} ${has ? "has it" : "lacks it"} (${note})`);
  }
  if (answers.length === 0) print("no row has a fall-back (orTenant): there is nothing to ask");
  else if (at.written) print(`recorded in ${at.path}`);
  else if (answers.some((one) => one.recorded !== one.has))
    print("run it with --write to record this in the stack file");
  else print(`${at.path} is right`);
}

/** The fields that rows of these files have a fall-back for. @throws AepError MAPPING_YAML, XDM_YAML, FILE_NOT_FOUND */
export function fieldsAsked(files: readonly string[], options: ReadFor): Asked[] {
  const asked = new Map<string, string[][]>();
  for (const path of files) {
    const file = loadMappingFile(path, options);
    const fields = file.rows.filter((row) => row.orTenant !== undefined).map((row) => row.key);
    if (fields.length === 0) continue;
    const groups = standardGroupsOf(file.schemaPath, options);
    for (const field of fields) asked.set(field, [...(asked.get(field) ?? []), groups]);
  }
  return [...asked].map(([field, schemas]) => ({ field, schemas }));
}

function standardGroupsOf(schemaPath: string, options: ReadFor): string[] {
  const { file, groups } = loadSchema(schemaPath, options);
  return file.fieldGroups
    .filter((name) => !Object.hasOwn(groups, name))
    .map((name) => standardFieldGroups[name as keyof typeof standardFieldGroups] ?? name);
}

/** Whether the sandbox has each field. Each group is read once, as the sandbox shows it with every reference resolved. */
export async function answersOf(asked: readonly Asked[], registry: SchemaRegistry): Promise<boolean[]> {
  const ids = [...new Set(asked.flatMap(({ schemas }) => schemas.flat()))];
  const read = await Promise.all(ids.map((id) => registry.standard("fieldgroups", id)));
  const groups = new Map(ids.map((id, index) => [id, read[index] && composeSchema(read[index])]));
  const holds = (id: string, field: string) => {
    const group = groups.get(id);
    return group !== undefined && fieldAt(group, field) !== undefined;
  };
  return asked.map(({ field, schemas }) => schemas.every((ofOne) => ofOne.some((id) => holds(id, field))));
}
