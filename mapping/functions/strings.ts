import { OperandError } from "../expression/operand-error.ts";
import { fullGroups, fullMatch, split as splitRegex } from "../expression/regex/index.ts";
import { javaString, type Value } from "../expression/values.ts";
import { type FunctionSpec, needInteger, needList, needText, param, text } from "./types.ts";

const MAX_SIZE = 1_048_576;
/** What Java calls whitespace, with the control characters that String.trim drops. */
const BLANKS = "[\\u0000-\\u0020\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000]+";
const LEADING = new RegExp(`^${BLANKS}`);
const TRAILING = new RegExp(`${BLANKS}$`);

/** A function of one text; null gives null. */
function ofText(change: (text: string) => string): Required<Pick<FunctionSpec, "evaluate" | "quick">> {
  return {
    evaluate: ([input]) => {
      const value = text(input, "the input");
      return value === null ? null : change(value);
    },
    quick: (input) => (typeof input === "string" ? change(input) : undefined),
  };
}

/** Printing ASCII: no blank at all, as most texts begin and end. */
function isPrinting(code: number): boolean {
  return code > 0x20 && code < 0x7f;
}

function trimStart(value: string): string {
  return isPrinting(value.charCodeAt(0)) ? value : value.replace(LEADING, "");
}

/** By hand: a regex for trailing blanks is quadratic on a long run of them inside the text. */
function trimEnd(value: string): string {
  let end = value.length;
  if (isPrinting(value.charCodeAt(end - 1))) return value;
  while (end > 0 && TRAILING.test(value[end - 1]!)) end--;
  return value.slice(0, end);
}

function pad(args: Value[], put: (padding: string, value: string) => string): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  const size = needInteger(args[1], "the size");
  if (size > MAX_SIZE) throw new OperandError(`the size ${size} is beyond ${MAX_SIZE}`);
  const padding = text(args[2], "the padding") || " ";
  const missing = size - value.length;
  return missing <= 0 ? value : put(padding.repeat(Math.ceil(missing / padding.length)).slice(0, missing), value);
}

function replace(args: Value[]): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  const [find, by] = [needText(args[1], "the text to find"), needText(args[2], "the replacement")];
  if (find === "") return value;
  const parts = value.split(find);
  if (value.length + parts.length * by.length > MAX_SIZE)
    throw new OperandError(`the text grew beyond ${MAX_SIZE} characters`);
  return parts.join(by);
}

function position(args: Value[]): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  const wanted = needText(args[1], "the text to find");
  let at = args.length > 2 ? Math.max(0, needInteger(args[2], "the start")) : 0;
  const nth = args.length > 3 ? needInteger(args[3], "the occurrence") : 1;
  for (let count = 1; count <= nth; count++) {
    at = value.indexOf(wanted, count === 1 ? at : at + 1);
    if (at < 0) return -1;
  }
  return nth < 1 ? -1 : at;
}

/** Any of the separator's characters separates; empty parts are dropped. */
function splitAny(args: Value[]): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  const separators = new Set(needText(args[1], "the separator").replaceAll("\\\\", "\\"));
  const parts: string[] = [];
  let part = "";
  for (const char of value) {
    if (!separators.has(char)) part += char;
    else if (part !== "") {
      parts.push(part);
      part = "";
    }
  }
  return part === "" ? parts : [...parts, part];
}

function joinList(args: Value[]): Value {
  const separator = needText(args[0], "the separator");
  if (args[1] === null) return null;
  const list = needList(args[1], "the second argument");
  return list.map((item) => (item === null ? "" : javaString(item))).join(separator);
}

function slice(args: Value[]): Value {
  const value = text(args[0], "the input");
  if (value === null) return null;
  const [start, length] = [needInteger(args[1], "the start"), needInteger(args[2], "the length")];
  if (start < 0 || length < 0) throw new OperandError("start and length must not be negative");
  return value.slice(start, start + length);
}

/** Some characters of a text; fewer than none are none. */
function part(args: Value[], cut: (text: string, count: number) => string): Value {
  const value = text(args[0], "the input");
  return value === null ? null : cut(value, Math.max(0, needInteger(args[1], "the count")));
}

function regexOf(args: Value[], use: (pattern: string, value: string) => Value): Value {
  const value = text(args[0], "the input");
  return value === null ? null : use(needText(args[1], "the regular expression"), value);
}

