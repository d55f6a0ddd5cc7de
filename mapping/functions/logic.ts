import { BINARY, parseInteger, parseJavaDouble, toBoolean } from "../expression/arithmetic.ts";
import { OperandError } from "../expression/operand-error.ts";
import {
  aKind,
  double,
  integer,
  isDouble,
  isInteger,
  isNumber,
  javaString,
  parseJson,
  toNumber,
  type Value,
} from "../expression/values.ts";
import { type FunctionSpec, needText, param, text } from "./types.ts";

/** decode(key, k1, v1, ..., [default]); keys compare by kind and value, a whole and a decimal 2 as equal. */
function decode([key, ...options]: Value[]): Value {
  for (let index = 0; index + 1 < options.length; index += 2) {
    const option = options[index]!;
    if (isNumber(key!) && isNumber(option) ? toNumber(key) === toNumber(option) : key === option)
      return options[index + 1]!;
  }
  return options.length % 2 === 1 ? options.at(-1)! : null;
}

/** Nulls do not take part. One list stands for its items. */
function extreme(args: Value[], operator: "<" | ">"): Value {
  const items = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  let best: Value = null;
  for (const item of items) {
    if (item === null) continue;
    if (best === null || BINARY[operator](item, best, false) === true) best = item;
  }
  return best;
}

function number(args: Value[], read: (text: string) => Value): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  return read(value.trim());
}

function toInteger(value: string): Value {
  const parsed = parseInteger(value);
  if (BigInt.asIntN(32, parsed) !== parsed) throw new OperandError(`${value} does not fit an integer (32 bits)`);
  return integer(parsed);
}

/** A float's shortest decimal text: what Java prints for it, and what JSON shows then. */
function toFloat(value: string): Value {
  const float = Math.fround(parseJavaDouble(value));
  if (!Number.isFinite(float)) return float;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return double(short);
  }
  return double(float);
}

function toBigint(value: string): Value {
  return /^[+-]?\d+$/.test(value) ? integer(parseInteger(value)) : double(parseJavaDouble(value));
}

function fromJson(args: Value[]): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  try {
    return parseJson(value);
  } catch {
    throw new OperandError("the text is not JSON");
  }
}

export const LOGIC_FUNCTIONS: readonly FunctionSpec[] = [
  {
    name: "decode",
    category: "Logic",
    tier: "A",
    params: [param("key", "any"), param("option", "any"), param("value", "any")],
    repeat: 1,
    returns: "any",
    doc: "The value of the option that equals the key; a last single argument is the default.",
    example: 'decode("pa", "ca", "California", "pa", "Pennsylvania", "N/A")',
    result: "Pennsylvania",
    evaluate: decode,
  },
  {
    name: "iif",
    category: "Logic",
    tier: "A",
    params: [param("condition", "boolean"), param("then", "any"), param("otherwise", "any")],
    returns: "any",
    doc: "One of two values by a condition; both are computed first.",
    example: 'iif("s".equalsIgnoreCase("S"), "True", "False")',
    result: "True",
    evaluate: ([condition, then, otherwise]) => (toBoolean(condition!, false) ? then! : otherwise!),
    quick: (condition, then, otherwise) => (toBoolean(condition!, false) ? then : otherwise),
  },
  {
    name: "min",
    category: "Aggregation",
    tier: "A",
    params: [param("value", "any")],
    repeat: 1,
    returns: "any",
    doc: "The smallest argument in natural order; nulls are left out.",
    example: "min(3, 1, 4)",
    result: 1,
    evaluate: (args) => extreme(args, "<"),
  },
  {
    name: "max",
    category: "Aggregation",
    tier: "A",
    params: [param("value", "any")],
    repeat: 1,
    returns: "any",
    doc: "The largest argument in natural order; nulls are left out.",
    example: "max(3, 1, 4)",
    result: 4,
    evaluate: (args) => extreme(args, ">"),
  },
  {
    name: "to_bigint",
    category: "Type conversion",
    tier: "A",
    params: [param("text")],
    returns: "number",
    doc: "A text as a number of any size; the documented sample keeps a fraction.",
    example: 'to_bigint("1000000.34")',
    result: 1000000.34,
    evaluate: (args) => number(args, toBigint),
  },
  {
    name: "to_decimal",
    category: "Type conversion",
    tier: "A",
    params: [param("text")],
    returns: "number",
    doc: "A text as a double.",
    example: 'to_decimal("20.5")',
    result: 20.5,
    evaluate: (args) => number(args, (value) => double(parseJavaDouble(value))),
  },
  {
    name: "to_float",
    category: "Type conversion",
    tier: "A",
    params: [param("text")],
    returns: "number",
    doc: "A text as a float (about seven digits).",
    example: 'to_float("12.3456")',
    result: 12.3456,
    evaluate: (args) => number(args, toFloat),
  },
  {
    name: "to_integer",
    category: "Type conversion",
    tier: "A",
    params: [param("text")],
    returns: "integer",
    doc: "A text as a whole number of 32 bits.",
    example: 'to_integer("12")',
    result: 12,
    evaluate: toIntegerOf,
  },
  {
    name: "json_to_object",
    category: "JSON",
    tier: "B",
    params: [param("json")],
    returns: "any",
    doc: "Reads a JSON text.",
    example: `json_to_object('{"info":{"firstName":"John"}}')`,
    result: { info: { firstName: "John" } },
    evaluate: fromJson,
  },
  {
    name: "uuid",
    aliases: ["guid"],
    category: "Special",
    tier: "B",
    params: [],
    returns: "string",
    doc: "A new random id. Never for _id: a replayed event would get another one.",
    example: "size_of(uuid())",
    result: 36,
    evaluate: (_args, environment) => environment.uuid(),
  },
];

/** A number stays one (its fraction is cut), a text must be whole. */
function toIntegerOf(args: Value[]): Value {
  const value = args[0]!;
  if (value !== null && isInteger(value)) return toInteger(String(value));
  if (value !== null && isDouble(value) && Number.isFinite(toNumber(value)))
    return toInteger(String(Math.trunc(toNumber(value))));
  if (value !== null && typeof value !== "string")
    throw new OperandError(`${aKind(value)} is not a number: ${javaString(value).slice(0, 40)}`);
  return number(args, (found) => toInteger(needText(found, "the input")));
}
