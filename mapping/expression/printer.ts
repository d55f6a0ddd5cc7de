import type { BinaryOperator, Expression } from "./ast.ts";
import { isPlainName, RESERVED_WORDS } from "./words.ts";

/** Binding strength, loosest first; the gaps of the grammar are what decides on parentheses. */
const LEVEL = { choice: 0, or: 1, and: 2, equality: 3, relation: 4, sum: 5, product: 6, unary: 7, postfix: 8 } as const;

const BINARY_LEVEL: Record<BinaryOperator, number> = {
  "||": LEVEL.or,
  "&&": LEVEL.and,
  "==": LEVEL.equality,
  "!=": LEVEL.equality,
  "=~": LEVEL.relation,
  "!~": LEVEL.relation,
  "<": LEVEL.relation,
  "<=": LEVEL.relation,
  ">": LEVEL.relation,
  ">=": LEVEL.relation,
  "+": LEVEL.sum,
  "-": LEVEL.sum,
  "*": LEVEL.product,
  "/": LEVEL.product,
  "%": LEVEL.product,
};

/** The expression's canonical text. Parsing it again gives the same tree (positions aside). */
export function printExpression(node: Expression): string {
  return print(node, LEVEL.choice);
}

function print(node: Expression, minimum: number): string {
  const text = plain(node);
  return levelOf(node) < minimum ? `(${text})` : text;
}

function levelOf(node: Expression): number {
  if (node.kind === "ternary" || node.kind === "elvis") return LEVEL.choice;
  if (node.kind === "binary") return BINARY_LEVEL[node.operator];
  return node.kind === "unary" ? LEVEL.unary : LEVEL.postfix;
}

function plain(node: Expression): string {
  switch (node.kind) {
    case "number":
      return node.raw;
    case "string":
      return quote(node.value);
    case "constant":
      return String(node.value);
    case "name":
      return isPlainName(node.name) ? node.name : wrap(node.name);
    case "member":
      return `${holder(node.object)}.${memberName(node.name)}`;
    case "index":
      return `${holder(node.object)}[${printExpression(node.index)}]`;
    case "call":
      return `${node.name}(${list(node.args)})`;
    case "method":
      return `${holder(node.object)}.${node.name}(${list(node.args)})`;
    case "array":
      return `[${list(node.items)}]`;
    case "object":
      return `{${node.entries.map((entry) => `${quote(entry.key)}: ${printExpression(entry.value)}`).join(", ")}}`;
    case "unary":
      return unary(node.operator, print(node.operand, LEVEL.unary));
    case "binary":
      return binary(node.operator, node.left, node.right);
    case "ternary":
      return `${print(node.test, LEVEL.or)} ? ${printExpression(node.then)} : ${printExpression(node.otherwise)}`;
    case "elvis":
      return `${print(node.left, LEVEL.or)} ?: ${printExpression(node.right)}`;
  }
}

/** What stands before a dot or bracket. A number in front of a dot would read as a decimal. */
function holder(node: Expression): string {
  return node.kind === "number" ? `(${node.raw})` : print(node, LEVEL.postfix);
}

/** A space keeps two signs from reading as one operator: !~, !$, --. */
function unary(operator: string, operand: string): string {
  return `${operator}${/^[-!~$]/.test(operand) ? " " : ""}${operand}`;
}

function binary(operator: BinaryOperator, left: Expression, right: Expression): string {
  const level = BINARY_LEVEL[operator];
  const chains = level !== LEVEL.equality && level !== LEVEL.relation;
  return `${print(left, chains ? level : level + 1)} ${operator} ${print(right, level + 1)}`;
}

function list(items: readonly Expression[]): string {
  return items.map(printExpression).join(", ");
}

/** Double quotes; what a JEXL string cannot hold becomes \uXXXX. A backslash always doubles, so it reads the same after any character. */
function quote(value: string): string {
  const escaped = value.replace(/[\\"]/g, "\\$&").replace(/[\p{Cc}\u2028\u2029]/gu, unicode);
  return `"${escaped}"`;
}

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function wrap(name: string): string {
  return `\${${name.replace(/[\\.}]/g, "\\$&")}}`;
}

function memberName(name: string): string {
  const bare = /^[A-Za-z0-9$_]+$/.test(name) && !RESERVED_WORDS.has(name);
  return bare ? name : name === "" ? '""' : wrap(name);
}