const S = "String";
export const STRING_FUNCTIONS: readonly FunctionSpec[] = [
  {
    name: "concat",
    category: S,
    tier: "A",
    params: [param("text")],
    repeat: 1,
    returns: "string",
    doc: "Joins texts; null counts as empty.",
    example: 'concat("Hi, ", "there", "!")',
    result: "Hi, there!",
    evaluate: (args) => args.map((arg) => text(arg, "every argument") ?? "").join(""),
  },
  {
    name: "explode",
    category: S,
    tier: "A",
    params: [param("text"), param("regex?")],
    returns: "list of string",
    doc: "Splits a text by a regular expression (comma when absent); empty parts at the end are dropped.",
    example: 'explode("Hi, there!", " ")',
    result: ["Hi,", "there!"],
    evaluate: (args) => {
      const value = text(args[0], "the input");
      return value === null ? null : splitRegex(text(args[1], "the regular expression") ?? ",", value);
    },
  },
  {
    name: "split",
    category: S,
    tier: "A",
    params: [param("text"), param("separators")],
    returns: "list of string",
    doc: "Splits a text at any of the separator's characters; empty parts are dropped.",
    example: 'split("Hello world", " ")',
    result: ["Hello", "world"],
    evaluate: splitAny,
  },
  {
    name: "join",
    category: S,
    tier: "A",
    params: [param("separator"), param("list", "list")],
    returns: "string",
    doc: "Joins a list's items with a separator.",
    example: 'join(" ", to_array(true, "Hello", "world"))',
    result: "Hello world",
    evaluate: joinList,
  },
  {
    name: "instr",
    category: S,
    tier: "B",
    params: [param("text"), param("find"), param("start?", "integer"), param("nth?", "integer")],
    returns: "integer",
    doc: "Where a text occurs in another, from 0; -1 when it does not.",
    example: 'instr("adobe.com", "com")',
    result: 6,
    evaluate: position,
  },
  {
    name: "replacestr",
    category: S,
    tier: "A",
    params: [param("text"), param("find"), param("replacement")],
    returns: "string",
    doc: "Replaces a literal text wherever it occurs.",
    example: 'replacestr("This is a string re test", "re", "replace")',
    result: "This is a string replace test",
    evaluate: replace,
  },
  {
    name: "substr",
    category: S,
    tier: "A",
    params: [param("text"), param("start", "integer"), param("length", "integer")],
    returns: "string",
    doc: "A part of a text, from a start counted from 0.",
    example: 'substr("This is a substring test", 7, 8)',
    result: " a subst",
    evaluate: slice,
  },
  {
    name: "lower",
    aliases: ["lcase"],
    category: S,
    tier: "A",
    params: [param("text")],
    returns: "string",
    doc: "Lower case.",
    example: 'lower("HeLLo")',
    result: "hello",
    ...ofText((value) => value.toLowerCase()),
  },
  {
    name: "upper",
    aliases: ["ucase"],
    category: S,
    tier: "A",
    params: [param("text")],
    returns: "string",
    doc: "Upper case.",
    example: 'upper("HeLLo")',
    result: "HELLO",
    ...ofText((value) => value.toUpperCase()),
  },
  {
    name: "lpad",
    category: S,
    tier: "B",
    params: [param("text"), param("size", "integer"), param("padding")],
    returns: "string",
    doc: "Fills a text on the left up to a size; a null or empty padding is a space.",
    example: 'lpad("bat", 8, "yz")',
    result: "yzyzybat",
    evaluate: (args) => pad(args, (padding, value) => padding + value),
  },
  {
    name: "rpad",
    category: S,
    tier: "B",
    params: [param("text"), param("size", "integer"), param("padding")],
    returns: "string",
    doc: "Fills a text on the right up to a size; a null or empty padding is a space.",
    example: 'rpad("bat", 8, "yz")',
    result: "batyzyzy",
    evaluate: (args) => pad(args, (padding, value) => value + padding),
  },
  {
    name: "left",
    category: S,
    tier: "A",
    params: [param("text"), param("count", "integer")],
    returns: "string",
    doc: "The first characters of a text.",
    example: 'left("abcde", 2)',
    result: "ab",
    evaluate: (args) => part(args, (value, count) => value.slice(0, count)),
  },
  {
    name: "right",
    category: S,
    tier: "A",
    params: [param("text"), param("count", "integer")],
    returns: "string",
    doc: "The last characters of a text.",
    example: 'right("abcde", 2)',
    result: "de",
    evaluate: (args) => part(args, (value, count) => value.slice(Math.max(0, value.length - count))),
  },
  {
    name: "trim",
    category: S,
    tier: "A",
    params: [param("text")],
    returns: "string",
    doc: "Drops blanks at both ends.",
    example: 'trim(" hello ")',
    result: "hello",
    ...ofText((value) => trimEnd(trimStart(value))),
  },
  {
    name: "ltrim",
    category: S,
    tier: "A",
    params: [param("text")],
    returns: "string",
    doc: "Drops blanks at the beginning.",
    example: 'ltrim(" hello")',
    result: "hello",
    ...ofText(trimStart),
  },
  {
    name: "rtrim",
    category: S,
    tier: "A",
    params: [param("text")],
    returns: "string",
    doc: "Drops blanks at the end.",
    example: 'rtrim("hello ")',
    result: "hello",
    ...ofText(trimEnd),
  },
  {
    name: "extract_regex",
    category: "Regular expression",
    tier: "B",
    params: [param("text"), param("regex")],
    returns: "list of string",
    doc: "The text and the groups of a regular expression that matches the whole text; an empty list when it does not match.",
    example: 'extract_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)")',
    result: ["E259,E259B_009,1_1", "E259", "1_1"],
    evaluate: (args) => regexOf(args, fullGroups),
  },
  {
    name: "matches_regex",
    category: "Regular expression",
    tier: "A",
    params: [param("text"), param("regex")],
    returns: "boolean",
    doc: "Whether a regular expression matches the whole text.",
    example: 'matches_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)")',
    result: true,
    evaluate: (args) => regexOf(args, fullMatch),
  },
];
