import { sameValue } from "../expression/arithmetic.ts";
import { OperandError } from "../expression/operand-error.ts";
import { getOwn, isInteger, isObject, type Value } from "../expression/values.ts";

/** A method of a value: s1.equals(s2). `documented` by Adobe; the others are JEXL's and worth a warning. */
export interface MethodSpec {
  args: number;
  documented: boolean;
  /** Undefined when the value has no such method: null in lenient mode, an error in strict mode. */
  call: (target: Exclude<Value, null>, args: Value[]) => Value | undefined;
  /** The answer for null and what is missing; null when absent. */
  ofMissing?: Value;
  /** The answer for values that have no such method, in both modes; absent: see `call`. */
  ofOthers?: Value;
}

export const METHODS: Readonly<Record<string, MethodSpec>> = {
  equals: { args: 1, documented: true, call: (target, [other]) => sameValue(target, other!) },
  equalsIgnoreCase: { args: 1, documented: true, call: equalsIgnoreCase },
  get: { args: 1, documented: true, call: get },
  size: { args: 0, documented: false, call: size, ofMissing: 0, ofOthers: null },
  length: { args: 0, documented: false, call: (target) => (typeof target === "string" ? target.length : undefined) },
};

export function isKnownMethod(name: string): boolean {
  return Object.hasOwn(METHODS, name);
}

function equalsIgnoreCase(target: Exclude<Value, null>, [other]: Value[]): Value | undefined {
  if (typeof target !== "string" || (other !== null && typeof other !== "string")) return undefined;
  return other !== null && fold(target) === fold(other!);
}

/** Java compares in upper case and then in lower case, which only together catch every pair. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function get(target: Exclude<Value, null>, [key]: Value[]): Value | undefined {
  if (Array.isArray(target)) {
    if (!isInteger(key!) || Math.abs(Number(key)) > 2147483647) return undefined;
    if (Number(key) < 0 || Number(key) >= target.length) throw new OperandError(`the list has no item ${key}`);
    return target[Number(key)] ?? null;
  }
  if (isObject(target)) return typeof key === "string" ? getOwn(target, key) : null;
  return undefined;
}

function size(target: Exclude<Value, null>): Value | undefined {
  if (typeof target === "string" || Array.isArray(target)) return target.length;
  return isObject(target) ? Object.keys(target).length : undefined;
}
