import { setOwn, type Value, type ValueObject } from "../expression/values.ts";
import type { PathStep } from "../xdm/field-path.ts";

/** Putting values into the XDM row at destination paths. */

/** Thrown when a path leads through a value that another row has already put there. */
export class Occupied extends Error {}

type Node = Record<string, unknown> | unknown[];

/**
 * Sets a value at a path, making objects and lists on the way; null takes away what is there (nullify() under a copied object).
 * `indexes` fills the path's `[*]`, outermost first.
 */
export function place(
  root: Record<string, unknown>,
  steps: readonly PathStep[],
  value: unknown,
  indexes: readonly number[] = [],
): void {
  let node: Node = root;
  let star = 0;
  for (const [position, step] of steps.entries()) {
    const key: string | number = step.kind === "name" ? step.name : step.index === "*" ? indexes[star++]! : step.index;
    if (Array.isArray(node) !== (typeof key === "number"))
      throw new Occupied("another row has put a different kind of value on the way");
    if (position === steps.length - 1) {
      if (value === null) remove(node, key);
      else put(node, key, value);
      return;
    }
    let next = read(node, key);
    if (next === undefined || next === null) {
      if (value === null) return;
      next = steps[position + 1]!.kind === "index" ? [] : {};
      put(node, key, next);
    }
    if (typeof next !== "object") throw new Occupied("another row has put a plain value on the way");
    node = next as Node;
  }
}

function read(node: Node, key: string | number): unknown {
  if (Array.isArray(node)) return node[key as number];
  return Object.hasOwn(node, key) ? node[key as string] : undefined;
}

function put(node: Node, key: string | number, value: unknown): void {
  if (Array.isArray(node)) node[key as number] = value;
  else setOwn(node as ValueObject, key as string, value as Value);
}

function remove(node: Node, key: string | number): void {
  if (read(node, key) === undefined) return;
  if (Array.isArray(node)) node[key as number] = undefined;
  else delete node[key as string];
}

/** Closes the gaps that rows without a value left in lists: list[1] alone becomes the first item. */
export function closeGaps(node: unknown): unknown {
  if (Array.isArray(node)) return node.filter((item) => item !== undefined).map(closeGaps);
  if (typeof node === "object" && node !== null) {
    for (const key of Object.keys(node))
      setOwn(node as ValueObject, key, closeGaps((node as ValueObject)[key]) as Value);
  }
  return node;
}
