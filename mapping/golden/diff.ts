/** Readable differences between two pieces of JSON data. */
import { diffJson } from "diff";

/** Unchanged lines shown around a change. */
const CONTEXT = 2;

/** The same data with every object's keys in one order, so that order never shows as a difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}

export function sameData(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Lines of a diff, `- ` what was expected, `+ ` what came; unchanged stretches shortened to `...`. Empty when equal. */
export function diffLines(expected: unknown, actual: unknown): string[] {
  const changes = diffJson(asJson(expected), asJson(actual));
  if (!changes.some((change) => change.added || change.removed)) return [];
  return changes.flatMap((change, index) => {
    const lines = change.value.replace(/\n$/, "").split("\n");
    if (change.removed) return lines.map((line) => `- ${line}`);
    if (change.added) return lines.map((line) => `+ ${line}`);
    return shorten(lines, index > 0, index < changes.length - 1).map((line) => `  ${line}`);
  });
}

function asJson(value: unknown): string {
  return value === undefined ? "" : JSON.stringify(sorted(value), null, 2);
}

function shorten(lines: string[], after: boolean, before: boolean): string[] {
  const head = after ? CONTEXT : 0;
  const tail = before ? CONTEXT : 0;
  if (lines.length <= head + tail + 1) return lines;
  return [...lines.slice(0, head), "...", ...(tail ? lines.slice(-tail) : [])];
}

/** One changed place: JSON path, value before, value after (`undefined` when absent). */
export interface FieldChange {
  path: string;
  before: unknown;
  after: unknown;
}

/** Every leaf that differs, by path; a list whose length changed is compared item by item. */
export function fieldChanges(before: unknown, after: unknown, path = ""): FieldChange[] {
  if (sameData(before, after)) return [];
  if (isContainer(before) && isContainer(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => {
      const step = Array.isArray(before) ? `[${key}]` : `${path ? "." : ""}${key}`;
      return fieldChanges(
        (before as Record<string, unknown>)[key],
        (after as Record<string, unknown>)[key],
        path + step,
      );
    });
  }
  return [{ path, before, after }];
}

const isContainer = (value: unknown): value is object => typeof value === "object" && value !== null;
