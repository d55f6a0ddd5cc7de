import { getOwn, isObject, type Value, type ValueObject } from "../expression/values.ts";
import type { PathStep } from "../xdm/field-path.ts";

/** Receives each value of a path, with the positions its `[*]` stood at, outermost first. */
export type Take = (value: Value, indexes: readonly number[]) => void;

const NONE: readonly number[] = [];

/** Reads an ATTRIBUTE path without `[*]`. What is missing is null. */
export function compileSingle(steps: readonly PathStep[]): (event: ValueObject) => Value {
  const reads = steps.map(readerOf);
  return (event) => {
    let value: Value = event;
    for (let at = 0; at < reads.length && value !== null; at++) value = reads[at]!(value);
    return value;
  };
}

/** Reads an ATTRIBUTE path: one value, or one for each item of its `[*]`. */
export function compileAttribute(steps: readonly PathStep[]): (event: ValueObject, take: Take) => void {
  if (starsOf(steps) === 0) {
    const read = compileSingle(steps);
    return (event, take) => take(read(event), NONE);
  }
  const reads = steps.map(readerOf);
  const isStar = steps.map((step) => step.kind === "index" && step.index === "*");
  const run = (from: Value, start: number, indexes: readonly number[], take: Take): void => {
    let value = from;
    for (let at = start; at < reads.length; at++) {
      if (isStar[at]) {
        if (Array.isArray(value))
          value.forEach((item, index) => void run(item ?? null, at + 1, [...indexes, index], take));
        return;
      }
      value = value === null ? null : reads[at]!(value);
    }
    take(value, indexes);
  };
  return (event, take) => run(event, 0, NONE, take);
}

/** A value of an ATTRIBUTE path with the positions its `[*]` stood at, outermost first. */
export interface Found {
  value: Value;
  indexes: number[];
}

/** Every value a path leads to, for looking once; for many events compile the path. */
export function follow(event: Value, steps: readonly PathStep[]): Found[] {
  const found: Found[] = [];
  if (event !== null && isObject(event))
    compileAttribute(steps)(event, (value, indexes) => found.push({ value, indexes: [...indexes] }));
  return found;
}

function readerOf(step: PathStep): (value: Exclude<Value, null>) => Value {
  if (step.kind === "index") {
    const index = step.index as number;
    return (value) => (Array.isArray(value) ? (value[index] ?? null) : null);
  }
  const { name } = step;
  const index = /^\d{1,6}$/.test(name) ? Number(name) : undefined;
  return (value) => {
    if (Array.isArray(value)) return index === undefined ? null : (value[index] ?? null);
    return isObject(value) ? getOwn(value, name) : null;
  };
}

/** How many `[*]` a path has. */
export function starsOf(steps: readonly PathStep[]): number {
  return steps.filter((step) => step.kind === "index" && step.index === "*").length;
}
