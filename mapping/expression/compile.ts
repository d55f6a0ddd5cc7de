import { isKnownMethod, METHODS } from "../functions/methods.ts";
import { findFunction } from "../functions/table.ts";
import { type Environment, type FunctionSpec, wrongArity } from "../functions/types.ts";
import { BINARY, complement, negate, toBoolean } from "./arithmetic.ts";
import type {
  BinaryNode,
  CallNode,
  ElvisNode,
  Expression,
  IndexNode,
  MemberNode,
  MethodNode,
  NameNode,
  TernaryNode,
} from "./ast.ts";
import { numberLiteral } from "./literals.ts";
import { LimitError, OperandError } from "./operand-error.ts";
import { tryParseExpression } from "./parser.ts";
import { type ProblemCode, problemError, problemOf } from "./problem.ts";
import {
  aKind,
  asLiteral,
  getOwn,
  isNumber,
  isObject,
  javaString,
  kindOf,
  setOwn,
  toNumber,
  type Value,
  type ValueObject,
} from "./values.ts";

/** How the engine treats null and what is missing. Which one AEP runs is not published; `lenient` is the default. */
export type EngineMode = "strict" | "lenient";

interface Scope {
  event: ValueObject;
  environment: Environment;
}

export type Evaluate = (scope: Scope) => Value;

/** A text that a function makes may have so many characters. */
export const MAX_TEXT = 1_048_576;

/**
 * Turns a syntax tree into one closure, to be called once per event.
 * The closure throws AepError MAPPING_EVALUATION (`cause` is the ExpressionProblem with its position) when the
 * expression has no value for this event. Unknown functions and wrong arities throw here already.
 */
export function compileExpression(ast: Expression, mode: EngineMode = "lenient"): Evaluate {
  return compile(ast, mode === "strict", false);
}

/** @param guarded a direct part of ?: or ? :, where strict mode lets a missing field be null */
function compile(node: Expression, strict: boolean, guarded: boolean): Evaluate {
  switch (node.kind) {
    case "number": {
      const value = numberLiteral(node.raw);
      return () => value;
    }
    case "string":
    case "constant":
      return () => node.value;
    case "name":
      return compileName(node, strict, guarded);
    case "member":
    case "index":
      return compileAccess(node, strict, guarded);
    case "call":
      return compileCall(node, strict);
    case "method":
      return compileMethod(node, strict, guarded);
    case "array": {
      const items = node.items.map((item) => compile(item, strict, false));
      return (scope) => asLiteral(items.map((item) => item(scope)));
    }
    case "object": {
      const entries = node.entries.map((entry) => [entry.key, compile(entry.value, strict, false)] as const);
      return (scope) => {
        const object: ValueObject = {};
        for (const [key, value] of entries) setOwn(object, key, value(scope));
        return object;
      };
    }
    case "unary": {
      const operand = compile(node.operand, strict, false);
      const operate =
        node.operator === "-"
          ? negate
          : node.operator === "~"
            ? complement
            : (value: Value) => !toBoolean(value, strict);
      return guard(node, (scope) => operate(operand(scope), strict));
    }
    case "binary":
      return compileBinary(node, strict);
    case "ternary":
    case "elvis":
      return compileChoice(node, strict);
  }
}

function compileName(node: NameNode, strict: boolean, guarded: boolean): Evaluate {
  const { name } = node;
  if (!strict || guarded) return ({ event }) => getOwn(event, name);
  return ({ event }) => {
    if (!Object.hasOwn(event, name)) fail(node, "undefined", `the event has no field ${name}`);
    return getOwn(event, name);
  };
}

/** A chain a.b[0].c: null anywhere makes it null. In strict mode its first name must be there and not be null. */
function compileAccess(node: MemberNode | IndexNode, strict: boolean, guarded: boolean): Evaluate {
  const object = compileObject(node.object, strict, guarded);
  if (node.kind === "member") {
    const key = /^(0|[1-9]\d*)$/.test(node.name) ? Number(node.name) : node.name;
    return (scope) => {
      const base = object(scope);
      return base === null ? null : access(node, base, key, strict);
    };
  }
  const index = compile(node.index, strict, guarded);
  return (scope) => {
    const base = object(scope);
    return base === null ? null : access(node, base, index(scope), strict);
  };
}

