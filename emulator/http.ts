/** What every service's routes share: reading bodies, query parameters, filters, sorting. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { badRequest, type Problem } from "./problem.ts";
import type { Entity, Env } from "./store.ts";

/** A request header by its lower-case name, as Node has parsed it already. */
export function headerOf(c: Context<Env>, name: string): string | undefined {
  const value = (c.env as HttpBindings).incoming.headers[name];
  return typeof value === "string" ? value : value?.join(", ");
}

export interface ReadOptions {
  /** Media types taken besides application/json. */
  types?: string[];
  /** The refusal for an empty body; without one it is the gateway's 400. */
  empty?: () => Problem;
  /** The service's own refusal of a media type or a body; without one the gateway's 400. */
  refuse?: (what: "type" | "body", detail: string) => Problem;
}

const byGateway: NonNullable<ReadOptions["refuse"]> = (_what, detail) => badRequest(detail);

/**
 * The request's JSON body. Throws the gateway's documented 400 on a missing or unusable Content-Type, and (assumed,
 * same shape) on malformed JSON. Notes the body for the call log.
 */
export async function readJson(c: Context<Env>, options: ReadOptions = {}): Promise<unknown> {
  const { refuse = byGateway } = options;
  const text = await c.req.text();
  if (text.trim() === "" && options.empty) throw options.empty();
  const type = (headerOf(c, "content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && !options.types?.includes(type))
    throw refuse("type", "A valid content-type must be specified");
  if (text.trim() === "") throw refuse("body", "The request body is empty");
  if (nestsDeeper(text, MAX_DEPTH)) throw refuse("body", `The request body nests deeper than ${MAX_DEPTH} levels`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw refuse("body", "The request body is not valid JSON");
  }
  noteBody(c, text);
  return body;
}

/** Hands the request's JSON text to the call log. */
export function noteBody(c: Context<Env>, text: string): void {
  const call = c.get("call");
  if (call) call.requestText = text;
}

/** Deeper bodies are refused before anything walks them: a limit of ours, far beyond any real XDM. */
const MAX_DEPTH = 200;

/** Whether the brackets of a JSON text, those in strings aside, ever stand deeper than the limit. */
export function nestsDeeper(text: string, limit: number): boolean {
  // Every level has two brackets.
  if (text.length <= 2 * limit) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (quoted) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x5b || char === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (char === 0x5d || char === 0x7d) depth -= 1;
  }
  return false;
}

/** As readJson, for bodies that must be a JSON object. */
export async function readObject(c: Context<Env>, options: ReadOptions = {}): Promise<Entity> {
  const body = await readJson(c, options);
  const { refuse = byGateway } = options;
  if (!isObject(body)) throw refuse("body", "The request body must be a JSON object");
  return body;
}

export function isObject(value: unknown): value is Entity {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A whole number in [min, max] from a query parameter; undefined when it is none. */
export function integer(text: string, min: number, max: number): number | undefined {
  if (!/^-?\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= min && value <= max ? value : undefined;
}

export type Operator = "==" | "!=" | "<=" | ">=" | "<" | ">" | "~" | "exists";
export interface Filter {
  path: string;
  operator: Operator;
  /** Comma-separated alternatives, quotes taken off. */
  values: string[];
}

/** `name==a,b`, `created>5`, `name~^cap`, or a bare `name` (exists). */
export function parseFilter(text: string): Filter {
  const match = /^(.*?)(==|!=|<=|>=|<|>|~)(.*)$/s.exec(text);
  if (!match) return { path: text.trim(), operator: "exists", values: [] };
  const [, path = "", operator = "", rest = ""] = match;
  const values = operator === "~" ? [rest] : rest.split(",");
  return { path: path.trim(), operator: operator as Operator, values: values.map((value) => unquote(value.trim())) };
}

/** Whether one of the values at the filter's path passes it; `!=` passes when none is equal. */
export function matchesFilter(entity: Entity, filter: Filter): boolean {
  return filterTest(filter)(entity);
}

/** The filter as a test for many entities. */
export function filterTest({ path, operator, values }: Filter): (entity: Entity) => boolean {
  const keys = path.split(".").map((segment) => segment.replace(/\[\]$/, ""));
  const equal = (value: unknown) => values.includes(String(value));
  if (operator === "exists") return (entity) => valuesBelow(entity, keys).length > 0;
  if (operator === "!=") return (entity) => !valuesBelow(entity, keys).some(equal);
  if (operator === "==") return (entity) => valuesBelow(entity, keys).some(equal);
  return (entity) =>
    valuesBelow(entity, keys).some((value) => values.some((wanted) => compares(value, operator, wanted)));
}

/** Values at a dotted path; arrays are looked into, with or without `[]`. */
export function valuesAt(entity: unknown, path: string): unknown[] {
  return valuesBelow(
    entity,
    path.split(".").map((segment) => segment.replace(/\[\]$/, "")),
  );
}

function valuesBelow(value: unknown, keys: readonly string[], at = 0): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesBelow(item, keys, at));
  if (at === keys.length) return value === undefined || value === null ? [] : [value];
  const key = keys[at] as string;
  return isObject(value) && Object.hasOwn(value, key) ? valuesBelow(value[key], keys, at + 1) : [];
}

/** Sort order on the first value at a dotted path: numbers by size, everything else by its text; absent values first. */
export function compareAt(path: string, descending = false): (a: Entity, b: Entity) => number {
  const sign = descending ? -1 : 1;
  // A sort asks for the same key again and again.
  const keys = new Map<Entity, unknown>();
  const keyOf = (entity: Entity) => {
    if (!keys.has(entity)) keys.set(entity, valuesAt(entity, path)[0]);
    return keys.get(entity);
  };
  return (a, b) => sign * compareValues(keyOf(a), keyOf(b));
}

export function compareValues(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [a, b] = [String(left), String(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function compares(value: unknown, operator: Operator, wanted: string): boolean {
  if (operator === "==") return String(value) === wanted;
  if (operator === "~") return safeTest(wanted, String(value));
  const number = Number(wanted);
  const order =
    typeof value === "number" && !Number.isNaN(number) ? value - number : compareValues(String(value), wanted);
  if (operator === "<") return order < 0;
  if (operator === ">") return order > 0;
  return operator === "<=" ? order <= 0 : order >= 0;
}

/** A pattern that is no regular expression, or is too long to be an honest one, matches nothing. */
function safeTest(pattern: string, text: string): boolean {
  if (pattern.length > 200) return false;
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
