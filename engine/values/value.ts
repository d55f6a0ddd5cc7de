/**
 * A property value as the engine holds it: JSON plus two marks. `Secret` wraps what must never be shown or stored in clear,
 * `UNKNOWN` stands for what only an apply can tell.
 */

export class Secret {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

class Unknown {
  readonly unknown = true;
}

/** The one unknown value; two unknowns are equal. */
export const UNKNOWN = new Unknown();

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value } | Secret | Unknown;
export type Props = { [key: string]: Value };

export const isUnknown = (value: Value | undefined): value is Unknown => value instanceof Unknown;
export const isSecret = (value: Value | undefined): value is Secret => value instanceof Secret;

export function isObject(value: Value | undefined): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value) && !isUnknown(value);
}

/** Keys that the SDK adds for itself (`__provider`); they never show in a structural difference. */
export const isInternalKey = (key: string): boolean => key.startsWith("__");

/** Rebuilds a value from the leaves up. */
function rebuild(value: Value, leaf: (value: Value) => Value): Value {
  if (Array.isArray(value)) return value.map((item) => rebuild(item, leaf));
  if (isObject(value)) return mapProps(value, (item) => rebuild(item, leaf));
  return leaf(value);
}

export function mapProps<T extends Value>(props: Props, transform: (value: Value, key: string) => T): Props {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, transform(value, key)]));
}

/** The same value with every secret opened, at any depth. */
export function revealed(value: Value): Value {
  return rebuild(value, (leaf) => (isSecret(leaf) ? revealed(leaf.value) : leaf));
}

export const revealedProps = (props: Props): Props => revealed(props) as Props;

/** The same value with every secret replaced by the text that users see in its place. */
export function masked(value: Value): Value {
  return rebuild(value, (leaf) => (isSecret(leaf) ? "[secret]" : leaf));
}

export const copyOf = <T extends Value>(value: T): T => rebuild(value, (leaf) => leaf) as T;

export function containsSecret(value: Value): boolean {
  return contains(value, isSecret);
}

function contains(value: Value, test: (value: Value) => boolean): boolean {
  if (test(value)) return true;
  if (isSecret(value)) return contains(value.value, test);
  if (Array.isArray(value)) return value.some((item) => contains(item, test));
  return isObject(value) && Object.values(value).some((item) => contains(item, test));
}

/** A property, and not what every object inherits: data may well have a key called `constructor`. */
export const own = (props: Props, key: string): Value | undefined =>
  Object.hasOwn(props, key) ? props[key] : undefined;

/** Deep equality; a null and a missing key are the same thing. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b || isUnknown(a)) return a === b;
  if (a === undefined || a === null) return b === undefined || b === null;
  if (isSecret(a)) return isSecret(b) && sameValue(a.value, b.value);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  return (
    Object.keys(a).every((key) => sameValue(a[key], own(b, key))) &&
    Object.keys(b).every((key) => Object.hasOwn(a, key) || b[key] === null)
  );
}

/**
 * The dynamic host hands every value back in clear. What was secret going in is made secret again coming out, under the
 * same key; an array is secret as a whole as soon as one element was.
 */
export function annotateSecrets(outs: Props, ins: Props): void {
  for (const [key, input] of Object.entries(ins)) {
    const output = own(outs, key);
    if (output === undefined) continue;
    if (isObject(output) && isObject(input)) annotateSecrets(output, input);
    else if (!isSecret(output) && containsSecret(input)) outs[key] = new Secret(output);
  }
}
