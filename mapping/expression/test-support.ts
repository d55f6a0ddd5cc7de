import fc from "fast-check";
import { FUNCTIONS } from "../functions/table.ts";
import type { BinaryOperator, Expression, UnaryOperator } from "./ast.ts";

/** A tree without its places, for comparing. */
export function withoutPlaces(node: Expression): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (key === "at" || key === "end" ? undefined : value)));
}

const BINARY: BinaryOperator[] = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "=~", "!~", "&&", "||"];
const UNARY: UnaryOperator[] = ["-", "!", "~"];
const name = fc.oneof(
  fc.constantFrom("a", "b", "list", "new", "lt", "First Name", "x.y", "0", "é"),
  fc.string({ minLength: 1, maxLength: 6 }),
);
const number = fc.constantFrom("0", "1", "42", "2.5", "1.0e3", "010", "0x1F", "9007199254740993", "3L", "1.5f");
const functionName = fc.constantFrom(...FUNCTIONS.map((spec) => spec.name));

/** Random trees of every kind of node; without places. */
export const expressions: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => {
  const node = tie("node");
  const nodes = fc.array(node, { maxLength: 3 });
  const kinds: fc.Arbitrary<unknown>[] = [
    fc.record({ kind: fc.constant("number"), raw: number }),
    fc.record({ kind: fc.constant("string"), value: fc.string({ unit: "grapheme", maxLength: 8 }) }),
    fc.record({ kind: fc.constant("constant"), value: fc.constantFrom(true, false, null) }),
    fc.record({ kind: fc.constant("name"), name }),
    fc.record({ kind: fc.constant("member"), object: node, name }),
    fc.record({ kind: fc.constant("index"), object: node, index: node }),
    fc.record({ kind: fc.constant("call"), name: functionName, args: nodes }),
    fc.record({
      kind: fc.constant("method"),
      object: node,
      name: fc.constantFrom("equals", "get", "size"),
      args: nodes,
    }),
    fc.record({ kind: fc.constant("array"), items: nodes }),
    fc.record({
      kind: fc.constant("object"),
      entries: fc.array(fc.record({ key: fc.string(), value: node }), { maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant("unary"), operator: fc.constantFrom(...UNARY), operand: node }),
    fc.record({ kind: fc.constant("binary"), operator: fc.constantFrom(...BINARY), left: node, right: node }),
    // biome-ignore lint/suspicious/noThenProperty: the tree's own field, and no tree is ever awaited
    fc.record({ kind: fc.constant("ternary"), test: node, then: node, otherwise: node }),
    fc.record({ kind: fc.constant("elvis"), left: node, right: node }),
  ];
  return {
    node: fc.oneof({ maxDepth: 5, depthSize: "small", withCrossShrink: true }, ...kinds) as fc.Arbitrary<Expression>,
  };
}).node;

/** Events: any JSON object with the names the trees use. */
export const events: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  fc.constantFrom("a", "b", "list", "new", "x.y", "é"),
  fc.jsonValue({ maxDepth: 4 }),
);
