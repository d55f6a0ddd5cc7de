import type { Expression } from "../expression/ast.ts";
import { numberLiteral } from "../expression/literals.ts";
import { isObject } from "../expression/values.ts";
import type { PathStep } from "../xdm/field-path.ts";
import { type Program, quote } from "./program.ts";

/** A name, or a list's index. */
export type Key = string | number;

/** Longer paths, which nobody has, are left to the closures: code for each of their steps would cost more than it gains. */
export const MAX_STEPS = 50;

/** Every kind of thing an event's value can be; a name none of them has is found in the event's objects only. */
const KINDS = [String, Number, Boolean, BigInt, Array].map((kind) => kind.prototype as object);

/** The reading of fixed paths: each field of the event is read once, however many rows use it. */
export class Reads {
  readonly #program: Program;
  readonly #known = new Map<string, string>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** The local that holds what is at a path, null for what is missing; undefined for a path that needs more care. */
  at(keys: readonly Key[]): string | undefined {
    if (keys.length > MAX_STEPS || !keys.every(isOrdinary)) return undefined;
    let from = "event";
    keys.forEach((key, depth) => {
      const path = JSON.stringify(keys.slice(0, depth + 1));
      from = this.#known.get(path) ?? this.#read(path, from, key);
    });
    return from;
  }

  /** The same within a local, written where the program stands. The keys are ordinary. */
  within(from: string, keys: readonly Key[]): string {
    return keys.reduce<string>((local, key) => this.#program.keep(this.#code(local, key)), from);
  }

  #read(path: string, from: string, key: Key): string {
    const local = this.#program.local();
    this.#program.head(`const ${local} = ${this.#code(from, key)};`);
    this.#known.set(path, local);
    return local;
  }

  #code(from: string, key: Key): string {
    if (typeof key === "number") return `Array.isArray(${from}) ? ${from}[${key}] ?? null : null`;
    const slot = `[${quote(key)}] ?? null`;
    if (from === "event") return from + slot;
    // A decimal such as 2.0 is an object with a field `value`, and no object of the event.
    const plain = key !== "value" && !KINDS.some((kind) => key in kind);
    return plain ? `${from}?.${slot}` : `${this.#program.use(isObject)}(${from}) ? ${from}${slot} : null`;
  }
}

/** Names that every object inherits need care, and names of numbers, which may mean an item of a list. */
function isOrdinary(key: Key): boolean {
  return typeof key === "number" ? key >= 0 : !(key in Object.prototype) && !/^\d+$/.test(key);
}

export function isStar(step: PathStep): boolean {
  return step.kind === "index" && step.index === "*";
}

/** The keys of an attribute path without `[*]`. */
export function keysOfPath(steps: readonly PathStep[]): Key[] {
  return steps.map((step) => (step.kind === "name" ? step.name : (step.index as number)));
}

/** A path with one `[*]`: the keys to its list, and those within an item; undefined for a path that needs more care. */
export function splitAtStar(steps: readonly PathStep[]): { list: Key[]; rest: Key[] } | undefined {
  const star = steps.findIndex(isStar);
  const [list, rest] = [keysOfPath(steps.slice(0, star)), keysOfPath(steps.slice(star + 1))];
  const isOne = steps.length <= MAX_STEPS && steps.findLastIndex(isStar) === star;
  return isOne && [...list, ...rest].every(isOrdinary) ? { list, rest } : undefined;
}

/** The keys of a path in an expression that is the same for every event: a.b[0].c, but not a[n]. */
export function keysOfNode(node: Expression): Key[] | undefined {
  if (node.kind === "name") return [node.name];
  if (node.kind !== "member" && node.kind !== "index") return undefined;
  const before = keysOfNode(node.object);
  if (before === undefined) return undefined;
  if (node.kind === "member") return [...before, node.name];
  if (node.index.kind === "string") return [...before, node.index.value];
  const index = node.index.kind === "number" ? numberLiteral(node.index.raw) : null;
  return typeof index === "number" && Number.isInteger(index) ? [...before, index] : undefined;
}
