/** Property paths as Pulumi writes them: `rows["_acme.points"].source`, `fieldGroups[0]`. */
import { isPlain } from "../../resources/values.ts";

/** The keys of a path; indexes are numbers. */
export function parsePath(path: string): Array<string | number> {
  const keys: Array<string | number> = [];
  for (const match of path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)) {
    const [, quoted, index, plain] = match;
    keys.push(index !== undefined ? Number(index) : (plain ?? (quoted ?? "").replace(/\\(.)/g, "$1")));
  }
  return keys;
}

/** The value at those keys; undefined when there is none. */
export function valueAt(value: unknown, keys: ReadonlyArray<string | number>): unknown {
  return keys.reduce<unknown>((node, key) => {
    if (Array.isArray(node)) return node[Number(key)];
    return isPlain(node) ? node[key] : undefined;
  }, value);
}
