/** The mapping linter: a file in, findings out, each with its rule, place, reason and fix. */
import { AepError } from "../../errors.ts";
import { analyseExpression } from "../expression/analyse.ts";
import { readEvent } from "../golden/fixture.ts";
import { closest, parseFieldPath, resolveField } from "../xdm/field-path.ts";
import { type LoadedSchema, loadSchema } from "../xdm/load-schema.ts";
import { type FileRow, type MappingFile, type ReadFor, readMappingFile } from "../yaml/mapping-file.ts";
import type { Position, YamlSource } from "../yaml/source.ts";
import { fileRules, rules } from "./rules/index.ts";
import { attributePath, expressionPaths } from "./source-paths.ts";
import type { Finding, Hit, LintContext, RowView, RuleInfo, Sample } from "./types.ts";

export interface LintOptions extends ReadFor {
  /** More events to check paths and types against, beside those of the golden tests. */
  samples?: Sample[];
}

/**
 * Checks one mapping file. Never throws for what the user wrote: a file that cannot be read gives findings of `file/...` rules.
 * Findings come in the order of the file; those of rules the file ignores are left out.
 *
 * @throws AepError FILE_NOT_FOUND for the mapping file itself
 */
export function lintMapping(path: string, options: LintOptions): Finding[] {
  const { file, mistakes, source } = readMappingFile(path, options);
  if (!file) return mistakes.map((mistake) => fileFinding("file/format", path, mistake, mistake.message));
  const found: Finding[] = [];
  const loaded = attempt(
    () => loadSchema(file.schemaPath, options),
    (error) => {
      found.push(fileFinding("file/schema", path, source.positionOf(["schema"]), said(error)));
    },
  );
  const samples = [...testEvents(file, found), ...(options.samples ?? [])];
  found.push(...unknownIgnores(file, source));
  if (loaded) found.push(...lintRows(file, loaded, samples, source));
  return found
    .filter((one) => !Object.hasOwn(file.ignore, one.rule))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** What the rules find in a file's rows, against a schema that is at hand already. */
export function lintRows(file: MappingFile, loaded: LoadedSchema, samples: Sample[], source: YamlSource): Finding[] {
  const context: LintContext = { file, loaded, samples, rows: file.rows.map((row) => viewOf(row, loaded)) };
  return rules.flatMap((rule) => [...rule.check(context)].map((hit) => finding(rule, hit, context.file, source)));
}

/** The row with its paths taken apart; `xdm:` prefixes are looked through, so that one mistake is reported once. */
function viewOf(written: FileRow, loaded: LoadedSchema): RowView {
  const row = { ...written, destination: withoutPrefix(written.destination) };
  const { destination, source } = row;
  const view = { row, steps: parseFieldPath(destination) ?? [], target: resolveField(loaded.schema, destination) };
  if (row.sourceType === "STATIC") return { ...view, problems: [], reads: [] };
  if (row.sourceType === "ATTRIBUTE") {
    const read = attributePath(withoutPrefix(source));
    return { ...view, problems: [], reads: read && source.trim() === source ? [read] : [] };
  }
  const { ast, problems } = analyseExpression(source);
  return { ...view, ...(ast ? { ast } : {}), problems, reads: ast ? expressionPaths(ast) : [] };
}

const withoutPrefix = (path: string): string => path.replaceAll(/(^|\.)xdm:/g, "$1");

function finding(rule: RuleInfo, hit: Hit, file: MappingFile, source: YamlSource): Finding {
  const { row } = hit;
  const at = row
    ? hit.offset === undefined
      ? row
      : file.sourcePosition(row, hit.offset)
    : source.positionOf(["schema"]);
  return {
    rule: rule.id,
    severity: hit.severity ?? rule.severity,
    path: file.path,
    line: at.line,
    column: at.column,
    ...(row ? { destination: row.destination } : {}),
    message: hit.message,
    why: rule.why,
    fix: hit.fix ?? rule.fix,
    // The key of a row with a fall-back is not what its destination was found wrong by.
    ...(hit.edit && !(row?.orTenant && hit.edit.kind === "destination") ? { edit: hit.edit } : {}),
  };
}

function fileFinding(id: string, path: string, at: Position, message: string): Finding {
  const rule = fileRules.find((one) => one.id === id)!;
  const { line, column } = at;
  return { rule: id, severity: rule.severity, path, line, column, message, why: rule.why, fix: rule.fix };
}

/** The events of the golden tests; those that cannot be read become findings. */
function testEvents(file: MappingFile, found: Finding[]): Sample[] {
  return file.tests.flatMap((test) => {
    const event = attempt(
      () => readEvent(test.event, file.tenant),
      (error) => {
        found.push(fileFinding("file/sample", file.path, test, `test "${test.name}": ${said(error)}`));
      },
    );
    const usable = typeof event === "object" && event !== null && !Array.isArray(event);
    return usable ? [{ where: `test "${test.name}"`, event: event as Record<string, unknown> }] : [];
  });
}

function unknownIgnores(file: MappingFile, source: YamlSource): Finding[] {
  const known = [...rules, ...fileRules].map((rule) => rule.id);
  return Object.keys(file.ignore).flatMap((id) => {
    if (known.includes(id)) return [];
    const near = closest(id, known);
    const message = `there is no rule ${id}${near ? `; did you mean ${near}?` : ""}`;
    return [fileFinding("file/ignored-rule", file.path, source.positionOf(["ignore", id]), message)];
  });
}

function attempt<T>(work: () => T, otherwise: (error: AepError) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    otherwise(error);
    return undefined;
  }
}

const said = (error: AepError): string => `${error.where ? `${error.where}: ` : ""}${error.message}`;

/** `mappings/a.yaml:3:5 error src/xdm-prefix: ...`, the reason and the fix below. */
export function printFinding(one: Finding): string {
  return `${one.path}:${one.line}:${one.column}: ${one.severity} ${one.rule}: ${one.message}\n    why: ${one.why}\n    fix: ${one.fix}`;
}
