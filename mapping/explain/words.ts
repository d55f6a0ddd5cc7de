/** What an expression does, in words. */
import type { BinaryOperator, Expression } from "../expression/ast.ts";
import { printExpression } from "../expression/printer.ts";

type Say = (args: string[]) => string;

/** Phrases of the functions real mappings use; the others are shown as calls. */
const PHRASES: Record<string, Say> = {
  lower: ([a]) => `${a} in lower case`,
  lcase: ([a]) => `${a} in lower case`,
  upper: ([a]) => `${a} in upper case`,
  ucase: ([a]) => `${a} in upper case`,
  trim: ([a]) => `${a} without blanks around it`,
  ltrim: ([a]) => `${a} without blanks before it`,
  rtrim: ([a]) => `${a} without blanks after it`,
  concat: (args) => `${listed(args, "and")} joined`,
  join: ([separator, a]) => `the items of ${a} joined with ${separator}`,
  split: ([a, separator]) => `${a} split at ${separator}`,
  explode: ([a, separator = '","']) => `${a} split at ${separator}`,
  substr: ([a, from, length]) => `${length} characters of ${a} from position ${from}`,
  left: ([a, n]) => `the first ${n} characters of ${a}`,
  right: ([a, n]) => `the last ${n} characters of ${a}`,
  replacestr: ([a, from, to]) => `${a} with ${from} replaced by ${to}`,
  coalesce: (args) => `the first of ${listed(args, "and")} that is there`,
  iif: ([test, yes, no]) => `${yes} if ${test}, otherwise ${no}`,
  decode: ([key, ...rest]) => decoded(key!, rest),
  contains_key: ([a]) => `${a} is in the event`,
  is_empty: ([a]) => `${a} is empty`,
  nullify: () => "nothing",
  date: ([a, format]) => `${a} read as a date${format ? ` of the form ${format}` : ""}`,
  format: ([a, format]) => `${a} written as ${format}`,
  dformat: ([a, format]) => `the moment ${a} (epoch milliseconds) written as ${format}`,
  now: () => "the time of ingestion",
  timestamp: () => "the time of ingestion in epoch milliseconds",
  uuid: () => "a new random id",
  guid: () => "a new random id",
  size_of: ([a]) => `how many items ${a} has`,
  first: (args) => `the first of ${listed(args, "and")}`,
  last: (args) => `the last of ${listed(args, "and")}`,
  to_integer: ([a]) => `${a} as a whole number`,
  to_bigint: ([a]) => `${a} as a whole number`,
  to_decimal: ([a]) => `${a} as a decimal number`,
  to_float: ([a]) => `${a} as a decimal number`,
  sha256: ([a]) => `the SHA-256 hash of ${a}`,
  sha512: ([a]) => `the SHA-512 hash of ${a}`,
  sha1: ([a]) => `the SHA-1 hash of ${a}`,
  md5: ([a]) => `the MD5 hash of ${a}`,
  min: (args) => `the least of ${listed(args, "and")}`,
  max: (args) => `the greatest of ${listed(args, "and")}`,
};

const OPERATORS: Record<BinaryOperator, string> = {
  "+": "plus",
  "-": "minus",
  "*": "times",
  "/": "divided by",
  "%": "modulo",
  "==": "equals",
  "!=": "is not",
  "<": "is less than",
  "<=": "is at most",
  ">": "is more than",
  ">=": "is at least",
  "=~": "matches",
  "!~": "does not match",
  "&&": "and",
  "||": "or",
};

/** @example inWords(parseExpression("lower(trim(email))")) // "email without blanks around it in lower case" */
export function inWords(node: Expression): string {
  switch (node.kind) {
    case "ternary":
      return PHRASES["iif"]!([inWords(node.test), inWords(node.then), inWords(node.otherwise)]);
    case "elvis":
      return `${inWords(node.left)}, or ${inWords(node.right)} when that is null, zero or empty`;
    case "binary":
      return `${part(node.left)} ${OPERATORS[node.operator]} ${part(node.right)}`;
    case "unary":
      return node.operator === "!" ? `not (${inWords(node.operand)})` : printExpression(node);
    case "call":
      return Object.hasOwn(PHRASES, node.name)
        ? PHRASES[node.name]!(node.args.map(part))
        : `${node.name}(${node.args.map(inWords).join(", ")})`;
    case "constant":
      return node.value === null ? "nothing" : String(node.value);
    default:
      return printExpression(node);
  }
}

/** A part of a sentence; a sentence of its own goes into brackets. */
function part(node: Expression): string {
  const words = inWords(node);
  const choice =
    node.kind === "ternary" ||
    node.kind === "elvis" ||
    node.kind === "binary" ||
    (node.kind === "call" && ["iif", "decode"].includes(node.name));
  return choice ? `(${words})` : words;
}

function listed(parts: readonly string[], last: string): string {
  if (parts.length < 2) return parts.join("");
  return `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}`;
}

function decoded(key: string, rest: readonly string[]): string {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < rest.length; index += 2) pairs.push(`${rest[index + 1]} for ${rest[index]}`);
  const otherwise = rest.length % 2 === 1 ? `, otherwise ${rest.at(-1)}` : "";
  return `depending on ${key}: ${pairs.join(", ")}${otherwise}`;
}