function compileObject(node: Expression, strict: boolean, guarded: boolean): Evaluate {
  if (node.kind === "member" || node.kind === "index") return compileAccess(node, strict, guarded);
  if (node.kind === "method") return compileMethod(node, strict, guarded);
  const base = compile(node, strict, guarded || node.kind === "name");
  if (!strict || guarded) return base;
  return (scope) => {
    const value = base(scope);
    if (value === null)
      fail(node, "undefined", node.kind === "name" ? `the event has no field ${node.name}` : "the value is null");
    return value;
  };
}

function access(node: MemberNode | IndexNode, base: Value, key: Value, strict: boolean): Value {
  if (Array.isArray(base)) {
    if (isNumber(key)) {
      const index = Math.trunc(toNumber(key));
      if (index >= 0 && index < base.length) return base[index] ?? null;
    }
  } else if (isObject(base)) {
    return typeof key === "string" ? getOwn(base, key) : null;
  }
  if (strict)
    fail(node, "undefined", `${aKind(base)} has no ${typeof key === "string" ? `field "${key}"` : "such item"}`);
  return null;
}

function compileBinary(node: BinaryNode, strict: boolean): Evaluate {
  const left = compile(node.left, strict, false);
  const right = compile(node.right, strict, false);
  if (node.operator === "&&")
    return guard(node, (scope) => toBoolean(left(scope), strict) && toBoolean(right(scope), strict));
  if (node.operator === "||")
    return guard(node, (scope) => toBoolean(left(scope), strict) || toBoolean(right(scope), strict));
  const operate = BINARY[node.operator];
  return guard(node, (scope) => operate(left(scope), right(scope), strict));
}

function compileChoice(node: TernaryNode | ElvisNode, strict: boolean): Evaluate {
  if (node.kind === "elvis") {
    const [left, right] = [compile(node.left, strict, true), compile(node.right, strict, true)];
    return (scope) => {
      const value = left(scope);
      return value !== null && toBoolean(value, strict) ? value : right(scope);
    };
  }
  const test = compile(node.test, strict, true);
  const [then, otherwise] = [compile(node.then, strict, true), compile(node.otherwise, strict, true)];
  return (scope) => {
    const value = test(scope);
    return value !== null && toBoolean(value, strict) ? then(scope) : otherwise(scope);
  };
}

function compileCall(node: CallNode, strict: boolean): Evaluate {
  const spec = findFunction(node.name);
  if (spec === undefined) return fail(node, "unknown-function", `There is no function ${node.name}`);
  if (spec.destinationsOnly)
    return fail(node, "destinations-only", `${node.name} works only in mappings of Destinations`);
  const arity = wrongArity(spec, node.args.length);
  if (arity !== undefined) return fail(node, "arity", arity);
  if (spec.path) return compilePathCheck(node, spec);
  const { evaluate } = spec;
  if (evaluate === undefined)
    return fail(node, "not-previewed", `${node.name} is a documented function, but its result is not computed offline`);
  const args = node.args.map((arg) => compile(arg, strict, false));
  return guard(node, (scope) =>
    bounded(
      node,
      evaluate(
        args.map((arg) => arg(scope)),
        scope.environment,
      ),
    ),
  );
}

/** contains_key("a.b[0].c") asks about the path itself: a field that is there and null counts. The path may stand without quotes. */
function compilePathCheck(node: CallNode, spec: FunctionSpec): Evaluate {
  const path = pathArgument(node);
  if (path?.kind === "name") return ({ event }) => Object.hasOwn(event, path.name);
  if (path?.kind !== "member" && path?.kind !== "index")
    return fail(node, "argument", `${spec.name} takes a path of the event, such as "a.b[0].c"`);
  const base = compile(path.object, false, true);
  const key: Evaluate = path.kind === "member" ? () => path.name : compile(path.index, false, false);
  return guard(node, (scope) => hasKey(base(scope), key(scope)));
}

