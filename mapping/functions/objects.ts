import { ZonedDateTime } from "@js-joda/core";
import { toBoolean } from "../expression/arithmetic.ts";
import { OperandError } from "../expression/operand-error.ts";
import { aKind, getOwn, isObject, setOwn, type Value, type ValueObject } from "../expression/values.ts";
import { type FunctionSpec, needList, needText, param, text } from "./types.ts";

function toObject(args: Value[]): Value {
  const object: ValueObject = {};
  for (let index = 0; index < args.length; index += 2)
    setOwn(object, needText(args[index], "a key"), args[index + 1] ?? null);
  return object;
}

/** A shorter list leaves its key out of the later objects. */
function zip(args: Value[]): Value {
  const columns: { key: string; list: Value[] }[] = [];
  for (let index = 0; index < args.length; index += 2) {
    columns.push({ key: needText(args[index], "a key"), list: needList(args[index + 1], "every second argument") });
  }
  const length = Math.max(0, ...columns.map((column) => column.list.length));
  return Array.from({ length }, (_, row) => {
    const object: ValueObject = {};
    for (const { key, list } of columns) if (row < list.length) setOwn(object, key, list[row]!);
    return object;
  });
}

/** "k - v ; k - v": keys and values are trimmed; a part without the delimiter is left out. */
function parsePairs(value: string, between: string, after: string): ValueObject {
  const object: ValueObject = {};
  for (const pair of value.split(after)) {
    const at = pair.indexOf(between);
    if (at >= 0) setOwn(object, pair.slice(0, at).trim(), pair.slice(at + between.length).trim());
  }
  return object;
}

function stringToObject(args: Value[]): Value {
  const value = text(args[0], "the input");
  return value === null
    ? null
    : parsePairs(value, text(args[1], "the value delimiter") || ":", text(args[2], "the field delimiter") || ",");
}

function pairValue(args: Value[]): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  return getOwn(
    parsePairs(value, text(args[2], "the value delimiter") || ":", text(args[3], "the field delimiter") || ","),
    needText(args[1], "the key"),
  );
}

function isEmpty([value]: Value[]): Value {
  if (value === null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value!) && Object.keys(value).length === 0;
}

function sizeOf([value]: Value[]): Value {
  if (value === null) return 0;
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (isObject(value!)) return Object.keys(value).length;
  throw new OperandError(`${aKind(value!)} has no size`);
}

/** Varargs of Java: a single list stands for its items. */
function items(args: Value[]): Value[] {
  return args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
}

function keys([value]: Value[]): Value {
  if (value === null) return null;
  if (!isObject(value!) || value instanceof ZonedDateTime) throw new OperandError(`${aKind(value!)} has no keys`);
  return Object.keys(value);
}

