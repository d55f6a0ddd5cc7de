import { OperandError } from "../operand-error.ts";
import { any, ESCAPED_CLASSES, ignoringAnyCase, ignoringCase, lineBreak, not, propertyClass } from "./classes.ts";
import type { CharTest, ParsedRegex, RegexNode } from "./nodes.ts";

const MAX_DEPTH = 100;
const MAX_REPEAT = 100_000;
const CONTROL: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, a: 7, e: 27 };

const EMPTY: RegexNode = { kind: "sequence", parts: [] };
const code = (char: string): RegexNode => ({
  kind: "char",
  test: (other) => other === char.charCodeAt(0),
  literal: char,
});
/** \R takes a carriage return and the line feed after it as one. */
const ANY_LINE_BREAK: RegexNode = {
  kind: "choice",
  options: [
    { kind: "sequence", parts: [code("\r"), code("\n")] },
    { kind: "char", test: lineBreak },
  ],
};

interface Flags {
  ignoreCase: boolean;
  /** Case of every script, not of ASCII alone. */
  unicodeCase: boolean;
  multiline: boolean;
  dotAll: boolean;
  comments: boolean;
}

/** Reads a regular expression as java.util.regex.Pattern does. Throws OperandError naming the place. */
export function parseRegex(pattern: string): ParsedRegex {
  const parser = new RegexParser(pattern);
  return parser.whole();
}

class RegexParser {
  readonly #text: string;
  #at = 0;
  #groups = 0;
  #depth = 0;
  readonly #names = new Map<string, number>();
  #flags: Flags = { ignoreCase: false, unicodeCase: false, multiline: false, dotAll: false, comments: false };

  constructor(text: string) {
    this.#text = text;
  }

