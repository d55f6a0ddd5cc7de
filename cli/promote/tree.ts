/** Two trees of plain data compared by the names of things: lists of named items by name, lists of words as sets. Pure. */
import { isPlain, type Plain, same } from "../../resources/values.ts";

export interface TreeChange {
  /** What promoting does to the target. */
  kind: "add" | "update" | "delete";
  /** A whole named thing, such as a flow, or what only the target has and its credentials stand in. */
  item: boolean;
  /** Keys, and names of items of lists. */
  path: string[];
  from: unknown;
  to: unknown;
}

export interface Comparing {
  /** Whether a value stays the target's own; `present`: the target has one. */
  own(path: readonly string[], present: boolean): boolean;
  /** Whether a value is a credential, which is not taken out by the way with what holds it. */
  credential(path: readonly string[]): boolean;
  /** The value as both sides would write it. */
  common(value: unknown, side: "from" | "to", path: readonly string[]): unknown;
}

/** What would have to change in `to` for it to say the same as `from`. */
export function compareTrees(from: unknown, to: unknown, by: Comparing, path: string[] = []): TreeChange[] {
  const [left, right] = [byName(from, "from", by, path), byName(to, "to", by, path)];
  if (!left || !right) {
    const [a, b] = [by.common(from, "from", path), by.common(to, "to", path)];
    return equal(a, b) ? [] : [{ kind: "update", item: false, path, from: a, to: b }];
  }
  const items = Array.isArray(from) || path.length === 0;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key): TreeChange[] => {
    const inner = [...path, key];
    const [a, b] = [left[key], right[key]];
    if (by.own(inner, b !== undefined || a === undefined)) return [];
    if (a !== undefined && b !== undefined) return compareTrees(a, b, by, inner);
    const [there, here] = [
      a === undefined ? a : by.common(a, "from", inner),
      b === undefined ? b : by.common(b, "to", inner),
    ];
    const item = items || (a === undefined && holdsCredential(b, by, inner));
    return [{ kind: a === undefined ? "delete" : "add", item, path: inner, from: there, to: here }];
  });
}

const holdsCredential = (value: unknown, by: Comparing, path: string[]): boolean =>
  by.credential(path) ||
  (isPlain(value) && Object.entries(value).some(([key, inner]) => holdsCredential(inner, by, [...path, key])));

/** A map as it is, a list of named items by name; undefined for what is compared as a whole. */
function byName(value: unknown, side: "from" | "to", by: Comparing, path: string[]): Plain | undefined {
  if (isPlain(value)) return value;
  if (
    !Array.isArray(value) ||
    value.length === 0 ||
    !value.every((item) => isPlain(item) && typeof item["name"] === "string")
  )
    return undefined;
  const named: Plain = {};
  for (const item of value as Plain[]) {
    const common = String(by.common(item["name"], side, [...path, "name"]));
    named[Object.hasOwn(named, common) ? String(item["name"]) : common] = item;
  }
  return named;
}

/** The order of a list of words says nothing. */
function equal(a: unknown, b: unknown): boolean {
  const words = (value: unknown) =>
    Array.isArray(value) && value.every((item) => typeof item === "string") ? [...value].sort() : value;
  return same(words(a), words(b));
}

/** `pipelines.capillary-rest.flows.profile`, with quotes where a name holds a dot. */
export function pathText(path: readonly string[]): string {
  return path.map((step) => (/^[\w:{}-]+$/.test(step) ? step : JSON.stringify(step))).join(".");
}
