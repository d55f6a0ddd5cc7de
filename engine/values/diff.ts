/** The structural difference of two values, and its flat form with one entry per changed path. */
import { formatPath, type Path } from "./path.ts";
import { isObject, own, type Props, sameValue, type Value } from "./value.ts";

export interface ObjectDiff {
  adds: Map<string, Value>;
  deletes: Map<string, Value>;
  sames: Map<string, Value>;
  updates: Map<string, ValueDiff>;
}

export interface ArrayDiff {
  adds: Map<number, Value>;
  deletes: Map<number, Value>;
  sames: Map<number, Value>;
  updates: Map<number, ValueDiff>;
}

export interface ValueDiff {
  old: Value | undefined;
  new: Value | undefined;
  array?: ArrayDiff;
  object?: ObjectDiff;
}

export type DiffKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

export interface PropertyDiff {
  kind: DiffKind;
  /** True when the paths are those of the inputs; the embedded engine's always are. */
  inputDiff: boolean;
}

/** One entry per changed path, as `preview --json` shows it. */
export type DetailedDiff = Record<string, PropertyDiff>;

const hasValue = (value: Value | undefined): boolean => value !== undefined && value !== null;

export const emptyObjectDiff = (): ObjectDiff => ({
  adds: new Map(),
  deletes: new Map(),
  sames: new Map(),
  updates: new Map(),
});

export const emptyArrayDiff = (): ArrayDiff => ({
  adds: new Map(),
  deletes: new Map(),
  sames: new Map(),
  updates: new Map(),
});

/** Undefined when nothing differs. `skip` leaves keys out at every depth. */
export function diffProps(
  old: Props,
  now: Props,
  skip: (key: string) => boolean = () => false,
): ObjectDiff | undefined {
  const diff = emptyObjectDiff();
  for (const [key, before] of Object.entries(old)) {
    if (skip(key)) continue;
    const after = own(now, key);
    if (after === undefined) {
      if (hasValue(before)) diff.deletes.set(key, before);
      continue;
    }
    const change = diffValue(before, after, skip);
    if (!change) diff.sames.set(key, before);
    else if (!hasValue(before)) diff.adds.set(key, after);
    else if (!hasValue(after)) diff.deletes.set(key, before);
    else diff.updates.set(key, change);
  }
  for (const [key, after] of Object.entries(now)) {
    if (!skip(key) && !Object.hasOwn(old, key) && hasValue(after)) diff.adds.set(key, after);
  }
  return diff.adds.size + diff.deletes.size + diff.updates.size === 0 ? undefined : diff;
}

export function diffValue(old: Value, now: Value, skip: (key: string) => boolean = () => false): ValueDiff | undefined {
  if (Array.isArray(old) && Array.isArray(now)) {
    const array = diffArray(old, now, skip);
    return array && { old, new: now, array };
  }
  if (isObject(old) && isObject(now)) {
    const object = diffProps(old, now, skip);
    return object && { old, new: now, object };
  }
  return sameValue(old, now) ? undefined : { old, new: now };
}

/** Arrays are compared place by place. */
function diffArray(old: Value[], now: Value[], skip: (key: string) => boolean): ArrayDiff | undefined {
  const diff = emptyArrayDiff();
  for (let index = 0; index < Math.max(old.length, now.length); index++) {
    if (index >= old.length) diff.adds.set(index, now[index]!);
    else if (index >= now.length) diff.deletes.set(index, old[index]!);
    else {
      const change = diffValue(old[index]!, now[index]!, skip);
      if (change) diff.updates.set(index, change);
      else diff.sames.set(index, old[index]!);
    }
  }
  return diff.adds.size + diff.deletes.size + diff.updates.size === 0 ? undefined : diff;
}

export function diffKeys(diff: ObjectDiff): string[] {
  return [...diff.adds.keys(), ...diff.deletes.keys(), ...diff.sames.keys(), ...diff.updates.keys()].sort(byCodePoint);
}

export function changedKeys(diff: ObjectDiff): string[] {
  return [...diff.adds.keys(), ...diff.deletes.keys(), ...diff.updates.keys()].sort(byCodePoint);
}

export const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function detailedDiff(diff: ObjectDiff, prefix: Path = []): DetailedDiff {
  const entries: DetailedDiff = {};
  const put = (path: Path, kind: DiffKind) => {
    entries[formatPath(path)] = { kind, inputDiff: true };
  };
  const walk = (path: Path, change: ValueDiff): void => {
    const nested = change.object ?? change.array;
    if (!nested) put(path, !hasValue(change.old) ? "add" : !hasValue(change.new) ? "delete" : "update");
    else level(path, nested as ObjectDiff);
  };
  const level = (path: Path, nested: ObjectDiff): void => {
    for (const [key, change] of nested.updates) walk([...path, key], change);
    for (const key of nested.adds.keys()) put([...path, key], "add");
    for (const key of nested.deletes.keys()) put([...path, key], "delete");
  };
  level(prefix, diff);
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => byCodePoint(a, b)));
}

/** The same difference seen from the other side: what was added is deleted and the other way round. */
export function inverted(diff: DetailedDiff): DetailedDiff {
  const swap: Partial<Record<DiffKind, DiffKind>> = {
    add: "delete",
    delete: "add",
    "add-replace": "delete-replace",
    "delete-replace": "add-replace",
  };
  return Object.fromEntries(
    Object.entries(diff).map(([path, entry]) => [path, { ...entry, kind: swap[entry.kind] ?? entry.kind }]),
  );
}
