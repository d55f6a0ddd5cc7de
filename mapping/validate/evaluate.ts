/** What a row's source gives for a sample, before any conversion; and the same in the stricter engine mode. */
import { compileExpression, type EngineMode } from "../expression/compile.ts";
import { type ExpressionProblem, problemOf } from "../expression/problem.ts";
import { toPlain, type ValueObject } from "../expression/values.ts";
import { isDate, toUtc } from "../functions/calendar.ts";
import { follow } from "../row/attribute.ts";
import type { RowView } from "./types.ts";

/** A fixed moment and id, so that findings do not change from run to run. */
const environment = { now: () => Date.UTC(2025, 0, 1), uuid: () => "00000000-0000-4000-8000-000000000001" };

export type Outcome = { value: unknown } | { problem: ExpressionProblem } | { problem: undefined };

/** Every value a row gives before conversion: one for each item where an ATTRIBUTE path has `[*]`; none when it fails. */
export function valuesOf(view: RowView, event: Record<string, unknown>): unknown[] {
  const [read] = view.reads;
  if (view.row.sourceType === "ATTRIBUTE")
    return read ? follow(event as ValueObject, read.steps).map(({ value }) => toPlain(value)) : [];
  const result = outcome(view, event);
  return "value" in result ? [result.value] : [];
}

/** Evaluates an EXPRESSION or STATIC row on an event. `problem: undefined` means that nothing can be said (an ATTRIBUTE, or a text that does not even parse). */
export function outcome(view: RowView, event: Record<string, unknown>, mode: EngineMode = "lenient"): Outcome {
  const { row, ast } = view;
  if (row.sourceType === "STATIC") return { value: row.source };
  if (row.sourceType === "ATTRIBUTE") return { problem: undefined };
  if (!ast) return { problem: undefined };
  try {
    const value = compileExpression(ast, mode)({ event: event as ValueObject, environment });
    return { value: toPlain(isDate(value) ? toUtc(value) : value) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
