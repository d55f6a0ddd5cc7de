import { DateTimeFormatter, ZonedDateTime } from "@js-joda/core";
import { mayHoldJavaNumbers, WholeDouble } from "./java-numbers.ts";
import { LimitError } from "./operand-error.ts";

export { double, integer, WholeDouble } from "./java-numbers.ts";

/**
 * The values an expression computes with. JSON's own kinds, and three that JSON has not:
 * a Java double that happens to be whole (`2.0`, where plain numbers that are whole are Java integers), a bigint for
 * integers beyond 2^53, and a date with a zone. `toPlain` turns the result back into JSON.
 */
export type Value = null | boolean | string | number | bigint | WholeDouble | ZonedDateTime | Value[] | ValueObject;
export interface ValueObject {
  [key: string]: Value;
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

/** The kind with its article: an integer, a list; null has none. */
export function aKind(value: Value): string {
  const kind = kindOf(value);
  return kind === "null" ? kind : `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind}`;
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
export function toPlain(value: Value, depth = 0, numberOf: typeof plainNumber = plainNumber): unknown {
  if (isNumber(value)) return numberOf(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof ZonedDateTime) return isoDate(value);
  if (depth > MAX_NESTING) throw new LimitError(`the value nests deeper than ${MAX_NESTING} levels`);
  if (Array.isArray(value)) return value.map((item) => toPlain(item, depth + 1, numberOf));
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value))
    setOwn(plain as ValueObject, key, toPlain(value[key] ?? null, depth + 1, numberOf) as Value);
  return plain;
}

function plainNumber(value: number | bigint | WholeDouble): unknown {
  const number = toNumber(value);
  return Number.isFinite(number) ? number : null;
}

/**
 * The same for JSON.stringify to print with Java's kinds of numbers: 2.0 as `2.0`, integers beyond 2^53 with every digit.
 *
 * @throws LimitError when it nests deeper than 1000 levels
 */
export function toExact(value: Value): unknown {
  // Every Node.js this runs on has it; the compiler's library does not yet.
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return toPlain(value, 0, (number) =>
    typeof number === "number" ? plainNumber(number) : rawJSON(javaString(number)),
  );
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