/** The path that contains_key asks about. */
export function pathArgument(node: CallNode): Expression | undefined {
  const argument = node.args[0];
  const parsed = argument?.kind === "string" ? tryParseExpression(argument.value) : undefined;
  return parsed && "ast" in parsed ? parsed.ast : argument;
}

export function hasKey(object: Value, key: Value): boolean {
  if (Array.isArray(object)) return key !== null && /^\d+$/.test(javaString(key)) && Number(key) < object.length;
  return object !== null && isObject(object) && typeof key === "string" && Object.hasOwn(object, key);
}

function compileMethod(node: MethodNode, strict: boolean, guarded: boolean): Evaluate {
  if (!isKnownMethod(node.name)) return fail(node, "unknown-method", `There is no method .${node.name}() in Data Prep`);
  const { call, ofMissing, ofOthers, args: count } = METHODS[node.name]!;
  if (node.args.length !== count)
    return fail(
      node,
      "arity",
      `.${node.name}() takes ${count} argument${count === 1 ? "" : "s"}, not ${node.args.length}`,
    );
  const ofPath = node.object.kind === "member" || node.object.kind === "index";
  const object =
    ofMissing === undefined
      ? compileObject(node.object, strict, guarded)
      : compile(node.object, strict, ofPath || (guarded && node.object.kind === "method"));
  const missing = ofMissing === undefined ? () => null : compileMissing(node.object, ofMissing);
  const args = node.args.map((arg) => compile(arg, strict, false));
  return guard(node, (scope) => {
    const target = object(scope);
    if (target === null) return missing(scope);
    const values = args.map((arg) => arg(scope));
    const called = call(target, values);
    const result = called === undefined ? ofOthers : called;
    if (result !== undefined) return bounded(node, result);
    if (strict) fail(node, "type", `${aKind(target)} has no method ${node.name}(${values.map(kindOf).join(", ")})`);
    return null;
  });
}

/** JEXL's size() of null: 0, but null when the path breaks before its last step (unless its very first name is null). */
function compileMissing(node: Expression, ofMissing: Value): Evaluate {
  if (node.kind === "method") return () => null;
  let root: Expression = node;
  while (root.kind === "member" || root.kind === "index") root = root.object;
  if (root.kind !== "name" || (node.kind !== "member" && node.kind !== "index")) return () => ofMissing;
  const first = root.name;
  // Indexes in a row, a[1][2], are one step to JEXL.
  let before: Expression = node.object;
  if (node.kind === "index") while (before.kind === "index") before = before.object;
  const parent = compile(before, false, true);
  return (scope) => (getOwn(scope.event, first) === null || parent(scope) !== null ? ofMissing : null);
}

function bounded(node: Expression, value: Value): Value {
  if (typeof value === "string" && value.length > MAX_TEXT)
    fail(node, "limit", `the text grew beyond ${MAX_TEXT} characters`);
  return value;
}

/** Gives what an operator or function throws its place in the expression. */
function guard(node: Expression, evaluate: Evaluate): Evaluate {
  return (scope) => {
    try {
      return evaluate(scope);
    } catch (error) {
      if (problemOf(error) !== undefined) throw error;
      // Comparing or printing a value takes one call per level of its nesting.
      if (error instanceof RangeError) return fail(node, "limit", "the value nests too deep");
      if (error instanceof LimitError) return fail(node, "limit", error.message);
      if (error instanceof OperandError)
        return fail(node, node.kind === "call" ? "argument" : "arithmetic", error.message);
      throw error;
    }
  };
}

function fail(node: Expression, code: ProblemCode, message: string): never {
  throw problemError({ code, severity: "error", message, ...node.at }, "MAPPING_EVALUATION");
}
