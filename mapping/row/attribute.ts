import { getOwn, isObject, type Value } from "../expression/values.ts";
import type { PathStep } from "../xdm/field-path.ts";

/** A value of an ATTRIBUTE path with the positions its `[*]` stood at, outermost first. */
export interface Found {
  value: Value;
  indexes: number[];
}

/** Every value a path leads to: one without `[*]`, one for each item with it. What is missing is null. */
export function follow(event: Value, steps: readonly PathStep[]): Found[] {
  let found: Found[] = [{ value: event, indexes: [] }];
  for (const step of steps) {
    if (step.kind === "index" && step.index === "*") found = found.flatMap(fanOut);
    else for (const one of found) one.value = take(one.value, step);
  }
  return found;
}

function fanOut({ value, indexes }: Found): Found[] {
  return Array.isArray(value)
    ? value.map((item, index) => ({ value: item ?? null, indexes: [...indexes, index] }))
    : [];
}

function take(value: Value, step: PathStep): Value {
  if (step.kind === "index") return Array.isArray(value) ? (value[step.index as number] ?? null) : null;
  if (Array.isArray(value)) return /^\d{1,6}$/.test(step.name) ? (value[Number(step.name)] ?? null) : null;
  return value !== null && isObject(value) ? getOwn(value, step.name) : null;
}

/** How many `[*]` a path has. */
export function starsOf(steps: readonly PathStep[]): number {
  return steps.filter((step) => step.kind === "index" && step.index === "*").length;
}
