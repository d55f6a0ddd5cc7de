import type { Expression, Position, UnaryOperator } from "./ast.ts";
import type { Token } from "./lexer.ts";
import { type ExpressionProblem, positionAt, problemError, problemOf } from "./problem.ts";
import { TokenReader } from "./token-reader.ts";
import { RESERVED_WORDS } from "./words.ts";

/** Adobe's limit for a calculated field. */
export const MAX_LENGTH = 4096;
const MAX_DEPTH = 100;

const OR = new Set(["||"]);
const AND = new Set(["&&"]);
const EQUALITY = new Set(["==", "!="]);
const RELATION = new Set(["<", "<=", ">", ">=", "=~", "!~"]);
const SUM = new Set(["+", "-"]);
const PRODUCT = new Set(["*", "/", "%"]);
const UNARY = new Set(["-", "!", "~"]);

/**
 * Reads one Data Prep expression into its syntax tree.
 * Throws AepError MAPPING_EXPRESSION: `where` is line:column, `cause` the ExpressionProblem with code and offset.
 *
 * @example parseExpression("lower(trim(email))").kind // "call"
 */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) {
    const message = `The expression has ${text.length} characters; Data Prep takes at most ${MAX_LENGTH}`;
    throw problemError({
      code: "too-long",
      severity: "error",
      message,
      hint: "Split it over several rows.",
      ...positionAt(text, MAX_LENGTH),
    });
  }
  const parser = new Parser(text);
  return parser.whole();
}

