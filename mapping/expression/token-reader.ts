import type { BinaryOperator, Position } from "./ast.ts";
import { forbiddenOperator, forbiddenWord } from "./forbidden.ts";
import { type Token, tokenize } from "./lexer.ts";
import { type ProblemCode, positionAt, problemError } from "./problem.ts";
import { RESERVED_WORDS, WORD_OPERATORS } from "./words.ts";

/** An expression's tokens, read one after the other, and the ways to say what is wrong with the next one. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  /** The next token. */
  get token(): Token {
    return this.#tokens[this.#next]!;
  }

  get previous(): Token {
    return this.#tokens[this.#next - 1]!;
  }

  get following(): Token | undefined {
    return this.#tokens[this.#next + 1];
  }

  skip(): void {
    this.#next++;
  }

  back(): void {
    this.#next--;
  }

  ended(): boolean {
    return this.token.kind === "end";
  }

  is(operator: string): boolean {
    return this.token.kind === "operator" && this.token.text === operator;
  }

  /** Goes beyond an operator, if it is next. */
  take(operator: string): boolean {
    const found = this.is(operator);
    if (found) this.#next++;
    return found;
  }

  /** Goes beyond one of these operators, written as a sign or as a word, if it is next; answers its sign. */
  operator<Operator extends string = BinaryOperator>(operators: ReadonlySet<string>): Operator | undefined {
    const { kind, text } = this.token;
    const symbol = kind === "operator" ? text : kind === "name" ? WORD_OPERATORS[text] : undefined;
    if (symbol === undefined || !operators.has(symbol)) return undefined;
    this.#next++;
    return symbol as Operator;
  }

  /** Goes beyond the sign that closes what `open` began; answers where it ends. */
  close(close: string, open: Token, of = ""): number {
    const token = this.token;
    if (this.take(close)) return token.end;
    const { column } = this.at(open.start);
    if (token.kind === "end")
      this.fail(
        "unterminated",
        open.start,
        `"${open.text}" ${of ? `${of} ` : ""}has no closing "${close}"`,
        `Add ${close} where it belongs.`,
      );
    return this.unexpected(`"${close}" for the "${open.text}" at column ${column}`);
  }

  /** Fails for a word of JEXL that mappings must not use, and for a reserved one. */
  refuseReserved(token: Token): void {
    // Asked with the word just read or still to come.
    const next = this.token === token ? this.following : this.token;
    const thing = forbiddenWord(token.text, next?.text === "(" ? "(" : next?.kind === "name" ? "name" : undefined);
    if (thing !== undefined) this.forbid(token, thing);
    if (RESERVED_WORDS.has(token.text)) this.reserved(token);
  }

  reserved(token: Token): never {
    return this.fail(
      "reserved-word",
      token.start,
      `"${token.text}" is a reserved word`,
      `As a field name it must be wrapped: \${${token.text}}.`,
    );
  }

  /** Fails at the next token, which is not what had to come. */
  unexpected(expected: string): never {
    const token = this.token;
    const thing = token.kind === "operator" ? forbiddenOperator(token.text) : undefined;
    if (thing !== undefined) this.forbid(token, thing);
    if (token.kind === "name") this.refuseReserved(token);
    const hint =
      token.text === ":"
        ? "Data Prep paths are plain: no xdm: prefix."
        : "Check for a missing operator, comma or quote just before.";
    return this.fail("syntax", token.start, `Expected ${expected}, found ${this.shown()}`, hint);
  }

  forbid(token: Token, thing: string): never {
    return this.fail(
      "forbidden",
      token.start,
      `${thing}: not part of the Data Prep expression language`,
      "Use a documented function or operator instead.",
    );
  }

  /** The next token as messages show it. */
  shown(): string {
    const token = this.token;
    return token.kind === "end" ? "the end" : `"${this.#text.slice(token.start, token.end)}"`;
  }

  /** The line and column of an offset. */
  at(offset: number): Position {
    return positionAt(this.#text, offset);
  }

  fail(code: ProblemCode, offset: number, message: string, hint: string): never {
    throw problemError({ code, severity: "error", message, hint, ...this.at(offset) });
  }
}
