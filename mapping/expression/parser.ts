import type { BinaryOperator, Expression, Position, UnaryOperator } from "./ast.ts";
import { forbiddenOperator, forbiddenWord } from "./forbidden.ts";
import { type Token, tokenize } from "./lexer.ts";
import { type ExpressionProblem, type ProblemCode, positionAt, problemError, problemOf } from "./problem.ts";
import { RESERVED_WORDS, WORD_OPERATORS } from "./words.ts";

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
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  whole(): Expression {
    if (this.#ended()) this.#fail("syntax", 0, "The expression is empty", "Write a field path or a function call.");
    const expression = this.#expression();
    if (!this.#ended()) this.#unexpected("an operator or the end");
    return expression;
  }

  #expression(): Expression {
    if (++this.#depth > MAX_DEPTH)
      this.#fail(
        "too-deep",
        this.#token.start,
        `Nested deeper than ${MAX_DEPTH} levels`,
        "Split it over several rows.",
      );
    const left = this.#chain(OR, () => this.#chain(AND, () => this.#equality()));
    const ternary = this.#ternary(left);
    this.#depth--;
    return ternary;
  }

  #ternary(test: Expression): Expression {
    if (this.#take("?:")) {
      const right = this.#expression();
      return { kind: "elvis", left: test, right, at: test.at, end: right.end };
    }
    const question = this.#token;
    if (!this.#take("?")) return test;
    const then = this.#expression();
    if (!this.#take(":"))
      this.#fail(
        "syntax",
        this.#token.start,
        `Expected ":" of the choice that begins at column ${this.#at(question.start).column}, found ${this.#shown()}`,
        "A choice is written condition ? value : otherwise.",
      );
    const otherwise = this.#expression();
    return { kind: "ternary", test, then, otherwise, at: test.at, end: otherwise.end };
  }

  #chain(operators: ReadonlySet<string>, operand: () => Expression): Expression {
    let left = operand();
    for (let operator = this.#operator(operators); operator !== undefined; operator = this.#operator(operators)) {
      const right = operand();
      left = { kind: "binary", operator, left, right, at: left.at, end: right.end };
    }
    return left;
  }

  /** A comparison takes two sides and no third: JEXL has no a < b < c. */
  #single(operators: ReadonlySet<string>, operand: () => Expression): Expression {
    const left = operand();
    const operator = this.#operator(operators);
    if (operator === undefined) return left;
    const right = operand();
    const again = this.#token;
    if (this.#operator(operators) !== undefined) {
      this.#fail(
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
    const start = this.#token.start;
    const operator = this.#operator<UnaryOperator>(UNARY);
    if (operator === undefined) return this.#postfix();
    if (++this.#depth > MAX_DEPTH)
      this.#fail("too-deep", start, `Nested deeper than ${MAX_DEPTH} levels`, "Split it over several rows.");
    const operand = this.#unary();
    this.#depth--;
    return { kind: "unary", operator, operand, at: this.#at(start), end: operand.end };
  }

  #postfix(): Expression {
    let object = this.#primary();
    for (;;) {
      if (this.#take(".")) object = this.#member(object);
      else if (this.#take("[")) object = this.#index(object);
      else if (this.#is("(")) this.#forbid(this.#token, "Calling a value (only functions by name can be called)");
      else return object;
    }
  }

  #member(object: Expression): Expression {
    const token = this.#token;
    if (token.kind !== "name" && token.kind !== "field" && token.kind !== "string") {
      this.#fail(
        "syntax",
        token.start,
        `Expected a field name after ".", found ${this.#shown()}`,
        "Wrap names with special characters: a.${First Name}.",
      );
    }
    this.#next++;
    if (token.kind === "name" && RESERVED_WORDS.has(token.text)) this.#reserved(token);
    if (token.kind === "name" && this.#is("(")) {
      const { args, end } = this.#args(token.text);
      return { kind: "method", object, name: token.text, args, at: object.at, end };
    }
    return { kind: "member", object, name: token.text, at: object.at, end: token.end };
  }

  #index(object: Expression): Expression {
    const open = this.#tokens[this.#next - 1]!;
    if (this.#is("*")) {
      this.#fail(
        "wildcard",
        open.start,
        "[*] repeats an ATTRIBUTE row for every item; an EXPRESSION cannot use it",
        "Use an ATTRIBUTE row with [*] on both sides, or one item by its index: [0].",
      );
    }
    if (this.#ended()) this.#close("]", open);
    const index = this.#expression();
    return { kind: "index", object, index, at: object.at, end: this.#close("]", open) };
  }

  #primary(): Expression {
    const token = this.#token;
    const at = this.#at(token.start);
    this.#next++;
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
    this.#next--;
    return this.#unexpected("a value");
  }

  #nameOrCall(token: Token, at: Position): Expression {
    if (token.text === "true" || token.text === "false")
      return { kind: "constant", value: token.text === "true", at, end: token.end };
    if (token.text === "null") return { kind: "constant", value: null, at, end: token.end };
    this.#refuseReserved(token);
    if (this.#is("(")) {
      const { args, end } = this.#args(token.text);
      return { kind: "call", name: token.text, args, at, end };
    }
    if (token.text === "xdm" && this.#is(":")) {
      this.#fail(
        "xdm-prefix",
        token.start,
        "Data Prep paths are plain; the prefix xdm: is not part of them",
        "Drop the prefix: loyalty.points instead of xdm:loyalty.points.",
      );
    }
    return { kind: "name", name: token.text, at, end: token.end };
  }

  #parenthesized(open: Token): Expression {
    if (this.#is(")")) this.#forbidOrEmpty(open);
    if (this.#ended()) this.#close(")", open);
    const inner = this.#expression();
    const end = this.#close(")", open);
    // The parentheses belong to the text of what they enclose, so that a position covers them.
    return { ...inner, at: this.#at(open.start), end };
  }

  #forbidOrEmpty(open: Token): never {
    const after = this.#tokens[this.#next + 1];
    if (after?.text === "->" || after?.text === "=>") this.#forbid(after, "Lambdas");
    return this.#fail("syntax", open.start, "() encloses nothing", "Write a value between the parentheses.");
  }

  #args(name: string): { args: Expression[]; end: number } {
    const open = this.#token;
    this.#next++;
    const { items, end } = this.#list(")", open, `of ${name}(`);
    return { args: items, end };
  }

  #list(close: string, open: Token, of = ""): { items: Expression[]; end: number } {
    const items: Expression[] = [];
    if (!this.#is(close) && !this.#ended()) {
      do items.push(this.#expression());
      while (this.#take(","));
    }
    return { items, end: this.#close(close, open, of) };
  }

  #object(open: Token, at: Position): Expression {
    const entries: { key: string; value: Expression }[] = [];
    if (this.#is(":")) this.#next++;
    else if (!this.#is("}")) {
      do entries.push(this.#entry());
      while (this.#take(","));
    }
    return { kind: "object", entries, at, end: this.#close("}", open) };
  }

  #entry(): { key: string; value: Expression } {
    const key = this.#token;
    if (key.kind !== "string")
      this.#fail(
        "syntax",
        key.start,
        `Expected a key in quotes, found ${this.#shown()}`,
        `An object is written {"key": value}.`,
      );
    this.#next++;
    if (!this.#take(":"))
      this.#fail(
        "syntax",
        this.#token.start,
        `Expected ":" after the key, found ${this.#shown()}`,
        `An object is written {"key": value}.`,
      );
    return { key: key.text, value: this.#expression() };
  }

  #close(close: string, open: Token, of = ""): number {
    const token = this.#token;
    if (this.#take(close)) return token.end;
    const { column } = this.#at(open.start);
    if (token.kind === "end")
      this.#fail(
        "unterminated",
        open.start,
        `"${open.text}" ${of ? `${of} ` : ""}has no closing "${close}"`,
        `Add ${close} where it belongs.`,
      );
    return this.#unexpected(`"${close}" for the "${open.text}" at column ${column}`);
  }

  get #token(): Token {
    return this.#tokens[this.#next]!;
  }

  #ended(): boolean {
    return this.#token.kind === "end";
  }

  #is(operator: string): boolean {
    return this.#token.kind === "operator" && this.#token.text === operator;
  }

  #take(operator: string): boolean {
    const found = this.#is(operator);
    if (found) this.#next++;
    return found;
  }

  #operator<Operator extends string = BinaryOperator>(operators: ReadonlySet<string>): Operator | undefined {
    const { kind, text } = this.#token;
    const symbol = kind === "operator" ? text : kind === "name" ? WORD_OPERATORS[text] : undefined;
    if (symbol === undefined || !operators.has(symbol)) return undefined;
    this.#next++;
    return symbol as Operator;
  }

  #refuseReserved(token: Token): void {
    const thing = forbiddenWord(token.text, this.#is("("));
    if (thing !== undefined) this.#forbid(token, thing);
    if (RESERVED_WORDS.has(token.text)) this.#reserved(token);
  }

  #reserved(token: Token): never {
    return this.#fail(
      "reserved-word",
      token.start,
      `"${token.text}" is a reserved word`,
      `As a field name it must be wrapped: \${${token.text}}.`,
    );
  }

  #unexpected(expected: string): never {
    const token = this.#token;
    const thing = token.kind === "operator" ? forbiddenOperator(token.text) : undefined;
    if (thing !== undefined) this.#forbid(token, thing);
    if (token.kind === "name") this.#refuseReserved(token);
    const hint =
      token.text === ":"
        ? "Data Prep paths are plain: no xdm: prefix."
        : "Check for a missing operator, comma or quote just before.";
    return this.#fail("syntax", token.start, `Expected ${expected}, found ${this.#shown()}`, hint);
  }

  #forbid(token: Token, thing: string): never {
    return this.#fail(
      "forbidden",
      token.start,
      `${thing}: not part of the Data Prep expression language`,
      "Use a documented function or operator instead.",
    );
  }

  #shown(): string {
    const token = this.#token;
    return token.kind === "end" ? "the end" : `"${this.#text.slice(token.start, token.end)}"`;
  }

  #at(offset: number): Position {
    return positionAt(this.#text, offset);
  }

  #fail(code: ProblemCode, offset: number, message: string, hint: string): never {
    throw problemError({ code, severity: "error", message, hint, ...this.#at(offset) });
  }
}
