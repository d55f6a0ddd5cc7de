/** The expression language's own endpoints: its functions, its operators, and whether an expression parses. */
import type { FunctionSpec } from "../../mapping/functions/types.ts";
import { language } from "../language.ts";
import { dataPrepProblem } from "../problem.ts";
import type { Entity } from "../store.ts";

/** GET /languages/el/functions. The texts are this project's, the shape is documented. */
export function functions(): Entity[] {
  return language().FUNCTIONS.flatMap((spec) =>
    [spec.name, ...(spec.aliases ?? [])].map((name) => describe(spec, name)),
  );
}

function describe(spec: FunctionSpec, name: string): Entity {
  return {
    category: spec.category,
    function: name,
    description: spec.doc,
    syntax: language().signatureOf(spec),
    returns: spec.returns,
    returnType: spec.returns,
    example: spec.example,
    result: spec.result === undefined ? null : JSON.stringify(spec.result),
    params: spec.params.map((param, index) => ({
      name: param.name,
      description: param.optional ? "optional" : "required",
      type: param.type,
      dataType: param.type,
      position: index + 1,
    })),
    since: 1,
  };
}

const OPERATOR_ROWS: [symbol: string, method: string, operands: number, description: string, example: string][] = [
  ["+", "add", 2, "Adds numbers, joins strings", "1 + 2"],
  ["-", "subtract", 2, "Subtracts", "3 - 1"],
  ["*", "multiply", 2, "Multiplies", "2 * 3"],
  ["/", "divide", 2, "Divides; whole numbers give a whole number", "1 / 2"],
  ["%", "mod", 2, "Remainder of a division", "5 % 3"],
  ["-", "negate", 1, "Changes the sign", "-12"],
  ["~", "complement", 1, "Complement of the bits", "~44"],
  ["!", "not", 1, "Negates a condition; also written not", "!cond1"],
  ["&&", "and", 2, "Both conditions; also written and", "cond1 && cond2"],
  ["||", "or", 2, "One of the conditions; also written or", "cond1 || cond2"],
  ["==", "equals", 2, "Equality; also written eq", "a == b"],
  ["!=", "notEquals", 2, "Inequality; also written ne", "a != b"],
  ["<", "lessThan", 2, "Also written lt", "a < b"],
  ["<=", "lessThanOrEqual", 2, "Also written le", "a <= b"],
  [">", "greaterThan", 2, "Also written gt", "a > b"],
  [">=", "greaterThanOrEqual", 2, "Also written ge", "a >= b"],
  ["=~", "matches", 2, "Matches a pattern, or is in a list", '"abc" =~ "a.*"'],
  ["!~", "notMatches", 2, "Does not match a pattern, or is not in a list", '"abc" !~ "x.*"'],
  ["?:", "ternary", 3, "Chooses by a condition", "cond1 ? a : b"],
];

/** GET /languages/el/operators. The shape is documented, the full list is the language's (assumed). */
export const OPERATORS: Entity[] = OPERATOR_ROWS.map(
  ([operatorSymbol, methodName, numberOfOperands, description, example]) => ({
    operatorSymbol,
    methodName,
    numberOfOperands,
    description,
    example,
  }),
);

/** POST /languages/el/validate: an expression that does not parse is still an answer with status 200. */
export function validateExpression(body: Entity): Entity {
  const { expression } = body;
  if (typeof expression !== "string" || expression.trim() === "") throw dataPrepProblem(400, "expression is mandatory");
  try {
    language().parseExpression(expression);
    return { validationStatus: "succeeded", error: "none" };
  } catch (error) {
    const problem = language().problemOf(error);
    if (!problem) throw error;
    return { validationStatus: "failed", error: error instanceof Error ? error.message : String(error) };
  }
}
