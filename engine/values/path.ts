/** Property paths as Pulumi writes them: `rows["a.b"].source`, `list[0].name`, `*` for any element. */
import { isObject, isSecret, own, type Props, Secret, type Value } from "./value.ts";

export type Path = Array<string | number>;

export function formatPath(path: Path): string {
  return path
    .map((element, index) => {
      if (typeof element === "number") return `[${element}]`;
      if (/[^A-Za-z0-9_]/.test(element)) return `["${element.replaceAll('"', '\\"')}"]`;
      return index === 0 ? element : `.${element}`;
    })
    .join("");
}

/** The elements of a path text; undefined when it is not one. */
export function parsePath(text: string): Path | undefined {
  const path: Path = [];
  const token = /\.?([^.[\]"]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]/y;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (!match) return undefined;
    if (match[1] !== undefined) path.push(match[1]);
    else if (match[2] !== undefined) path.push(match[2].replaceAll('\\"', '"'));
    else path.push(match[3] === undefined ? "*" : Number(match[3]));
  }
  return path.length > 0 ? path : undefined;
}

/** Whether everything at `inner` lies at or below `outer`. */
export function pathContains(outer: Path, inner: Path): boolean {
  return outer.length <= inner.length && outer.every((element, index) => element === "*" || element === inner[index]);
}

/**
 * Puts the old value back at `path` of `target`, in place: what `ignoreChanges` means. False when the path cannot be
 * reset because an array element was added or removed there.
 */
export function resetPath(path: Path, old: Props, target: Props): boolean {
  return reset(path, old, target, false, false);
}

function opened(value: Value | undefined): [Value | undefined, boolean] {
  return isSecret(value) ? [opened(value.value)[0], true] : [value, false];
}

function reset(path: Path, oldValue: Value | undefined, target: Value | undefined, a: boolean, b: boolean): boolean {
  const [old, oldSecret] = opened(oldValue);
  const [now, nowSecret] = opened(target);
  const [oldHidden, nowHidden] = [a || oldSecret, b || nowSecret];
  const [head, ...rest] = path as [string | number, ...Path];
  if (head === "*") {
    const keys = new Set([...keysOf(old), ...keysOf(now)]);
    return [...keys].every((key) => reset([key, ...rest], old, now, oldHidden, nowHidden));
  }
  const keep = (value: Value) => (oldHidden && !nowHidden ? new Secret(value) : value);
  if (typeof head === "number") {
    if (!Array.isArray(old) || !Array.isArray(now)) return !Array.isArray(old) && !Array.isArray(now);
    if (head >= old.length && head >= now.length) return rest.length === 0;
    if (head >= old.length || head >= now.length) return false;
    if (rest.length > 0) return reset(rest, old[head], now[head], oldHidden, nowHidden);
    now[head] = keep(old[head]!);
    return true;
  }
  if (!isObject(now)) return !isObject(old);
  const before = isObject(old) ? own(old, head) : undefined;
  if (rest.length > 0) return reset(rest, before, own(now, head), oldHidden, nowHidden);
  if (before === undefined) delete now[head];
  else now[head] = keep(before);
  return true;
}

function keysOf(value: Value | undefined): Path {
  if (Array.isArray(value)) return [...value.keys()];
  return isObject(value) ? Object.keys(value) : [];
}
