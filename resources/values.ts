/** Plain values as they pass between program, state and API: comparing, projecting, cleaning. */
export type Plain = Record<string, unknown>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, or undefined. */
export function at(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((node, key) => (isPlain(node) ? node[key] : undefined), value);
}

/** Without undefined and null members, at every depth; what crosses to the engine must hold neither. */
export function clean<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => clean(item)) as T;
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== undefined && child !== null);
  return Object.fromEntries(kept.map(([key, child]) => [key, clean(child)])) as T;
}

/**
 * Whether two values mean the same to AEP: order of keys is nothing, a missing member is the same as null, and numbers
 * and booleans equal their spelling as text, because the services answer `"15"` for 15.
 */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
    );
  }
  if (isPlain(a) && isPlain(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
  return typeof a !== typeof b && !isPlain(a) && !isPlain(b) && String(a) === String(b);
}

/** Whether a value says nothing: an empty text, list or map, which AEP may as well leave out of its answers. */
function isEmpty(value: unknown): boolean {
  if (typeof value === "string" || Array.isArray(value)) return value.length === 0;
  return isPlain(value) && Object.keys(value).length === 0;
}

/**
 * What the API holds, seen through what was declared: only declared members, in the declared spelling where it means
 * the same. `whole` names paths of maps of which every member counts, declared or not (mapping rows, fields).
 */
export function project(declared: unknown, live: unknown, whole: ReadonlySet<string> = new Set(), path = ""): unknown {
  if (same(declared, live) || (isEmpty(declared) && (live ?? undefined) === undefined)) return declared;
  if (!isPlain(declared) || !isPlain(live)) return live ?? undefined;
  const keys = whole.has(path) ? new Set([...Object.keys(declared), ...Object.keys(live)]) : Object.keys(declared);
  const members = [...keys].map((key) => {
    const inner = path === "" ? key : `${path}.${key}`;
    return [key, key in declared ? project(declared[key], live[key], whole, inner) : live[key]] as const;
  });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

/** Sorted and without repetitions, for lists that mean sets. A list that is not known yet stays as it is. */
export function asSet<T>(values: T): T {
  return (Array.isArray(values) ? [...new Set(values)].sort() : values) as T;
}