const O = "Objects";
const A = "Arrays";
export const OBJECT_FUNCTIONS: readonly FunctionSpec[] = [
  {
    name: "is_empty",
    category: O,
    tier: "A",
    params: [param("value", "any")],
    returns: "boolean",
    doc: "True for null, an empty text, list or object.",
    example: "is_empty([1, null, 2, 3])",
    result: false,
    evaluate: isEmpty,
  },
  {
    name: "arrays_to_objects",
    category: O,
    tier: "A",
    params: [param("key"), param("list", "list")],
    repeat: 2,
    returns: "list of object",
    doc: "Makes objects of lists, item by item.",
    example: "arrays_to_objects('sku', explode(\"id1|id2\", '\\\\|'), 'price', [22.5, 14.35])",
    result: [
      { sku: "id1", price: 22.5 },
      { sku: "id2", price: 14.35 },
    ],
    evaluate: zip,
  },
  {
    name: "arrays_to_object",
    category: O,
    tier: "A",
    params: [param("key"), param("list", "list")],
    repeat: 2,
    returns: "list of object",
    doc: "As arrays_to_objects.",
    example: "arrays_to_object('sku', ['id1'])",
    result: [{ sku: "id1" }],
    deprecated: "The documentation lists this name but its example calls arrays_to_objects; write that.",
    evaluate: zip,
  },
  {
    name: "to_object",
    category: O,
    tier: "A",
    params: [param("key"), param("value", "any")],
    repeat: 2,
    returns: "object",
    doc: "Makes an object of keys and values.",
    example: 'to_object("firstName", "John", "lastName", "Doe")',
    result: { firstName: "John", lastName: "Doe" },
    evaluate: toObject,
  },
  {
    name: "str_to_object",
    category: O,
    tier: "B",
    params: [param("text"), param("valueDelimiter?"), param("fieldDelimiter?")],
    returns: "object",
    doc: 'Makes an object of a text such as "k:v,k:v".',
    example: 'str_to_object("firstName - John ; phone - 123 456 7890", "-", ";").get("firstName")',
    result: "John",
    evaluate: stringToObject,
  },
  {
    name: "contains_key",
    category: O,
    tier: "A",
    params: [param("path", "path")],
    path: true,
    returns: "boolean",
    doc: "Whether the event has the field, even when it is null.",
    example: 'contains_key("evars.evar.field1")',
    result: false,
  },
  {
    name: "is_set",
    category: O,
    tier: "A",
    params: [param("path", "path")],
    path: true,
    returns: "boolean",
    doc: "As contains_key.",
    example: 'is_set("evars.evar.field1")',
    result: false,
    deprecated: "Write contains_key.",
  },
  {
    name: "nullify",
    category: O,
    tier: "A",
    params: [],
    returns: "null",
    doc: "Null, to leave the field out on purpose.",
    example: "nullify()",
    result: null,
    evaluate: () => null,
  },
  {
    name: "get_keys",
    category: O,
    tier: "B",
    params: [param("object", "object")],
    returns: "list of string",
    doc: "An object's keys.",
    example: 'get_keys({"book1": "Pride and Prejudice", "book2": "1984"})',
    result: ["book1", "book2"],
    evaluate: keys,
  },
  {
    name: "get_values",
    category: O,
    tier: "B",
    params: [param("text"), param("key"), param("valueDelimiter"), param("fieldDelimiter?")],
    returns: "string",
    doc: 'The value of a key in a text such as "k:v,k:v".',
    example: 'get_values("firstName - John , lastName - Cena , phone - 555 420 8692", "firstName", "-", ",")',
    result: "John",
    evaluate: pairValue,
  },
  {
    name: "coalesce",
    category: A,
    tier: "A",
    params: [param("value", "any")],
    repeat: 1,
    returns: "any",
    doc: "The first argument that is not null.",
    example: 'coalesce(null, null, null, "first", null, "second")',
    result: "first",
    evaluate: (args) => items(args).find((item) => item !== null) ?? null,
  },
  {
    name: "first",
    category: A,
    tier: "A",
    params: [param("value", "any")],
    repeat: 1,
    returns: "any",
    doc: "The first argument, or the first item of a list.",
    example: 'first("1", "2", "3")',
    result: "1",
    evaluate: (args) => items(args)[0] ?? null,
  },
  {
    name: "last",
    category: A,
    tier: "A",
    params: [param("value", "any")],
    repeat: 1,
    returns: "any",
    doc: "The last argument, or the last item of a list.",
    example: 'last("1", "2", "3")',
    result: "3",
    evaluate: (args) => items(args).at(-1) ?? null,
  },
  {
    name: "add_to_array",
    category: A,
    tier: "A",
    params: [param("list", "list"), param("value?", "any")],
    repeat: 1,
    returns: "list",
    doc: "A list with values added at its end.",
    example: "add_to_array(['a', 'b'], 'c', 'd')",
    result: ["a", "b", "c", "d"],
    evaluate: ([list, ...values]) => [...needList(list, "the first argument"), ...values],
  },
  {
    name: "join_arrays",
    category: A,
    tier: "A",
    params: [param("list", "list"), param("more?", "list")],
    repeat: 1,
    returns: "list",
    doc: "Several lists as one.",
    example: "join_arrays(['a', 'b'], ['c'], ['d', 'e'])",
    result: ["a", "b", "c", "d", "e"],
    evaluate: (args) => args.flatMap((list) => (list === null ? [] : needList(list, "every argument"))),
  },
  {
    name: "to_array",
    category: A,
    tier: "A",
    params: [param("includeNulls", "boolean"), param("value?", "any")],
    repeat: 1,
    returns: "list",
    doc: "Makes a list of values, with or without the nulls.",
    example: "to_array(false, 1, null, 2, 3)",
    result: [1, 2, 3],
    evaluate: ([nulls, ...values]) => (toBoolean(nulls!, false) ? values : values.filter((value) => value !== null)),
  },
  {
    name: "size_of",
    category: A,
    tier: "A",
    params: [param("value", "any")],
    returns: "integer",
    doc: "How many items, fields or characters; 0 for null.",
    example: "size_of([1, 2, 3, 4])",
    result: 4,
    evaluate: sizeOf,
  },
];
