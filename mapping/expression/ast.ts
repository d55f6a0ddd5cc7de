/** The syntax tree of a Data Prep expression. Parentheses leave no node: the printer puts them back where they matter. */

/** A place in an expression's text. `offset` counts UTF-16 units from 0; `line` and `column` count from 1. */
export interface Position {
  offset: number;
  line: number;
  column: number;
}

/** What every node carries: where it begins, and the offset just after its last character. */
interface Placed {
  at: Position;
  end: number;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "=~"
  | "!~"
  | "&&"
  | "||";
export type UnaryOperator = "-" | "!" | "~";

/** A number literal; `raw` keeps its spelling (`0x1F`, `1.50`, `2L`), which decides its Java type. */
interface NumberNode extends Placed {
  kind: "number";
  raw: string;
}
interface StringNode extends Placed {
  kind: "string";
  value: string;
}
interface ConstantNode extends Placed {
  kind: "constant";
  value: boolean | null;
}
/** A top-level field of the event: `loyalty`, `${First Name}`. */
export interface NameNode extends Placed {
  kind: "name";
  name: string;
}
/** `object.name`, `object.0`, `object.'x y'`. */
export interface MemberNode extends Placed {
  kind: "member";
  object: Expression;
  name: string;
}
export interface IndexNode extends Placed {
  kind: "index";
  object: Expression;
  index: Expression;
}
export interface CallNode extends Placed {
  kind: "call";
  name: string;
  args: Expression[];
}
export interface MethodNode extends Placed {
  kind: "method";
  object: Expression;
  name: string;
  args: Expression[];
}
interface ArrayNode extends Placed {
  kind: "array";
  items: Expression[];
}
interface ObjectNode extends Placed {
  kind: "object";
  entries: { key: string; value: Expression }[];
}
interface UnaryNode extends Placed {
  kind: "unary";
  operator: UnaryOperator;
  operand: Expression;
}
export interface BinaryNode extends Placed {
  kind: "binary";
  operator: BinaryOperator;
  left: Expression;
  right: Expression;
}
export interface TernaryNode extends Placed {
  kind: "ternary";
  test: Expression;
  then: Expression;
  otherwise: Expression;
}
/** `left ?: right`: right when left is null, false, zero or empty. */
export interface ElvisNode extends Placed {
  kind: "elvis";
  left: Expression;
  right: Expression;
}

export type Expression =
  | NumberNode
  | StringNode
  | ConstantNode
  | NameNode
  | MemberNode
  | IndexNode
  | CallNode
  | MethodNode
  | ArrayNode
  | ObjectNode
  | UnaryNode
  | BinaryNode
  | TernaryNode
  | ElvisNode;

/** The node's direct parts, left to right. */
export function childrenOf(node: Expression): Expression[] {
  switch (node.kind) {
    case "member":
      return [node.object];
    case "index":
      return [node.object, node.index];
    case "call":
      return node.args;
    case "method":
      return [node.object, ...node.args];
    case "array":
      return node.items;
    case "object":
      return node.entries.map((entry) => entry.value);
    case "unary":
      return [node.operand];
    case "binary":
    case "elvis":
      return [node.left, node.right];
    case "ternary":
      return [node.test, node.then, node.otherwise];
    default:
      return [];
  }
}

/** Visits the node and everything below it, parents first. Iterative: a long chain must not exhaust the stack. */
export function walk(root: Expression, visit: (node: Expression) => void): void {
  const open: Expression[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    visit(node);
    open.push(...childrenOf(node).toReversed());
  }
}
