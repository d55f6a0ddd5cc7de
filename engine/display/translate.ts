/** Turns a step's detailed diff, a flat list of paths, back into the nested difference that displays print. */
import type { StepRecord } from "../deploy/step.ts";
import {
  type DiffKind,
  diffValue,
  emptyArrayDiff,
  emptyObjectDiff,
  type ObjectDiff,
  type ValueDiff,
} from "../values/diff.ts";
import { type Path, parsePath } from "../values/path.ts";
import { isObject, isSecret, isUnknown, own, type Value } from "../values/value.ts";

/** Undefined when the step has no differing path. */
export function translated(step: StepRecord): ObjectDiff | undefined {
  const root: ValueDiff = { old: undefined, new: undefined };
  for (const [text, { kind }] of Object.entries(step.detailedDiff ?? {})) {
    insert(parsePath(text) ?? [text], kind, root, step.old?.inputs, step.new?.inputs);
  }
  return root.object;
}

function insert(
  path: Path,
  kind: DiffKind,
  parent: ValueDiff,
  oldParent: Value | undefined,
  newParent: Value | undefined,
): void {
  const [head, ...rest] = path;
  const old = child(oldParent, head!);
  const now = child(newParent, head!);
  if (typeof head === "number") parent.array ??= emptyArrayDiff();
  else parent.object ??= emptyObjectDiff();
  const level = (typeof head === "number" ? parent.array : parent.object) as ObjectDiff;
  const key = head as string;
  const verb =
    rest.length === 0
      ? kind.split("-")[0]
      : missing(old) && !missing(now)
        ? "add"
        : !missing(old) && missing(now)
          ? "delete"
          : "into";
  if (verb === "add") level.adds.set(key, now ?? null);
  else if (verb === "delete") level.deletes.set(key, old ?? null);
  else if (verb === "update") level.updates.set(key, diffValue(old ?? null, now ?? null) ?? { old, new: now });
  else {
    const nested = level.updates.get(key) ?? { old, new: now };
    insert(rest, kind, nested, old, now);
    level.updates.set(key, nested);
  }
}

const missing = (value: Value | undefined): boolean => value === undefined || value === null;

/** The contents of what is secret or unknown are not looked into: the whole stands for each of its parts. */
function child(value: Value | undefined, key: string | number): Value | undefined {
  if (isSecret(value) || isUnknown(value)) return value;
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isObject(value) && typeof key === "string" ? own(value, key) : undefined;
}
