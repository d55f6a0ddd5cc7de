import { isObject, type Value, type ValueObject } from "./values.ts";

/**
 * Functions for one fixed path, made from source text. A closure that walks any path meets objects of every shape at one
 * place in the code, which the JavaScript engine cannot make fast; code of its own for each path is about ten times as fast.
 * Names go into the text only as JSON strings. Where a runtime forbids making code, the callers' closures do the same.
 */

/** A name, or a list's index. */
export type Key = string | number;

/** Names that objects inherit, `__proto__` among them, and names of numbers need care that the fast way does not take. */
function isOrdinary(key: Key): boolean {
  return typeof key === "number" ? key >= 0 : !(key in Object.prototype) && !/^\d+$/.test(key);
}

/** Reads a path of the event; null for what is missing, for a name on a list and for an index on anything else. */
export function generateRead(keys: readonly Key[]): ((event: ValueObject) => Value) | undefined {
  const steps = keys.map((key) => {
    if (typeof key === "number") return `if (!Array.isArray(v)) return null; v = v[${key}];`;
    // A decimal such as 2.0 is an object with a field `value`, and no object of the event.
    const plain = key === "value" ? "!isObject(v)" : 'v === null || typeof v !== "object" || Array.isArray(v)';
    return `if (${plain}) return null; v = v[${JSON.stringify(key)}];`;
  });
  return make(
    keys,
    ["isObject"],
    [isObject],
    `(event) => { let v = event; ${steps.join("\n")} return v === undefined ? null : v; }`,
  );
}

type Place = (root: Record<string, unknown>, value: unknown, indexes: readonly number[]) => void;

/** Puts a value at a path without `[*]`; whatever is out of the ordinary goes to `careful`. */
export function generatePlace(keys: readonly Key[], careful: Place): Place | undefined {
  const steps = keys.slice(0, -1).map((key, at) => {
    const list = typeof keys[at + 1] === "number";
    const slot = `node[${JSON.stringify(key)}]`;
    return `next = ${slot};
      if (next === undefined || next === null) { if (value === null) return; ${slot} = next = ${list ? "[]" : "{}"}; }
      else if (typeof next !== "object" || Array.isArray(next) !== ${list}) return careful(root, value, indexes);
      node = next;`;
  });
  const slot = `node[${JSON.stringify(keys.at(-1))}]`;
  const last = `if (value !== null) ${slot} = value; else if (${slot} !== undefined) careful(root, value, indexes);`;
  return make(
    keys,
    ["careful"],
    [careful],
    `(root, value, indexes) => { let node = root, next; ${steps.join("\n")} ${last} }`,
  );
}

function make<Made>(keys: readonly Key[], names: string[], values: unknown[], source: string): Made | undefined {
  if (keys.length === 0 || keys.length > 50 || !keys.every(isOrdinary)) return undefined;
  try {
    return new Function(...names, `"use strict"; return ${source};`)(...values) as Made;
  } catch {
    return undefined;
  }
}
