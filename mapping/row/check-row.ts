import { analyseExpression } from "../expression/analyse.ts";
import type { ExpressionProblem } from "../expression/problem.ts";
import { type PathStep, parseFieldPath, resolveField, suggestField } from "../xdm/field-path.ts";
import type { ComposedSchema } from "../xdm/json-schema.ts";
import { starsOf } from "./attribute.ts";
import { type MappingRow, type RowError, rowError } from "./types.ts";

/**
 * Whether the service would take the row: source and destination can be read, functions exist, `[*]` agree, and the
 * destination is a field of the schema (when one is given). Answers the first thing wrong.
 */
export function checkRow(row: MappingRow, schema?: ComposedSchema): RowError | undefined {
  const exception = checkSource(row) ?? checkDestination(row, schema);
  return exception === undefined ? undefined : rowError(row, exception);
}

function checkSource(row: MappingRow): string | undefined {
  if (row.sourceType === "STATIC") return undefined;
  if (row.sourceType === "ATTRIBUTE") return checkPath(row.source, "source");
  if (row.sourceType !== "EXPRESSION")
    return `${String(row.sourceType)} is not a source type; it must be ATTRIBUTE, EXPRESSION or STATIC`;
  const found = analyseExpression(row.source).problems.find((problem) => problem.severity === "error");
  return found && problemText(found);
}

/** A problem as one sentence with its place. */
export function problemText(problem: ExpressionProblem): string {
  const place = problem.line > 1 ? `line ${problem.line}, column ${problem.column}` : `character ${problem.column}`;
  return `${problem.message} (${place})${problem.hint ? `. ${problem.hint}` : ""}`;
}

function checkPath(path: string, side: "source" | "destination"): string | undefined {
  const prefixed = parseFieldPath(path)?.find((step) => step.kind === "name" && step.name.startsWith("xdm:"));
  if (prefixed !== undefined)
    return `The ${side} ${path} has the prefix xdm:, which Data Prep paths do not have. Write it without`;
  if (parseFieldPath(path) !== undefined && path.trim() === path) return undefined;
  return `The ${side} ${JSON.stringify(path)} is not a path; write names with dots, [0] for one item and [*] for every item`;
}

function checkDestination(row: MappingRow, schema: ComposedSchema | undefined): string | undefined {
  const wrong = checkPath(row.destination, "destination");
  if (wrong !== undefined) return wrong;
  const stars = starsOf(parseFieldPath(row.destination)!);
  const sourceStars = row.sourceType === "ATTRIBUTE" ? starsOf(parseFieldPath(row.source)!) : 0;
  if (stars !== sourceStars) return starsText(row, stars, sourceStars);
  return schema && checkField(row.destination, schema);
}

function starsText(row: MappingRow, stars: number, sourceStars: number): string {
  if (row.sourceType !== "ATTRIBUTE")
    return `[*] in the destination ${row.destination} needs an ATTRIBUTE source with [*]; this row is ${row.sourceType}`;
  return `The destination has ${stars} [*] and the source ${sourceStars}; each [*] of one side needs its own on the other`;
}

function checkField(path: string, schema: ComposedSchema): string | undefined {
  const resolved = resolveField(schema, path);
  if ("field" in resolved) return undefined;
  const suggestion = suggestField(schema, path);
  const hint = suggestion ? `. Did you mean ${suggestion}?` : "";
  if (resolved.problem === "syntax") return `The destination ${path} is not a path`;
  const name = stepText(resolved.step);
  const where = resolved.before || "the schema";
  if (resolved.problem === "index-missing")
    return `${where} is a list; ${name} needs an index before it, such as [0] or [*]${hint}`;
  if (resolved.problem === "not-array") return `${where} is not a list; ${name} cannot follow it${hint}`;
  if (resolved.problem === "leaf") return `${where} has no fields below it; ${name} cannot follow it${hint}`;
  return `${where} has no field ${name}${hint}`;
}

function stepText(step: PathStep): string {
  return step.kind === "name" ? step.name : `[${step.index}]`;
}
