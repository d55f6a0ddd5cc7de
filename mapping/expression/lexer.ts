import { type ExpressionProblem, positionAt, problemError } from "./problem.ts";

/** `name` may be a word; `field` was wrapped as `${...}` or escaped with `\.` and is never a word. */
export interface Token {
  kind: "name" | "field" | "number" | "string" | "operator" | "end";
  /** The name, the operator's text, the number's spelling, or the string's content. */
  text: string;
  start: number;
  end: number;
}

// Longest first: the first that fits wins. Includes what JEXL has and mappings must not use, to refuse it by name.
const OPERATORS = (
  "... ?: ?? && || == != =~ !~ =^ !^ =$ !$ <= >= -> => .. += -= *= /= %= &= |= ^= ++ ?. // /* ## " +
  "( ) { } [ ] ; : , . ? < > = + - * / % & | ^ ~ ! # @ `"
).split(" ");
const BLANK = /[ \t\r\n\f]+/y;
const NUMBER = /0[xX][0-9a-fA-F]+[lLhH]?|\d+\.\d+(?:[eE][+-]?\d+)?[dDfFbB]?|\d+(?:[eE][+-]?\d+)?[dDfFbB]|\d+[lLhH]?/y;
// Letters and digits of every script, as documented.
const NAME = /(?:[\p{L}$_]|\\\.)(?:[\p{L}\p{M}\p{Nd}$_]|\\\.)*/uy;
const AFTER_DOT = /(?:[\p{L}\p{M}\p{Nd}$_]|\\\.)+/uy;
const UNICODE_ESCAPE = /\\u([0-9a-fA-F]{4})/y;

/** Splits an expression into tokens. Throws AepError MAPPING_EXPRESSION at the exact character. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    const blank = match(BLANK, text, offset);
    if (blank !== undefined) {
      offset += blank.length;
      continue;
    }
    const token = nextToken(text, offset, tokens.at(-1));
    tokens.push(token);
    offset = token.end;
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

function nextToken(text: string, start: number, previous: Token | undefined): Token {
  const first = text[start]!;
  if (first === '"' || first === "'") return readString(text, start);
  if (first === "$" && text[start + 1] === "{") return readWrapped(text, start);
  const afterDot = previous?.kind === "operator" && previous.text === ".";
  const name = match(afterDot ? AFTER_DOT : NAME, text, start);
  if (name !== undefined) {
    const kind = name.includes("\\") ? "field" : "name";
    return { kind, text: name.replaceAll("\\.", "."), start, end: start + name.length };
  }
  const number = match(NUMBER, text, start);
  if (number !== undefined) return readNumber(text, start, number);
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, start));
  if (operator !== undefined) return { kind: "operator", text: operator, start, end: start + operator.length };
  return fail(
    text,
    start,
    "syntax",
    `Unexpected character ${show(text, start)}`,
    "Wrap field names with special characters: ${First Name}.",
  );
}

function readNumber(text: string, start: number, raw: string): Token {
  const end = start + raw.length;
  if (/[A-Za-z0-9_$]/.test(text[end] ?? "")) {
    return fail(
      text,
      start,
      "number",
      `"${raw}${text[end]}" is neither a number nor a name`,
      "Names begin with a letter, $ or _; wrap others as ${...}.",
    );
  }
  if (/^0\d/.test(raw) && !raw.includes(".") && !/^0[0-7]+[lLhH]?$/.test(raw)) {
    return fail(
      text,
      start,
      "number",
      `"${raw}" begins with 0 and is read as octal, which has no 8 and 9`,
      "Drop the leading zero, or quote it as a string.",
    );
  }
  return { kind: "number", text: raw, start, end };
}

/** JEXL's rule: a backslash escapes the quote, itself and \uXXXX; before anything else it stays (handy for regexes). */
function readString(text: string, start: number): Token {
  const quote = text[start]!;
  let value = "";
  let index = start + 1;
  for (; index < text.length && text[index] !== quote; index++) {
    const char = text[index]!;
    if (/[\n\r\u2028\u2029]/.test(char)) break;
    const unicode = char === "\\" ? match(UNICODE_ESCAPE, text, index) : undefined;
    if (unicode !== undefined) {
      value += String.fromCharCode(Number.parseInt(unicode.slice(2), 16));
      index += 5;
    } else if (char === "\\" && index + 1 < text.length) {
      index++;
      const escaped = text[index]!;
      value += escaped === quote || escaped === "\\" ? escaped : `\\${escaped}`;
    } else value += char;
  }
  if (text[index] !== quote)
    return fail(
      text,
      start,
      "unterminated",
      `The string that begins here has no closing ${quote}`,
      `Add ${quote} at its end; a line break inside a string is written \\u000A.`,
    );
  return { kind: "string", text: value, start, end: index + 1 };
}

/** `${First Name}`; inside, `\.` is a dot, `\}` a brace, `\\` a backslash. */
function readWrapped(text: string, start: number): Token {
  let name = "";
  let index = start + 2;
  for (; index < text.length && text[index] !== "}"; index++) {
    if (text[index] === "\\" && /[.}\\]/.test(text[index + 1] ?? "")) index++;
    name += text[index];
  }
  if (index >= text.length)
    return fail(text, start, "unterminated", "This ${ has no closing }", "Close the field name: ${First Name}.");
  if (name === "")
    return fail(text, start, "syntax", "${} names no field", "Write the field's name between the braces.");
  return { kind: "field", text: name, start, end: index + 1 };
}

function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function show(text: string, offset: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(offset)!));
}

function fail(text: string, offset: number, code: ExpressionProblem["code"], message: string, hint: string): never {
  throw problemError({ code, severity: "error", message, hint, ...positionAt(text, offset) });
}
