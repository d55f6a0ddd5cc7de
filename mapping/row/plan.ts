import type { Expression } from "../expression/ast.ts";
import { compileExpression, type EngineMode, type Evaluate } from "../expression/compile.ts";
import { OperandError } from "../expression/operand-error.ts";
import { parseExpression } from "../expression/parser.ts";
import { problemOf } from "../expression/problem.ts";
import { fieldAt, type PathStep, parseFieldPath } from "../xdm/field-path.ts";
import type { ComposedSchema, JsonSchema } from "../xdm/json-schema.ts";
import { starsOf } from "./attribute.ts";
import { checkRow, problemText } from "./check-row.ts";
import { Occupied } from "./place.ts";
import { type MappingRow, type RowError, rowError } from "./types.ts";

export interface CompileOptions {
  /** The destination schema: values are converted to its types, and destinations must be its fields. */
  schema?: ComposedSchema;
  /** How the expression engine treats null and what is missing; lenient when absent. */
  mode?: EngineMode;
}

/** Where a row's value comes from. `each`: a path with `[*]`, one value for each item. */
type Source =
  | { kind: "constant"; value: string }
  | { kind: "path"; steps: readonly PathStep[] }
  | { kind: "each"; steps: readonly PathStep[] }
  | { kind: "expression"; ast: Expression; mode: EngineMode; evaluate: Evaluate };

/** A row that can be used, with everything read that is the same for every event. */
export interface RowPlan {
  row: MappingRow;
  source: Source;
  destination: readonly PathStep[];
  /** The destination's field; absent without a schema. */
  field: JsonSchema | undefined;
}

/** Reads a row; a row that cannot be used is the error that it gives on every event. */
export function planRow(row: MappingRow, { schema, mode = "lenient" }: CompileOptions): RowPlan | RowError {
  const wrong = checkRow(row, schema);
  if (wrong !== undefined) return wrong;
  try {
    const destination = parseFieldPath(row.destination)!;
    return { row, destination, field: schema && fieldAt(schema, row.destination), source: sourceOf(row, mode) };
  } catch (error) {
    return rowError(row, exceptionOf(error));
  }
}

function sourceOf(row: MappingRow, mode: EngineMode): Source {
  if (row.sourceType === "STATIC") return { kind: "constant", value: row.source };
  if (row.sourceType === "EXPRESSION") {
    const ast = parseExpression(row.source);
    return { kind: "expression", ast, mode, evaluate: compileExpression(ast, mode) };
  }
  const steps = parseFieldPath(row.source)!;
  return { kind: starsOf(steps) === 0 ? "path" : "each", steps };
}

/** What a row's error list says of something thrown; rethrows what is no fault of the row. */
export function exceptionOf(error: unknown): string {
  const problem = problemOf(error);
  if (problem !== undefined) return problemText(problem);
  if (error instanceof Occupied || error instanceof OperandError) return error.message;
  throw error;
}
