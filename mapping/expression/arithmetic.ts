/**
 * Arithmetic of Commons JEXL 3.1, as measured against it. `strict` is the engine's arithmetic mode: null operands are
 * errors there and zero, false or empty in lenient mode. Every function throws OperandError when there is no result.
 */
import { ZonedDateTime } from "@js-joda/core";
import type { BinaryOperator } from "./ast.ts";
import { NotANumber, OperandError } from "./operand-error.ts";
import { fullMatch } from "./regex/index.ts";
import {
  aKind,
  double,
  integer,
  isDouble,
  isInteger,
  isLiteral,
  isNumber,
  isObject,
  javaString,
  kindOf,
  toNumber,
  type Value,
  WholeDouble,
} from "./values.ts";

const FLOAT_TEXT = /^[+-]?\d*(\.\d*)?([eE][+-]?\d+)?$/;
const INTEGER_TEXT = /^[+-]?\d+$/;
const DOUBLE_TEXT = /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/;
const MAX_DIGITS = 10_000;
const LONG_MAX = 9223372036854775807n;

export type Binary = (left: Value, right: Value, strict: boolean) => Value;

export const BINARY: Record<Exclude<BinaryOperator, "&&" | "||">, Binary> = {
  "+": add,
  "-": (left, right, strict) =>
    calculate(
      left,
      right,
      strict,
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  "*": (left, right, strict) =>
    calculate(
      left,
      right,
      strict,
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  "/": divide,
  "%": remainder,
  "==": equals,
  "!=": (left, right, strict) => !equals(left, right, strict),
  "<": (left, right, strict) => ordered(left, right, false, strict, "<", (order) => order < 0),
  "<=": (left, right, strict) => ordered(left, right, true, strict, "<=", (order) => order <= 0),
  ">": (left, right, strict) => ordered(left, right, false, strict, ">", (order) => order > 0),
  ">=": (left, right, strict) => ordered(left, right, true, strict, ">=", (order) => order >= 0),
  "=~": (left, right, strict) => contains(right, left, strict),
  "!~": (left, right, strict) => !contains(right, left, strict),
};

function add(left: Value, right: Value, strict: boolean): Value {
  if (left === null && right === null) return bothNull(strict);
  const leftText = typeof left === "string";
  const rightText = typeof right === "string";
  if (!(strict ? leftText || rightText : leftText && rightText)) {
    try {
      return calculate(
        left,
        right,
        strict,
        (a, b) => a + b,
        (a, b) => a + b,
      );
    } catch (error) {
      if (!(error instanceof NotANumber)) throw error;
    }
  }
  return toText(left, strict) + toText(right, strict);
}

function calculate(
  left: Value,
  right: Value,
  strict: boolean,
  ofDoubles: (a: number, b: number) => number,
  ofIntegers: (a: bigint, b: bigint) => bigint,
): Value {
  if (left === null && right === null) return bothNull(strict);
  if (typeof left === "number" && typeof right === "number" && Number.isInteger(left) && Number.isInteger(right)) {
    const quick = ofDoubles(left, right);
    if (Number.isSafeInteger(quick)) return quick + 0; // never -0: Java's integers have none
  }
  if (floats(left) || floats(right)) return double(ofDoubles(toDouble(left, strict), toDouble(right, strict)));
  return integer(ofIntegers(toBigInt(left, strict), toBigInt(right, strict)));
}

function divide(left: Value, right: Value, strict: boolean): Value {
  return overZero(
    left,
    right,
    strict,
    (a, b) => a / b,
    (a, b) => a / b,
  );
}

function remainder(left: Value, right: Value, strict: boolean): Value {
  return overZero(
    left,
    right,
    strict,
    (a, b) => a % b,
    (a, b) => {
      if (b < 0n) throw new OperandError("the remainder by a negative number is not defined");
      return ((a % b) + b) % b;
    },
  );
}

/** Division: without a result it is an error in strict mode, 0.0 in lenient mode. */
function overZero(
  left: Value,
  right: Value,
  strict: boolean,
  ofDoubles: (a: number, b: number) => number,
  ofIntegers: (a: bigint, b: bigint) => bigint,
): Value {
  if (left === null && right === null) return bothNull(strict);
  try {
    if (floats(left) || floats(right)) {
      const [a, b] = [toDouble(left, strict), toDouble(right, strict)];
      if (b === 0) throw new OperandError("division by zero");
      return double(ofDoubles(a, b));
    }
    const [a, b] = [toBigInt(left, strict), toBigInt(right, strict)];
    if (b === 0n) throw new OperandError("division by zero");
    return integer(ofIntegers(a, b));
  } catch (error) {
    if (strict || error instanceof NotANumber || !(error instanceof OperandError)) throw error;
    return new WholeDouble(0);
  }
}

function bothNull(strict: boolean): Value {
  if (strict) throw new OperandError("both sides are null");
  return 0;
}

export function negate(value: Value): Value {
  if (typeof value === "boolean") return !value;
  // -(Integer.MIN_VALUE) and -(Long.MIN_VALUE) overflow to themselves in Java.
  if (value === -2147483648 || value === -LONG_MAX - 1n) return value;
  if (isInteger(value)) return value === 0 ? 0 : typeof value === "bigint" ? integer(-value) : -value;
  if (isDouble(value)) return double(-toNumber(value));
  throw new OperandError(`${aKind(value)} cannot be negated`);
}

export function complement(value: Value, strict: boolean): Value {
  return integer(BigInt.asIntN(64, ~BigInt(toLong(value, strict))));
}

export function toBoolean(value: Value, strict: boolean): boolean {
  if (value === null) {
    if (strict) throw new OperandError("null is neither true nor false");
    return false;
  }
  if (typeof value === "boolean") return value;
  if (isNumber(value)) {
    const number = toNumber(value);
    return !Number.isNaN(number) && number !== 0;
  }
  return typeof value === "string" ? value !== "" && value !== "false" : true;
}

function equals(left: Value, right: Value, strict: boolean): boolean {
  if (left === right && !Number.isNaN(left)) return true;
  if (left === null || right === null) return false;
  if (typeof left === "boolean" || typeof right === "boolean")
    return toBoolean(left, strict) === toBoolean(right, strict);
  return compare(left, right, "==", strict) === 0;
}

function ordered(
  left: Value,
  right: Value,
  ifSame: boolean,
  strict: boolean,
  operator: string,
  test: (order: number) => boolean,
): boolean {
  if (left === right) return ifSame;
  if (left === null || right === null) return false;
  return test(compare(left, right, operator, strict));
}

function compare(left: Value, right: Value, operator: string, strict: boolean): number {
  if (beyondLong(left) || beyondLong(right)) return order(toBigInt(left, strict), toBigInt(right, strict));
  if (isDouble(left) || isDouble(right)) return compareDoubles(toDouble(left, strict), toDouble(right, strict));
  if (isInteger(left) || isInteger(right)) return order(toLong(left, strict), toLong(right, strict));
  if (typeof left === "string" || typeof right === "string") return order(textOf(left), textOf(right));
  if (operator === "==") return sameValue(left, right) ? 0 : -1;
  if (typeof left === "boolean" && typeof right === "boolean") return order(Number(left), Number(right));
  if (left instanceof ZonedDateTime && right instanceof ZonedDateTime) return left.compareTo(right);
  throw new OperandError(`${aKind(left)} and ${aKind(right)} have no order`);
}

function compareDoubles(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : order(a, b);
}

function order<T extends number | bigint | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Java's equals: kinds must agree (2 is not 2.0), lists and objects by content. */
export function sameValue(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (isDouble(left) && isDouble(right)) return Object.is(toNumber(left), toNumber(right));
  if (Array.isArray(left) && Array.isArray(right)) {
    if (isLiteral(left) || isLiteral(right)) return false;
    return left.length === right.length && left.every((item, index) => sameValue(item, right[index]!));
  }
  if (isObject(left ?? 0) && isObject(right ?? 0)) {
    const [a, b] = [Object.entries(left as object), right as Record<string, Value>];
    return (
      a.length === Object.keys(b).length && a.every(([key, item]) => Object.hasOwn(b, key) && sameValue(item, b[key]!))
    );
  }
  return kindOf(left) === "date" && kindOf(right) === "date" && javaString(left) === javaString(right);
}

function contains(container: Value, value: Value, strict: boolean): boolean {
  if (container === null || value === null) return container === value;
  if (typeof container === "string") return fullMatch(container, textOf(value));
  if (Array.isArray(container)) {
    if (Array.isArray(value) && !isLiteral(value) && !isLiteral(container))
      return value.every((item) => container.some((other) => sameValue(item, other)));
    return container.some((item) => sameValue(item, value));
  }
  if (isObject(container)) {
    if (isObject(value)) return Object.keys(value).every((key) => Object.hasOwn(container, key));
    return typeof value === "string" && Object.hasOwn(container, value);
  }
  return equals(container, value, strict);
}

function floats(value: Value): boolean {
  if (isDouble(value)) return true;
  const match = typeof value === "string" ? FLOAT_TEXT.exec(value) : null;
  return match !== null && (match[1] !== undefined || match[2] !== undefined);
}

function beyondLong(value: Value): boolean {
  return typeof value === "bigint" && (value > LONG_MAX || value < -LONG_MAX - 1n);
}

function toDouble(value: Value, strict: boolean): number {
  if (value === null) return nullOperand(strict);
  if (isNumber(value)) return toNumber(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string") return value === "" ? Number.NaN : parseJavaDouble(value);
  throw new OperandError(`${aKind(value)} is not a number`);
}

/** Double.parseDouble: blanks around are fine, a suffix f or d too. */
export function parseJavaDouble(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Java's trim drops every control character
  const trimmed = text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, "");
  if (!DOUBLE_TEXT.test(trimmed)) throw new NotANumber(`${JSON.stringify(text.slice(0, 40))} is not a number`);
  return Number(trimmed.replace(/[fFdD]$/, ""));
}

function toBigInt(value: Value, strict: boolean): bigint {
  if (value === null) return BigInt(nullOperand(strict));
  if (typeof value === "bigint") return value;
  if (isInteger(value)) return BigInt(value);
  if (isDouble(value)) return longOf(toNumber(value));
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "string") return value === "" ? 0n : parseInteger(value);
  throw new OperandError(`${aKind(value)} is not a number`);
}

function toLong(value: Value, strict: boolean): bigint {
  const big = toBigInt(value, strict);
  if (typeof value === "string" && BigInt.asIntN(64, big) !== big)
    throw new NotANumber(`${value.slice(0, 40)} does not fit a long`);
  return BigInt.asIntN(64, big);
}

function longOf(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (Math.abs(value) >= 2 ** 63) return value > 0 ? LONG_MAX : -LONG_MAX - 1n;
  return BigInt(Math.trunc(value));
}

/** BigInteger's and Long's text: an optional sign and digits, nothing else. */
export function parseInteger(text: string): bigint {
  if (!INTEGER_TEXT.test(text) || text.length > MAX_DIGITS)
    throw new NotANumber(`${JSON.stringify(text.slice(0, 40))} is not an integer`);
  return BigInt(text.replace(/^\+/, ""));
}

function toText(value: Value, strict: boolean): string {
  if (value === null) {
    if (strict) throw new OperandError("null cannot be joined to a text");
    return "";
  }
  return Number.isNaN(value) ? "" : textOf(value);
}

/** A list written in the expression is a Java array, whose text is an address such as [I@1f32e575: no use, and another on every run. */
function textOf(value: Value): string {
  if (hasLiteral(value)) throw new OperandError("a list written as [..] has no text of its own; use join");
  return javaString(value);
}

function hasLiteral(value: Value): boolean {
  if (value === null || typeof value !== "object") return false;
  return (
    isLiteral(value) ||
    (Array.isArray(value) ? value.some(hasLiteral) : isObject(value) && Object.values(value).some(hasLiteral))
  );
}

function nullOperand(strict: boolean): 0 {
  if (strict) throw new OperandError("null is not a number");
  return 0;
}
