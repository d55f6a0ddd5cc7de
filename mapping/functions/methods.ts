import { OperandError, sameValue } from "../expression/arithmetic.ts";
import { getOwn, isInteger, isObject, kindOf, type Value } from "../expression/values.ts";

/** A method of a value: s1.equals(s2). `documented` by Adobe; the others are JEXL's and worth a warning. */
export interface MethodSpec {
  args: number;
  documented: boolean;
  call: (target: Value, args: Value[]) => Value;
}

export const METHODS: Readonly<Record<string, MethodSpec>> = {
  equals: { args: 1, documented: true, call: (target, [other]) => sameValue(target, other!) },
  equalsIgnoreCase: {
    args: 1,
    documented: true,
    call: (target, [other]) => {
      if (typeof target !== "string") throw new OperandError(`a ${kindOf(target)} has no method equalsIgnoreCase`);
      if (other !== null && typeof other !== "string") throw new OperandError("equalsIgnoreCase compares with a text");
      return other !== null && target.toUpperCase().toLowerCase() === other!.toUpperCase().toLowerCase();
    },
  },
  get: { args: 1, documented: true, call: get },
  size: { args: 0, documented: false, call: size },
  length: {
    args: 0,
    documented: false,
    call: (target) => {
      if (typeof target === "string") return target.length;
      throw new OperandError(`a ${kindOf(target)} has no method length`);
    },
  },
};

export function isKnownMethod(name: string): boolean {
  return Object.hasOwn(METHODS, name);
}

function get(target: Value, [key]: Value[]): Value {
  if (Array.isArray(target)) {
    if (!isInteger(key!)) throw new OperandError("a list's get takes a whole number");
    if (Number(key) < 0 || Number(key) >= target.length) throw new OperandError(`the list has no item ${key}`);
    return target[Number(key)] ?? null;
  }
  if (isObject(target)) return typeof key === "string" ? getOwn(target, key) : null;
  throw new OperandError(`a ${kindOf(target)} has no method get`);
}

function size(target: Value): Value {
  if (typeof target === "string" || Array.isArray(target)) return target.length;
  if (isObject(target)) return Object.keys(target).length;
  throw new OperandError(`a ${kindOf(target)} has no method size`);
}
