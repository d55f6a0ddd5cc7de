import { setOwn, type Value, type ValueObject } from "../expression/values.ts";
import type { PathStep } from "../xdm/field-path.ts";

/** Putting values into the XDM row at destination paths. */

/** Thrown when a path leads through a value that another row has already put there. */
export class Occupied extends Error {}

type Node = Record<string, unknown> | unknown[];
type Key = string | number;

/**
 * Sets a value at a path, making objects and lists on the way; null takes away what is there (nullify() under a copied object).
 * `indexes` fills the path's `[*]`, outermost first.
 */
export type Place = (root: Record<string, unknown>, value: unknown, indexes: readonly number[]) => void;

export function compilePlace(steps: readonly PathStep[]): Place {
  // A star stands as -1.
  const keys: Key[] = steps.map((step) => (step.kind === "name" ? step.name : step.index === "*" ? -1 : step.index));
  const last = keys.length - 1;
  return (root, value, indexes) => {
    let node: Node = root;
    let star = 0;
    for (let at = 0; at < last; at++) {
      const key = keys[at] === -1 ? indexes[star++]! : keys[at]!;
      let next = read(node, key);
      if (next === undefined || next === null) {
        if (value === null) return;
        next = typeof keys[at + 1] === "number" ? [] : {};
        put(node, key, next);
      }
      if (typeof next !== "object") throw new Occupied("another row has put a plain value on the way");
      node = next as Node;
    }
    const key = keys[last] === -1 ? indexes[star]! : keys[last]!;
    if (value === null) remove(node, key);
    else put(node, key, value);
  };
}

function read(node: Node, key: Key): unknown {
  if (typeof key === "number") return (node as unknown[])[listOf(node, key)];
  if (Array.isArray(node)) throw otherKind();
  const value = node[key];
  // Inherited names (constructor, toString) are functions or objects of Object.prototype, never plain data.
  return value === undefined || Object.hasOwn(node, key) ? value : undefined;
}

function put(node: Node, key: Key, value: unknown): void {
  if (typeof key === "number") (node as unknown[])[listOf(node, key)] = value;
  else if (Array.isArray(node)) throw otherKind();
  else setOwn(node as ValueObject, key, value as Value);
}

function remove(node: Node, key: Key): void {
  if (read(node, key) === undefined) return;
  if (Array.isArray(node)) node[key as number] = undefined;
  else delete node[key as string];
}

/** The index, once it is sure that the node is a list. */
function listOf(node: Node, index: number): number {
  if (!Array.isArray(node)) throw otherKind();
  return index;
}

function otherKind(): Occupied {
  return new Occupied("another row has put a different kind of value on the way");
}

/** Closes the gaps that rows without a value left in lists: list[1] alone becomes the first item. */
export function closeGaps(node: unknown): void {
  if (typeof node !== "object" || node === null) return;
  if (!Array.isArray(node)) {
    for (const key in node) closeGaps((node as ValueObject)[key]);
    return;
  }
  closeGap(node);
  for (const item of node) closeGaps(item);
}

/** The same for one list alone. */
export function closeGap(list: unknown[]): void {
  if (list.includes(undefined)) list.splice(0, list.length, ...list.filter((item) => item !== undefined));
}
