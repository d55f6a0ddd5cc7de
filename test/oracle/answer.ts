import { isDeepStrictEqual } from "node:util";
import { AepError } from "../../errors.ts";
import { generateExpression } from "../../mapping/codegen/generate.ts";
import type { Expression } from "../../mapping/expression/ast.ts";
import { compileExpression } from "../../mapping/expression/compile.ts";
import { FIXED_ENVIRONMENT } from "../../mapping/expression/mode.ts";
import { OperandError } from "../../mapping/expression/operand-error.ts";
import { parseExpression } from "../../mapping/expression/parser.ts";
import { fullGroups, fullMatch, split } from "../../mapping/expression/regex/index.ts";
import { isObject, isoDate, parseJson, toPlain, type Value, WholeDouble } from "../../mapping/expression/values.ts";
import { formatDate, ofEpoch, parseDate, toZone } from "../../mapping/functions/calendar.ts";
import type { CallCase, Case } from "./generate.ts";

/** What the oracle or we answer: a value, or that there is none. */
export type Answer = { value: Value } | { error: string };

type Asked = Pick<Case, "expression" | "mode"> & ({ data: string } | { event: Record<string, Value> });

/** Our answer to an expression: the closures' and, in the lenient mode, generated code's too, which must be the same. */
export function answerCase(one: Asked): Answer {
  const event = "event" in one ? one.event : (parseJson(one.data) as Record<string, Value>);
  const ast = attempt(() => parseExpression(one.expression));
  if ("error" in ast) return ast;
  const answer = attempt(() => compileExpression(ast.value, one.mode)({ event, environment: FIXED_ENVIRONMENT }));
  if (one.mode === "lenient" && !("error" in answer && isRefused(ast.value))) {
    const generated = attempt(() => generateExpression(ast.value)!(event, FIXED_ENVIRONMENT));
    if (!agree(answer, generated)) throw new Error(`generated code differs on ${one.expression}`);
  }
  return answer;
}

/** Whether an expression cannot even be compiled: code is generated of those only that can. */
function isRefused(ast: Expression): boolean {
  return "error" in attempt(() => compileExpression(ast));
}

/** Our answer to a question about dates or regular expressions. */
export function answerCall({ call, args }: Pick<CallCase, "call" | "args">): Answer {
  const [first, second] = args;
  if (call === "matches") return attempt(() => fullMatch(second, first));
  if (call === "split") return attempt(() => split(second, first));
  if (call === "groups") return attempt(() => fullGroups(second, first));
  if (call === "zoned") {
    const [epoch, zone] = first.split(" ") as [string, string];
    return attempt(() => formatDate(toZone(ofEpoch(Number(epoch)), zone), second));
  }
  if (call === "dformat") return attempt(() => formatDate(ofEpoch(Number(first)), second));
  return attempt(() => isoDate(parseDate(first, second)));
}

function attempt<Found>(run: () => Found): { value: Found } | { error: string } {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof AepError || error instanceof OperandError)) throw error;
    return { error: String(error) };
  }
}

/** Reads the oracle's line. */
export function readAnswer(line: string): Answer & { id: number } {
  const { id, value, error } = parseJson(line) as { id: number; value?: Value; error?: string };
  return error === undefined ? { id, value: value ?? null } : { id, error };
}

/** The same value and the same kind of number, or both none. Error texts differ and do not count. */
export function agree(ours: Answer, theirs: Answer): boolean {
  if ("error" in ours || "error" in theirs) return "error" in ours === "error" in theirs;
  return isDeepStrictEqual(comparable(ours.value), comparable(theirs.value));
}

/** Kinds made visible: 2.0 as {"double":2}; NaN and infinities are null in JSON; the smallest text of every double. */
function comparable(value: Value): unknown {
  if (value instanceof WholeDouble) return { double: toPlain(value) };
  if (typeof value === "number")
    return Number.isInteger(value) ? value : Number.isFinite(value) ? { double: value } : null;
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (value !== null && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
  return toPlain(value);
}
