import { DateTimeFormatter, ZonedDateTime } from "@js-joda/core";
import { mayHoldJavaNumbers } from "./java-numbers.ts";
import { LimitError } from "./operand-error.ts";

/**
 * The values an expression computes with. JSON's own kinds, and three that JSON has not:
 * a Java double that happens to be whole (`2.0`, where plain numbers that are whole are Java integers), a bigint for
 * integers beyond 2^53, and a date with a zone. `toPlain` turns the result back into JSON.
 */
export type Value = null | boolean | string | number | bigint | WholeDouble | ZonedDateTime | Value[] | ValueObject;
export interface ValueObject {
  [key: string]: Value;
}

/** A double without a fraction. Java keeps 2.0 and 2 apart (1.0/2 is 0.5, 1/2 is 0); a JavaScript number cannot. */
export class WholeDouble {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  /** As JSON it is the number. */
  toJSON(): number {
    return this.value;
  }
}

const literals = new WeakSet<Value[]>();

/** Marks a list as written in the expression, [1, 2]: a Java array, equal to nothing but itself, where the event's lists compare by content. */
export function asLiteral(list: Value[]): Value[] {
  literals.add(list);
  return list;
}

export function isLiteral(value: Value): boolean {
  return Array.isArray(value) && literals.has(value);
}

/** A Java double from a JavaScript number. */
export function double(value: number): number | WholeDouble {
  return Number.isInteger(value) ? new WholeDouble(value) : value;
}

/** A Java integer of any size: a number while it is exact, a bigint beyond. */
export function integer(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

export function isInteger(value: Value): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

export function isDouble(value: Value): value is number | WholeDouble {
  return value instanceof WholeDouble || (typeof value === "number" && !Number.isInteger(value));
}

export function isNumber(value: Value): value is number | bigint | WholeDouble {
  return typeof value === "number" || typeof value === "bigint" || value instanceof WholeDouble;
}

/** The number as a JavaScript one; integers beyond 2^53 are rounded. */
export function toNumber(value: number | bigint | WholeDouble): number {
  return value instanceof WholeDouble ? value.value : Number(value);
}

export function isObject(value: Value): value is ValueObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets an own property whatever its name, `__proto__` included. */
export function setOwn(object: ValueObject, key: string, value: Value): void {
  if (key === "__proto__")
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

/** A value's own property, or null; inherited ones (constructor, toString) do not count. */
export function getOwn(object: ValueObject, key: string): Value {
  const value = object[key];
  // Most lookups find nothing or data; only what could be inherited needs the slow question.
  if (value === undefined || value === null) return null;
  return key in Object.prototype && !Object.hasOwn(object, key) ? null : value;
}

/** The kind's name for messages. */
export function kindOf(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (value instanceof ZonedDateTime) return "date";
  if (isNumber(value)) return isInteger(value) ? "integer" : "decimal";
  return typeof value;
}

/** The value as Java's toString prints it: 1.0E10, [1, 2], {a=1}. Lists and objects keep their order. */
export function javaString(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return value;
  if (isDouble(value)) return doubleString(toNumber(value));
  if (Array.isArray(value)) return `[${value.map(javaString).join(", ")}]`;
  if (value instanceof ZonedDateTime) return isoDate(value);
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => `${key}=${javaString(item)}`);
    return `{${entries.join(", ")}}`;
  }
  return Object.is(value, -0) ? "0" : String(value);
}

function doubleString(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** A date in ISO 8601, as Data Prep writes it: 2019-10-23T11:24:00Z, with the fraction only when there is one. */
export function isoDate(date: ZonedDateTime): string {
  const year = date.year();
  if (year < 0 || year > 9999 || date.nano() !== 0) return date.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
  const two = (value: number) => (value < 10 ? `0${value}` : String(value));
  const day = `${String(year).padStart(4, "0")}-${two(date.monthValue())}-${two(date.dayOfMonth())}`;
  return `${day}T${two(date.hour())}:${two(date.minute())}:${two(date.second())}${date.offset().id()}`;
}

/** Deeper values than this are refused: what follows (copying, validating, printing) goes one call deeper per level. */
const MAX_NESTING = 1000;

/**
 * The value as JSON: dates as ISO 8601 text, every number a JavaScript one (NaN and infinities become null).
 *
 * @throws LimitError when it nests deeper than 1000 levels
 */
export function toPlain(value: Value, depth = 0): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? Number(value) : value;
  if (value instanceof WholeDouble) return value.value;
  if (value instanceof ZonedDateTime) return isoDate(value);
  if (depth > MAX_NESTING) throw new LimitError(`the value nests deeper than ${MAX_NESTING} levels`);
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1));
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value))
    setOwn(plain as ValueObject, key, toPlain(value[key] ?? null, depth + 1) as Value);
  return plain;
}

/**
 * JSON text as values that keep Java's kinds of numbers: `90` an integer, `90.0` and `9e1` doubles, integers beyond 2^53 exact.
 * (JSON.parse alone cannot tell 90.0 from 90, and a whole double divides like an integer then.)
 *
 * @throws SyntaxError as JSON.parse does
 */
export function parseJson(text: string): Value {
  // Looking at every number takes several times as long as parsing.
  if (!mayHoldJavaNumbers(text)) return JSON.parse(text) as Value;
  return JSON.parse(text, function revive(this: unknown, _key, value: unknown, context?: { source?: string }) {
    if (typeof value !== "number" || context?.source === undefined || !Number.isInteger(value)) return value;
    if (/[.eE]/.test(context.source)) return new WholeDouble(value);
    return Number.isSafeInteger(value) ? value : BigInt(context.source);
  }) as Value;
}
