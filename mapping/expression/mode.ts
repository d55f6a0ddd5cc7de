import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../functions/types.ts";
import { compileExpression, type EngineMode } from "./compile.ts";
import { OperandError } from "./operand-error.ts";
import { parseExpression } from "./parser.ts";
import { type ExpressionProblem, problemOf } from "./problem.ts";
import { isObject, toPlain, type Value } from "./values.ts";

/** What an expression gives for one event: a JSON value, or why it gives none. */
export type Outcome = { value: unknown } | { error: ExpressionProblem };

/** A clock at the epoch and a nil id: the same answer every time. */
export const FIXED_ENVIRONMENT: Environment = { now: () => 0, uuid: () => "00000000-0000-0000-0000-000000000000" };

/**
 * Parses, compiles and evaluates once. Never throws: a mistake in the text is an `error` too.
 * `jsonOf` makes JSON of the value; `toExact` keeps Java's kinds of numbers for JSON.stringify.
 */
export function evaluateOnce(
  text: string,
  event: unknown,
  options: { mode?: EngineMode; environment?: Environment; jsonOf?: (value: Value) => unknown } = {},
): Outcome {
  const { jsonOf = toPlain } = options;
  try {
    const evaluate = compileExpression(parseExpression(text), options.mode ?? "lenient");
    const root = isObject((event ?? {}) as Value) ? ((event ?? {}) as Record<string, Value>) : {};
    return { value: jsonOf(evaluate({ event: root, environment: options.environment ?? FIXED_ENVIRONMENT })) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem !== undefined) return { error: problem };
    if (!(error instanceof OperandError)) throw error;
    return { error: { code: "limit", severity: "error", message: error.message, offset: 0, line: 1, column: 1 } };
  }
}

/**
 * Whether a strict and a lenient engine answer differently for this event. Which mode AEP runs is not published, so such
 * an expression may give something else there.
 *
 * @example modeDependent("missing + 1", {}) // true: 1 in lenient mode, an error in strict mode
 */
export function modeDependent(text: string, sample: unknown): boolean {
  const [lenient, strict] = [
    evaluateOnce(text, sample, { mode: "lenient" }),
    evaluateOnce(text, sample, { mode: "strict" }),
  ];
  if ("error" in lenient || "error" in strict) return "error" in lenient !== "error" in strict;
  return !isDeepStrictEqual(lenient.value, strict.value);
}
