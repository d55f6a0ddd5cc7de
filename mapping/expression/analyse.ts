import { METHODS } from "../functions/methods.ts";
import { findFunction, functionNames } from "../functions/table.ts";
import { signatureOf, wrongArity } from "../functions/types.ts";
import type { CallNode, Expression, MethodNode, NameNode } from "./ast.ts";
import { walk } from "./ast.ts";
import { tryParseExpression } from "./parser.ts";
import type { ExpressionProblem, ProblemCode } from "./problem.ts";
import { JEXL_WORDS, nearest } from "./words.ts";

/** Names that other languages use, with what Data Prep calls it. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  nvl: "coalesce",
  ifnull: "coalesce",
  isnull: "is_empty",
  if: "iif",
  hash: "sha256",
  len: "size_of",
  length: "size_of",
  size: "size_of",
  substring: "substr",
  replace: "replacestr",
  to_date: "date",
  to_number: "to_decimal",
  to_string: "concat",
  tolower: "lower",
  toupper: "upper",
};

export interface Analysis {
  /** Absent when the text cannot be parsed. */
  ast?: Expression;
  /** In the order of the text. Errors mean AEP would refuse or silently null the expression. */
  problems: ExpressionProblem[];
}

/**
 * Parses an expression and checks every name in it: functions exist and get the right number of arguments, are computed
 * offline, are not for Destinations only; methods are documented ones. Never throws.
 *
 * @example analyseExpression("lowr(email)").problems[0].hint // "Did you mean lower?"
 */
export function analyseExpression(text: string): Analysis {
  const parsed = tryParseExpression(text);
  if ("problem" in parsed) return { problems: [destinationsLambda(text, parsed.problem) ?? parsed.problem] };
  const problems: ExpressionProblem[] = [];
  walk(parsed.ast, (node) => {
    if (node.kind === "call") problems.push(...checkCall(node));
    else if (node.kind === "method") problems.push(...checkMethod(node));
    else if (node.kind === "name" && !text.slice(node.at.offset, node.end).includes("${"))
      problems.push(...checkName(node));
  });
  return { ast: parsed.ast, problems: problems.sort((a, b) => a.offset - b.offset) };
}

/** filterArray(items, x -> ...) fails at the lambda, but the function is what is wrong. */
function destinationsLambda(text: string, found: ExpressionProblem): ExpressionProblem | undefined {
  if (found.code !== "forbidden") return undefined;
  const call = [...text.slice(0, found.offset).matchAll(/\b(\w+)\s*\(/g)].findLast(
    (match) => findFunction(match[1]!)?.destinationsOnly,
  );
  if (call === undefined) return undefined;
  const { line, offset, column } = found;
  return { ...destinationsOnly(call[1]!), offset: call.index, line, column: column - (offset - call.index) };
}

function destinationsOnly(name: string): Omit<ExpressionProblem, "offset" | "line" | "column"> {
  return {
    code: "destinations-only",
    severity: "error",
    message: `${name} works only in mappings of Destinations, not of sources`,
    hint: "Shape the list before it is sent, or copy it as it is.",
  };
}

function checkCall(node: CallNode): ExpressionProblem[] {
  const spec = findFunction(node.name);
  if (spec === undefined) return [unknownFunction(node)];
  if (spec.destinationsOnly) return [{ ...destinationsOnly(node.name), ...node.at }];
  const found: ExpressionProblem[] = [];
  const arity = wrongArity(spec, node.args.length);
  if (arity !== undefined) found.push(problem(node, "arity", "error", arity, `It is ${signatureOf(spec)}.`));
  if (spec.deprecated)
    found.push(problem(node, "deprecated-function", "warning", `${node.name} should not be used`, spec.deprecated));
  if (spec.tier === "C") {
    const message = `${node.name} is documented, but its result is not computed offline`;
    found.push(problem(node, "not-previewed", "warning", message, "Preview it in the sandbox."));
  }
  return found;
}

function unknownFunction(node: CallNode): ExpressionProblem {
  const name = OTHER_NAMES[node.name.toLowerCase()] ?? nearest(node.name, functionNames());
  const method =
    METHODS[node.name] && Object.hasOwn(METHODS, node.name) ? `It is a method: text.${node.name}(...).` : undefined;
  const hint = method ?? (name ? `Did you mean ${name}?` : "See the list of functions in docs/data-prep.md.");
  return problem(
    node,
    "unknown-function",
    "error",
    `There is no function ${node.name}; the engine would silently give null`,
    hint,
  );
}

/** A first name as it stands, without ${...}. */
function checkName(node: NameNode): ExpressionProblem[] {
  const { name } = node;
  const isWord = JEXL_WORDS.has(name);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant
  if (!isWord && /^[\u0000-\u007f]*$/.test(name)) return [];
  const what = isWord ? "is a reserved word in" : "has letters that are not read by";
  return [
    problem(node, "jexl-word", "warning", `${name} ${what} some versions of the engine`, `Wrap it: \${${name}}.`),
  ];
}

function checkMethod(node: MethodNode): ExpressionProblem[] {
  const method = Object.hasOwn(METHODS, node.name) ? METHODS[node.name] : undefined;
  if (method === undefined) {
    const hint = findFunction(node.name)
      ? `It is a function: ${node.name}(...).`
      : `Data Prep has ${Object.keys(METHODS).join(", ")}.`;
    return [problem(node, "unknown-method", "error", `There is no method .${node.name}()`, hint)];
  }
  if (node.args.length !== method.args) {
    return [
      problem(
        node,
        "arity",
        "error",
        `.${node.name}() takes ${method.args} argument${method.args === 1 ? "" : "s"}, not ${node.args.length}`,
        "Correct the call.",
      ),
    ];
  }
  if (method.documented) return [];
  return [
    problem(node, "unsafe-method", "warning", `.${node.name}() is not documented by Adobe`, "Write size_of(...)."),
  ];
}

function problem(
  node: Expression,
  code: ProblemCode,
  severity: "error" | "warning",
  message: string,
  hint: string,
): ExpressionProblem {
  // A method call begins where its object begins; point at the method instead? The object's start is what the user sees first.
  return { code, severity, message, hint, ...node.at };
}
