/** What a row's source gives for a sample, before any conversion; and the same in the stricter engine mode. */
import { compileExpression, type EngineMode } from "../expression/compile.ts";
import { type ExpressionProblem, problemOf } from "../expression/problem.ts";
import { toPlain, type ValueObject } from "../expression/values.ts";
import { isDate, toUtc } from "../functions/calendar.ts";
import { takeFrom, wildcards } from "./source-paths.ts";
import type { RowView } from "./types.ts";

/** A fixed moment and id, so that findings do not change from run to run. */
const environment = { now: () => Date.UTC(2025, 0, 1), uuid: () => "00000000-0000-4000-8000-000000000001" };

export type Outcome = { value: unknown } | { problem: ExpressionProblem } | { problem: undefined };

/** Evaluates a row on an event. `problem: undefined` means that nothing can be said (the row does not even parse). */
export function outcome(view: RowView, event: Record<string, unknown>, mode: EngineMode = "lenient"): Outcome {
  const { row, ast } = view;
  if (row.sourceType === "STATIC") return { value: row.source };
  if (row.sourceType === "ATTRIBUTE") {
    const read = view.reads[0];
    const taken = read && wildcards(read.steps) <= 1 ? takeFrom(event, read.steps) : undefined;
    return taken?.found ? { value: taken.value } : { problem: undefined };
  }
  if (!ast) return { problem: undefined };
  try {
    const value = compileExpression(ast, mode)({ event: event as ValueObject, environment });
    return { value: toPlain(isDate(value) ? toUtc(value) : value) };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
