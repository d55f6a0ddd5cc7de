import { randomUUID } from "node:crypto";
import { compileExpression, type EngineMode } from "../expression/compile.ts";
import { OperandError } from "../expression/operand-error.ts";
import { parseExpression } from "../expression/parser.ts";
import { problemOf } from "../expression/problem.ts";
import { isObject, type Value, type ValueObject } from "../expression/values.ts";
import type { Environment } from "../functions/types.ts";
import { fieldAt, type PathStep, parseFieldPath } from "../xdm/field-path.ts";
import type { ComposedSchema, JsonSchema } from "../xdm/json-schema.ts";
import { compileAttribute, compileSingle, starsOf, type Take } from "./attribute.ts";
import { checkRow, problemText } from "./check-row.ts";
import { compileConvert } from "./convert.ts";
import { closeGaps, compilePlace, Occupied } from "./place.ts";
import { type MappedRow, type MappingRow, type RowError, rowError } from "./types.ts";

export interface CompileOptions {
  /** The destination schema: values are converted to its types, and destinations must be its fields. */
  schema?: ComposedSchema;
  /** How the expression engine treats null and what is missing; lenient when absent. */
  mode?: EngineMode;
}

/** A mapping set, ready for events. */
export interface CompiledMapping {
  /** Maps one event. Never throws: a row without a value is left out and listed in `errors`. */
  apply(event: unknown, environment?: Partial<Environment>): MappedRow;
}

type Step = (event: ValueObject, environment: Environment, out: MappedRow) => void;

const REAL: Environment = { now: () => Date.now(), uuid: () => randomUUID() };

/**
 * Compiles the rows of a mapping set once, for many events. Rows that cannot be used do not throw: each gives its
 * RowError on every apply. Rows are applied parents first, so that explicit children override a copied object.
 *
 * @example compileMapping([{ destination: "email", sourceType: "EXPRESSION", source: "lower(mail)" }]).apply({ mail: "A@B.C" }).data
 */
export function compileMapping(rows: readonly MappingRow[], options: CompileOptions = {}): CompiledMapping {
  const ordered = parentsFirst(rows);
  const steps = ordered.map((row) => compileRow(row, options));
  const lists = rows.some((row) => row.destination.includes("["));
  return {
    apply(event, environment) {
      const out: MappedRow = { data: {}, errors: [] };
      const root = event as Value;
      if (root === undefined || root === null || !isObject(root)) {
        const kind = Array.isArray(event) ? "list" : event === null || event === undefined ? "null" : typeof event;
        return { data: {}, errors: rows.map((row) => rowError(row, `The event is not an object but a ${kind}`)) };
      }
      const world = environment ? { ...REAL, ...environment } : REAL;
      for (const step of steps) step(root, world, out);
      if (lists) closeGaps(out.data);
      return out;
    },
  };
}

/** Destinations that others lie below come first; the order is otherwise kept. */
function parentsFirst(rows: readonly MappingRow[]): MappingRow[] {
  const depth = (row: MappingRow) => parseFieldPath(row.destination)?.length ?? 0;
  const isParent = (row: MappingRow) =>
    rows.some(
      (other) =>
        other.destination.startsWith(`${row.destination}.`) || other.destination.startsWith(`${row.destination}[`),
    );
  const parents = rows.filter(isParent).sort((a, b) => depth(a) - depth(b));
  return [...parents, ...rows.filter((row) => !parents.includes(row))];
}

function compileRow(row: MappingRow, options: CompileOptions): Step {
  const wrong = checkRow(row, options.schema);
  if (wrong !== undefined) return failing(wrong);
  const destination = parseFieldPath(row.destination)!;
  const field = options.schema && fieldAt(options.schema, row.destination);
  const single = (read: ReadOne) => write(row, destination, field, read);
  if (row.sourceType === "STATIC") return single(() => row.source);
  if (row.sourceType === "ATTRIBUTE") {
    const path = parseFieldPath(row.source)!;
    return starsOf(path) === 0
      ? single(compileSingle(path))
      : writeEach(row, destination, field, compileAttribute(path));
  }
  try {
    const evaluate = compileExpression(parseExpression(row.source), options.mode);
    return single((event, environment) => evaluate({ event, environment }));
  } catch (error) {
    return failing(rowError(row, exceptionOf(error)));
  }
}

/** Gets a row's value out of an event. */
type ReadOne = (event: ValueObject, environment: Environment) => Value;

function failing(error: RowError): Step {
  return (_event, _environment, out) => void out.errors.push({ ...error });
}

function write(row: MappingRow, destination: readonly PathStep[], field: JsonSchema | undefined, read: ReadOne): Step {
  const place = compilePlace(destination);
  const convert = compileConvert(field);
  const none: number[] = [];
  // Made once and not per event; an event is mapped from start to end before the next.
  let errors: RowError[] = [];
  const report = (message: string) => void errors.push(rowError(row, message));
  return (event, environment, out) => {
    errors = out.errors;
    try {
      place(out.data, convert(read(event, environment), report), none);
    } catch (error) {
      report(exceptionOf(error));
    }
  };
}

/** A row with `[*]`: one value for each item. */
function writeEach(
  row: MappingRow,
  destination: readonly PathStep[],
  field: JsonSchema | undefined,
  read: (event: ValueObject, take: Take) => void,
): Step {
  const place = compilePlace(destination);
  const convert = compileConvert(field);
  return (event, _environment, out) => {
    const report = (message: string) => void out.errors.push(rowError(row, message));
    try {
      read(event, (value, indexes) => place(out.data, convert(value, report), indexes));
    } catch (error) {
      report(exceptionOf(error));
    }
  };
}

function exceptionOf(error: unknown): string {
  const problem = problemOf(error);
  if (problem !== undefined) return problemText(problem);
  if (error instanceof Occupied || error instanceof OperandError) return error.message;
  throw error;
}