/** As parseExpression, but the problem is an answer and not a throw. */
export function tryParseExpression(text: string): { ast: Expression } | { problem: ExpressionProblem } {
  try {
    return { ast: parseExpression(text) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    return { problem };
  }
}

class Parser {
  readonly #in: TokenReader;
  #depth = 0;

  constructor(text: string) {
    this.#in = new TokenReader(text);
  }

  whole(): Expression {
    if (this.#in.ended())
      this.#in.fail("syntax", 0, "The expression is empty", "Write a field path or a function call.");
    const expression = this.#expression();
    if (!this.#in.ended()) this.#in.unexpected("an operator or the end");
    return expression;
  }

  #expression(): Expression {
    if (++this.#depth > MAX_DEPTH)
      this.#in.fail(
        "too-deep",
        this.#in.token.start,
        `Nested deeper than ${MAX_DEPTH} levels`,
        "Split it over several rows.",
      );
    const left = this.#chain(OR, () => this.#chain(AND, () => this.#equality()));
    const ternary = this.#ternary(left);
    this.#depth--;
    return ternary;
  }

  #ternary(test: Expression): Expression {
    if (this.#in.take("?:")) {
      const right = this.#expression();
      return { kind: "elvis", left: test, right, at: test.at, end: right.end };
    }
    const question = this.#in.token;
    if (!this.#in.take("?")) return test;
    const then = this.#expression();
    if (!this.#in.take(":"))
      this.#in.fail(
        "syntax",
        this.#in.token.start,
        `Expected ":" of the choice that begins at column ${this.#in.at(question.start).column}, found ${this.#in.shown()}`,
        "A choice is written condition ? value : otherwise.",
      );
    const otherwise = this.#expression();
    return { kind: "ternary", test, then, otherwise, at: test.at, end: otherwise.end };
  }

  #chain(operators: ReadonlySet<string>, operand: () => Expression): Expression {
    let left = operand();
    for (let operator = this.#in.operator(operators); operator !== undefined; operator = this.#in.operator(operators)) {
      const right = operand();
      left = { kind: "binary", operator, left, right, at: left.at, end: right.end };
    }
    return left;
  }

  /** A comparison takes two sides and no third: JEXL has no a < b < c. */
  #single(operators: ReadonlySet<string>, operand: () => Expression): Expression {
    const left = operand();
    const operator = this.#in.operator(operators);
    if (operator === undefined) return left;
    const right = operand();
    const again = this.#in.token;
    if (this.#in.operator(operators) !== undefined) {
      this.#in.fail(
        "not-chainable",
        again.start,
        `Comparisons do not chain; "${again.text}" has a comparison on its left already`,
        "Join two comparisons with && or put parentheses.",
      );
    }
    return { kind: "binary", operator, left, right, at: left.at, end: right.end };
  }

  #equality(): Expression {
    return this.#single(EQUALITY, () =>
      this.#single(RELATION, () => this.#chain(SUM, () => this.#chain(PRODUCT, () => this.#unary()))),
    );
  }

  #unary(): Expression {
    const start = this.#in.token.start;
    const operator = this.#in.operator<UnaryOperator>(UNARY);
    if (operator === undefined) return this.#postfix();
    if (++this.#depth > MAX_DEPTH)
      this.#in.fail("too-deep", start, `Nested deeper than ${MAX_DEPTH} levels`, "Split it over several rows.");
    const operand = this.#unary();
    this.#depth--;
    return { kind: "unary", operator, operand, at: this.#in.at(start), end: operand.end };
  }

  #postfix(): Expression {
    let object = this.#primary();
    for (;;) {
      if (this.#in.take(".")) object = this.#member(object);
      else if (this.#in.take("[")) object = this.#index(object);
      else if (this.#in.is("("))
        this.#in.forbid(this.#in.token, "Calling a value (only functions by name can be called)");
      else return object;
    }
  }

  #member(object: Expression): Expression {
    const token = this.#in.token;
    if (token.kind !== "name" && token.kind !== "field" && token.kind !== "string") {
      this.#in.fail(
        "syntax",
        token.start,
        `Expected a field name after ".", found ${this.#in.shown()}`,
        "Wrap names with special characters: a.${First Name}.",
      );
    }
    this.#in.skip();
    if (token.kind === "name" && RESERVED_WORDS.has(token.text)) this.#in.reserved(token);
    if (token.kind === "name" && this.#in.is("(")) {
      const { args, end } = this.#args(token.text);
      return { kind: "method", object, name: token.text, args, at: object.at, end };
    }
    return { kind: "member", object, name: token.text, at: object.at, end: token.end };
  }

  #index(object: Expression): Expression {
    const open = this.#in.previous;
    if (this.#in.is("*")) {
      this.#in.fail(
        "wildcard",
        open.start,
        "[*] repeats an ATTRIBUTE row for every item; an EXPRESSION cannot use it",
        "Use an ATTRIBUTE row with [*] on both sides, or one item by its index: [0].",
      );
    }
    if (this.#in.ended()) this.#in.close("]", open);
    const index = this.#expression();
    return { kind: "index", object, index, at: object.at, end: this.#in.close("]", open) };
  }

  #primary(): Expression {
    const token = this.#in.token;
    const at = this.#in.at(token.start);
    this.#in.skip();
    if (token.kind === "number") return { kind: "number", raw: token.text, at, end: token.end };
    if (token.kind === "string") return { kind: "string", value: token.text, at, end: token.end };
    if (token.kind === "field") return { kind: "name", name: token.text, at, end: token.end };
    if (token.kind === "name") return this.#nameOrCall(token, at);
    if (token.text === "(") return this.#parenthesized(token);
    if (token.text === "[") {
      const { items, end } = this.#list("]", token);
      return { kind: "array", items, at, end };
    }
    if (token.text === "{") return this.#object(token, at);
    this.#in.back();
    return this.#in.unexpected("a value");
  }

  #nameOrCall(token: Token, at: Position): Expression {
    if (token.text === "true" || token.text === "false")
      return { kind: "constant", value: token.text === "true", at, end: token.end };
    if (token.text === "null") return { kind: "constant", value: null, at, end: token.end };
    this.#in.refuseReserved(token);
    if (this.#in.is("(")) {
      const { args, end } = this.#args(token.text);
      return { kind: "call", name: token.text, args, at, end };
    }
    if (token.text === "xdm" && this.#in.is(":")) {
      this.#in.fail(
        "xdm-prefix",
        token.start,
        "Data Prep paths are plain; the prefix xdm: is not part of them",
        "Drop the prefix: loyalty.points instead of xdm:loyalty.points.",
      );
    }
    return { kind: "name", name: token.text, at, end: token.end };
  }

  #parenthesized(open: Token): Expression {
    if (this.#in.is(")")) this.#forbidOrEmpty(open);
    if (this.#in.ended()) this.#in.close(")", open);
    const inner = this.#expression();
    const end = this.#in.close(")", open);
    // The parentheses belong to the text of what they enclose, so that a position covers them.
    return { ...inner, at: this.#in.at(open.start), end };
  }

  #forbidOrEmpty(open: Token): never {
    const after = this.#in.following;
    if (after?.text === "->" || after?.text === "=>") this.#in.forbid(after, "Lambdas");
    return this.#in.fail("syntax", open.start, "() encloses nothing", "Write a value between the parentheses.");
  }

  #args(name: string): { args: Expression[]; end: number } {
    const open = this.#in.token;
    this.#in.skip();
    const { items, end } = this.#list(")", open, `of ${name}(`);
    return { args: items, end };
  }

  #list(close: string, open: Token, of = ""): { items: Expression[]; end: number } {
    const items: Expression[] = [];
    if (!this.#in.is(close) && !this.#in.ended()) {
      do items.push(this.#expression());
      while (this.#in.take(","));
    }
    return { items, end: this.#in.close(close, open, of) };
  }

  #object(open: Token, at: Position): Expression {
    const entries: { key: string; value: Expression }[] = [];
    if (this.#in.is(":")) this.#in.skip();
    else if (!this.#in.is("}")) {
      do entries.push(this.#entry());
      while (this.#in.take(","));
    }
    return { kind: "object", entries, at, end: this.#in.close("}", open) };
  }

  #entry(): { key: string; value: Expression } {
    const key = this.#in.token;
    if (key.kind !== "string")
      this.#in.fail(
        "syntax",
        key.start,
        `Expected a key in quotes, found ${this.#in.shown()}`,
        `An object is written {"key": value}.`,
      );
    this.#in.skip();
    if (!this.#in.take(":"))
      this.#in.fail(
        "syntax",
        this.#in.token.start,
        `Expected ":" after the key, found ${this.#in.shown()}`,
        `An object is written {"key": value}.`,
      );
    return { key: key.text, value: this.#expression() };
  }
}