  whole(): ParsedRegex {
    const root = this.#choice();
    if (this.#at < this.#text.length) this.#fail("a ) without its (");
    return { root, groups: this.#groups };
  }

  #choice(): RegexNode {
    if (++this.#depth > MAX_DEPTH) this.#fail(`nesting deeper than ${MAX_DEPTH} levels`);
    const saved = { ...this.#flags };
    const options = [this.#sequence()];
    while (this.#take("|")) options.push(this.#sequence());
    this.#flags = saved;
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: "choice", options };
  }

  #sequence(): RegexNode {
    const parts: RegexNode[] = [];
    for (;;) {
      if (this.#flags.comments) this.#skipComments();
      const next = this.#text[this.#at];
      if (next === undefined || next === "|" || next === ")") break;
      if (this.#text.startsWith("\\Q", this.#at)) {
        parts.push(...this.#quoted());
        continue;
      }
      const atom = this.#atom();
      if (atom !== undefined) parts.push(this.#quantified(atom));
    }
    return parts.length === 1 ? parts[0]! : { kind: "sequence", parts };
  }

  #skipComments(): void {
    for (let next = this.#text[this.#at]; next !== undefined && /[\s#]/.test(next); next = this.#text[this.#at]) {
      if (next === "#") while (this.#at < this.#text.length && this.#text[this.#at] !== "\n") this.#at++;
      else this.#at++;
    }
  }

  #quoted(): RegexNode[] {
    const end = this.#text.indexOf("\\E", this.#at);
    const stop = end < 0 ? this.#text.length : end;
    const literal = this.#text.slice(this.#at + 2, stop);
    this.#at = end < 0 ? stop : stop + 2;
    const nodes = Array.from(literal, (char) => this.#literal(char.codePointAt(0)!));
    const last = nodes.pop();
    return last === undefined ? [] : [...nodes, this.#quantified(last)];
  }

  #quantified(atom: RegexNode): RegexNode {
    const range = this.#range();
    if (range === undefined) return atom;
    const mode = this.#take("?") ? "lazy" : this.#take("+") ? "possessive" : "greedy";
    const next = this.#text[this.#at];
    if (next !== undefined && "*+?".includes(next)) this.#fail(`a second repetition, ${next}`);
    // In a loop \R keeps the pair of line breaks together, alone it may give the second one back.
    const body: RegexNode = atom === ANY_LINE_BREAK ? { kind: "atomic", body: atom } : atom;
    return { kind: "repeat", body, min: range[0], max: range[1], mode };
  }

  #range(): [number, number] | undefined {
    if (this.#take("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.#take("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.#take("?")) return [0, 1];
    if (this.#text[this.#at] !== "{") return undefined;
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 24));
    if (match === null) return this.#fail("a repetition that is not {n}, {n,} or {n,m}");
    const min = Number(match[1]);
    const max = match[2] === undefined ? min : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (max < min || min > MAX_REPEAT) this.#fail("a repetition whose bounds cannot be");
    this.#at += match[0].length;
    return [min, max];
  }

  #atom(): RegexNode | undefined {
    const start = this.#text.codePointAt(this.#at)!;
    const char = String.fromCodePoint(start);
    if (char === "(") return this.#group();
    if (char === "[") return { kind: "char", test: this.#class() };
    if (char === "\\") return this.#escape();
    if ("*+?".includes(char)) this.#fail(`${char} without anything before it to repeat`);
    // Java repeats the nothing before it: in a{2}{3} the second has no effect.
    if (char === "{") return EMPTY;
    this.#at += char.length;
    if (char === "^") return { kind: "anchor", at: this.#flags.multiline ? "line-start" : "start" };
    if (char === "$") return { kind: "anchor", at: this.#flags.multiline ? "line-end" : "last-line-end" };
    if (char === ".") return { kind: "char", test: this.#flags.dotAll ? any : not(lineBreak) };
    return this.#literal(start);
  }

  #literal(code: number): RegexNode {
    const literal = this.#flags.ignoreCase ? {} : { literal: String.fromCodePoint(code) };
    return { kind: "char", test: this.#folded((other) => other === code), ...literal };
  }

  #folded(test: CharTest): CharTest {
    if (!this.#flags.ignoreCase) return test;
    return this.#flags.unicodeCase ? ignoringAnyCase(test) : ignoringCase(test);
  }

  #group(): RegexNode | undefined {
    const open = this.#at++;
    if (!this.#take("?")) return this.#capturing();
    if (this.#take(":")) return this.#closed(open, this.#choice());
    if (this.#take(">")) return { kind: "atomic", body: this.#closed(open, this.#choice()) };
    for (const [mark, behind, negative] of [
      ["=", false, false],
      ["!", false, true],
      ["<=", true, false],
      ["<!", true, true],
    ] as const) {
      if (this.#take(mark)) return { kind: "look", body: this.#closed(open, this.#choice()), behind, negative };
    }
    const name = /^<([A-Za-z][A-Za-z0-9]*)>/.exec(this.#text.slice(this.#at, this.#at + 100));
    if (name !== null) {
      if (this.#names.has(name[1]!)) this.#fail(`two groups named ${name[1]}`);
      this.#at += name[0].length;
      this.#names.set(name[1]!, this.#groups + 1);
      return this.#capturing();
    }
    return this.#flagGroup(open);
  }

  #capturing(): RegexNode {
    const open = this.#at;
    const index = ++this.#groups;
    return { kind: "group", index, body: this.#closed(open, this.#choice()) };
  }

  /** (?i) for the rest of the group, (?i:...) for its own content; d changes nothing here. */
  #flagGroup(open: number): RegexNode | undefined {
    const match = /^([imsxdu]*)(?:-([imsxdu]+))?([):])/.exec(this.#text.slice(this.#at, this.#at + 20));
    if (match === null) return this.#fail("a group of a kind java.util.regex does not have");
    this.#at += match[0].length;
    const outer = this.#flags;
    this.#flags = { ...outer };
    for (const [letters, on] of [
      [match[1]!, true],
      [match[2] ?? "", false],
    ] as const)
      this.#set(letters, on);
    if (match[3] === ")") return undefined;
    const body = this.#closed(open, this.#choice());
    this.#flags = outer;
    return body;
  }

  #set(letters: string, on: boolean): void {
    if (letters.includes("i")) this.#flags.ignoreCase = on;
    if (letters.includes("u")) this.#flags.unicodeCase = on;
    if (letters.includes("m")) this.#flags.multiline = on;
    if (letters.includes("s")) this.#flags.dotAll = on;
    if (letters.includes("x")) this.#flags.comments = on;
  }

  #closed(open: number, body: RegexNode): RegexNode {
    if (this.#take(")")) return body;
    this.#at = open;
    return this.#fail("a ( without its )");
  }

  #escape(): RegexNode | undefined {
    const char = this.#text[this.#at + 1] ?? "";
    const anchors = { b: "boundary", B: "inside", A: "start", z: "end", Z: "last-line-end" } as const;
    if (Object.hasOwn(anchors, char)) {
      this.#at += 2;
      return { kind: "anchor", at: anchors[char as keyof typeof anchors] };
    }
    if (char === "R") {
      this.#at += 2;
      return ANY_LINE_BREAK;
    }
    if (/[1-9k]/.test(char)) return this.#backreference(char);
    return this.#escapedChar();
  }

  #escapedChar(): RegexNode {
    const found = this.#escapedTest();
    return typeof found === "number" ? this.#literal(found) : { kind: "char", test: this.#folded(found) };
  }

  #backreference(char: string): RegexNode {
    const { ignoreCase } = this.#flags;
    if (char !== "k") {
      this.#at += 2;
      let index = Number(char);
      // A further digit belongs to the number while such a group exists.
      while (/\d/.test(this.#text[this.#at] ?? "") && index * 10 + Number(this.#text[this.#at]) <= this.#groups) {
        index = index * 10 + Number(this.#text[this.#at++]);
      }
      return { kind: "backreference", index, ignoreCase };
    }
    const name = /^\\k<([A-Za-z][A-Za-z0-9]*)>/.exec(this.#text.slice(this.#at, this.#at + 100));
    const index = name === null ? undefined : this.#names.get(name[1]!);
    if (name === null || index === undefined) return this.#fail("a reference to a group that is not there");
    this.#at += name[0].length;
    return { kind: "backreference", index, ignoreCase };
  }

  /** An escape inside or outside of brackets: a class, or one code point. */
  #escapedTest(): CharTest | number {
    const char = this.#text[this.#at + 1];
    if (char === undefined) return this.#fail("a \\ at the end");
    this.#at += 2;
    if (Object.hasOwn(ESCAPED_CLASSES, char)) return ESCAPED_CLASSES[char]!;
    if (char === "p" || char === "P") return this.#property(char === "P");
    if (Object.hasOwn(CONTROL, char)) return CONTROL[char]!;
    if (char === "c") return (this.#text.charCodeAt(this.#at++) || 0) ^ 64;
    const code = this.#code(char);
    if (code !== undefined) return code;
    if (/[A-Za-z0-9]/.test(char)) {
      this.#at -= 2;
      return this.#fail(`\\${char}, which is not known`);
    }
    const point = this.#text.codePointAt(this.#at - 1)!;
    if (point > 0xffff) this.#at++;
    return point;
  }

  #code(char: string): number | undefined {
    const rest = this.#text.slice(this.#at, this.#at + 12);
    const pattern = {
      x: /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,6})\})/,
      u: /^([0-9a-fA-F]{4})/,
      "0": /^([0-3]?[0-7]{1,2})/,
    }[char];
    if (pattern === undefined) return undefined;
    const match = pattern.exec(rest);
    if (match === null) return this.#fail(`\\${char} without its digits`);
    this.#at += match[0].length;
    return Number.parseInt(match[1] ?? match[2]!, char === "0" ? 8 : 16);
  }

  #property(negative: boolean): CharTest {
    const match = /^(?:\{\^?([A-Za-z_]{1,40})\}|([A-Z]))/.exec(this.#text.slice(this.#at, this.#at + 44));
    const name = match?.[1] ?? match?.[2] ?? "";
    // Where case is ignored, upper, lower and title case are one.
    const test = propertyClass(this.#flags.ignoreCase && /^L[ult]$/.test(name) ? "LC" : name);
    if (match === null || test === undefined) return this.#fail("a \\p of a property that is not known");
    this.#at += match[0].length;
    return negative ? not(test) : test;
  }

  /** [...] with ranges, nested classes (union) and && (intersection). */
  #class(): CharTest {
    const open = this.#at++;
    if (++this.#depth > MAX_DEPTH) this.#fail(`nesting deeper than ${MAX_DEPTH} levels`);
    const negative = this.#take("^");
    let test = this.#union(open, true);
    while (this.#take("&&")) test = both(test, this.#union(open, false));
    if (!this.#take("]")) {
      this.#at = open;
      this.#fail("a [ without its ]");
    }
    this.#depth--;
    if (test === undefined) return this.#fail("a [ ] with nothing in it");
    return negative ? not(test) : test;
  }

  /** Undefined for none at all, as on one side of [a&&]. */
  #union(open: number, first: boolean): CharTest | undefined {
    const tests: CharTest[] = [];
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined) {
        this.#at = open;
        return this.#fail("a [ without its ]");
      }
      if (this.#text.startsWith("&&", this.#at) || (next === "]" && !(first && tests.length === 0))) break;
      tests.push(next === "[" ? this.#class() : this.#item());
    }
    return tests.length < 2 ? tests[0] : (code) => tests.some((test) => test(code));
  }

  #item(): CharTest {
    const low = this.#classChar();
    // Case is ignored in the parts, so that [^a] leaves out "A" too.
    if (typeof low !== "number") return this.#folded(low);
    const dash = this.#text[this.#at] === "-" && !["]", "[", undefined].includes(this.#text[this.#at + 1]);
    if (!dash) return this.#folded((code) => code === low);
    this.#at++;
    const high = this.#classChar();
    if (typeof high !== "number" || high < low) return this.#fail("a range in [ ] whose ends are the wrong way round");
    return this.#folded((code) => code >= low && code <= high);
  }

  #classChar(): CharTest | number {
    if (this.#text[this.#at] === "\\") return this.#escapedTest();
    const code = this.#text.codePointAt(this.#at)!;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #take(text: string): boolean {
    const found = this.#text.startsWith(text, this.#at);
    if (found) this.#at += text.length;
    return found;
  }

  #fail(what: string): never {
    throw new OperandError(`the regular expression has ${what} at its character ${this.#at + 1}`);
  }
}

/** What both take; a side with nothing in it takes all, as in Java's [a&&]. */
function both(left: CharTest | undefined, right: CharTest | undefined): CharTest | undefined {
  return left === undefined || right === undefined ? (left ?? right) : (code) => left(code) && right(code);
}
