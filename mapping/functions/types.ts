import { OperandError } from "../expression/operand-error.ts";
import {
  aKind,
  isDouble,
  isInteger,
  isNumber,
  javaString,
  kindOf,
  toNumber,
  type Value,
} from "../expression/values.ts";

/** Where functions get what is not in the event: the clock and new ids. Fixed ones make a preview repeatable. */
export interface Environment {
  /** The current time in epoch milliseconds. */
  now(): number;
  /** A new UUID, 36 characters. */
  uuid(): string;
}

/** A: nearly every mapping needs it. B: computed too. C: recognised and its arguments counted, result not computed offline. */
export type Tier = "A" | "B" | "C";

export type Category =
  | "String"
  | "Regular expression"
  | "Hashing"
  | "URL"
  | "Date and time"
  | "Objects"
  | "Maps"
  | "Arrays"
  | "Logic"
  | "Aggregation"
  | "Type conversion"
  | "JSON"
  | "Special"
  | "User agent"
  | "Analytics";

export interface Parameter {
  name: string;
  type: string;
  optional?: true;
}

/** One documented function: what the parser checks, the evaluator runs, the reference page prints and an editor completes. */
export interface FunctionSpec {
  name: string;
  /** Other names of the same function. */
  aliases?: readonly string[];
  category: Category;
  tier: Tier;
  params: readonly Parameter[];
  /** How many of the last parameters repeat together: 1 for concat(s, ...), 2 for to_object(key, value, ...). */
  repeat?: number;
  returns: string;
  doc: string;
  /** An expression and what it gives; a test runs each. `result` is JSON; absent for tier C. */
  example: string;
  result?: unknown;
  /** The argument is a path of the event, not its value. */
  path?: true;
  destinationsOnly?: true;
  /** Why the name should not be used, with what to use. */
  deprecated?: string;
  evaluate?: (args: Value[], environment: Environment) => Value;
  /** The same for ordinary arguments, faster; undefined: ask `evaluate`. */
  quick?: (...args: Value[]) => Value | undefined;
}

/** `param("s")`, `param("n?", "integer")`; a question mark makes it optional. */
export function param(name: string, type = "string"): Parameter {
  return name.endsWith("?") ? { name: name.slice(0, -1), type, optional: true } : { name, type };
}

/** How many arguments a function takes. `step` above 1: only every step-th count from `min` on. */
export function arityOf(spec: FunctionSpec): { min: number; max: number; step: number } {
  const min = spec.params.filter((one) => !one.optional).length;
  return { min, max: spec.repeat ? Number.POSITIVE_INFINITY : spec.params.length, step: spec.repeat ?? 1 };
}

/** A sentence when a function cannot take that many arguments. */
export function wrongArity(spec: FunctionSpec, count: number): string | undefined {
  const { min, max, step } = arityOf(spec);
  if (count >= min && count <= max && (count - min) % step === 0) return undefined;
  const steps = step > 1 ? `, in steps of ${step}` : "";
  const wanted =
    max === min ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more${steps}` : `${min} to ${max}`;
  return `${spec.name} takes ${wanted} argument${wanted === "1" ? "" : "s"}, not ${count}`;
}

/** The signature as the reference prints it: to_object(key, value, ...). */
export function signatureOf(spec: FunctionSpec): string {
  const names = spec.params.map((one) => (one.optional ? `[${one.name}]` : one.name));
  return `${spec.name}(${[...names, ...(spec.repeat ? ["..."] : [])].join(", ")})`;
}

/** An argument as text: scalars and dates convert, lists and objects do not. Null stays null. */
export function text(value: Value | undefined, what: string): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || isNumber(value) || kindOf(value) === "date") return javaString(value);
  throw new OperandError(`${what} must be a text, not ${aKind(value)}`);
}

/** As `text`, but null is an error. */
export function needText(value: Value | undefined, what: string): string {
  const found = text(value, what);
  if (found === null) throw new OperandError(`${what} must be a text, not null`);
  return found;
}

/** An argument as a whole number; a text of digits converts. */
export function needInteger(value: Value | undefined, what: string): number {
  if (value !== undefined && (isInteger(value) || isDouble(value)) && Number.isFinite(toNumber(value as number))) {
    return Math.trunc(toNumber(value as number));
  }
  if (typeof value === "string" && /^[+-]?\d{1,15}$/.test(value)) return Number(value);
  throw new OperandError(`${what} must be a whole number, not ${value === undefined ? "absent" : aKind(value)}`);
}

/** An argument as a list; null is an error. */
export function needList(value: Value | undefined, what: string): Value[] {
  if (Array.isArray(value)) return value;
  throw new OperandError(`${what} must be a list, not ${value === undefined ? "absent" : aKind(value)}`);
}
