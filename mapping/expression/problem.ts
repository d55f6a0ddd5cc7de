import type { ErrorCode } from "../../errors.ts";
import { AepError } from "../../errors.ts";
import type { Position } from "./ast.ts";

/** What is wrong with an expression, with a stable code. The table is also the list in docs/data-prep.md. */
export const PROBLEM_CODES = {
  syntax: "The text does not follow the grammar",
  unterminated: "A string, bracket or ${...} is not closed",
  forbidden: "Something of JEXL that Data Prep mappings must not use (new, assignment, var, loops, lambdas, ...)",
  "not-chainable": "Comparisons do not chain: a == b == c",
  "reserved-word": "A reserved word used as a field name without ${...}",
  wildcard: "`[*]` inside an expression; it belongs in ATTRIBUTE rows",
  "xdm-prefix": "An `xdm:` prefix; Data Prep paths are plain",
  number: "A number literal that cannot be read",
  "too-long": "More than 4096 characters",
  "too-deep": "Nested deeper than 100 levels",
  "unknown-function": "No function of that name",
  "unknown-method": "No method of that name",
  arity: "Too few or too many arguments",
  "destinations-only": "A function that works only for Destinations",
  "not-previewed": "A documented function whose result is not computed offline",
  "deprecated-function": "A documented name that is deprecated or misspelled in the documentation",
  "jexl-word": "A name that some JEXL versions reserve, or do not read (letters beyond ASCII)",
  "unsafe-method": "A method that is not documented by Adobe, though JEXL has it",
  type: "A value of a kind the operator or function cannot take",
  argument: "A function's argument that cannot be used",
  arithmetic: "A calculation without a result, such as a division by zero in strict mode",
  undefined: "A field the event does not have, in strict mode",
  limit: "A result or a calculation beyond the safety bounds (1,048,576 characters, 1,000,000 regex steps)",
} as const satisfies Record<string, string>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** One finding in an expression. `offset` counts from 0, `line` and `column` from 1, all within the expression's text. */
export interface ExpressionProblem extends Position {
  code: ProblemCode;
  severity: "error" | "warning";
  message: string;
  /** What to write instead, when that is known. */
  hint?: string;
}

/** Line and column of an offset in a text. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (let index = text.indexOf("\n"); index >= 0 && index < offset; index = text.indexOf("\n", index + 1)) {
    line++;
    lineStart = index + 1;
  }
  return { offset, line, column: offset - lineStart + 1 };
}

/** A problem as the error to throw: message with the place, the problem itself as `cause`. */
export function problemError(problem: ExpressionProblem, code: ErrorCode = "MAPPING_EXPRESSION"): AepError {
  const hint = problem.hint === undefined ? {} : { hint: problem.hint };
  return new AepError(code, problem.message, {
    where: `expression ${problem.line}:${problem.column}`,
    ...hint,
    cause: problem,
  });
}

/** The problem inside an error made by `problemError`, if it is one. */
export function problemOf(error: unknown): ExpressionProblem | undefined {
  const cause = error instanceof AepError ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "severity" in cause && "offset" in cause
    ? (cause as ExpressionProblem)
    : undefined;
}
