/**
 * The mapping language: Data Prep expressions, mapping rows applied to events, and the XDM they end in.
 *
 * @example compileMapping([{ destination: "a", sourceType: "EXPRESSION", source: "upper(b)" }]).apply({ b: "x" }).data // { a: "X" }
 */

export { type Analysis, analyseExpression } from "./expression/analyse.ts";
export type { Expression, Position } from "./expression/ast.ts";
export { childrenOf, walk } from "./expression/ast.ts";
export { compileExpression, type EngineMode, type Evaluate } from "./expression/compile.ts";
export { evaluateOnce, FIXED_ENVIRONMENT, modeDependent, type Outcome } from "./expression/mode.ts";
export { MAX_LENGTH, parseExpression, tryParseExpression } from "./expression/parser.ts";
export { printExpression } from "./expression/printer.ts";
export { type ExpressionProblem, PROBLEM_CODES, type ProblemCode, problemOf } from "./expression/problem.ts";
export { parseJson, toPlain, type Value } from "./expression/values.ts";
export { isPlainName, JEXL_WORDS, RESERVED_WORDS } from "./expression/words.ts";
export { METHODS, type MethodSpec } from "./functions/methods.ts";
export { FUNCTIONS, findFunction, functionNames } from "./functions/table.ts";
export {
  arityOf,
  type Environment,
  type FunctionSpec,
  type Parameter,
  signatureOf,
  type Tier,
} from "./functions/types.ts";
export { checkRow } from "./row/check-row.ts";
export { type CompiledMapping, type CompileOptions, compileMapping } from "./row/compile-mapping.ts";
export type { MappedRow, MappingRow, RowError } from "./row/types.ts";
export * from "./xdm/index.ts";
export * from "./yaml/index.ts";
