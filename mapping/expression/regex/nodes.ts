/** Syntax tree of a regular expression in Java's dialect. */

/** True when a code point belongs to a class. */
export type CharTest = (codePoint: number) => boolean;

export type RegexNode =
  | { kind: "char"; test: CharTest; literal?: string }
  | { kind: "sequence"; parts: RegexNode[] }
  | { kind: "choice"; options: RegexNode[] }
  | { kind: "group"; body: RegexNode; index: number }
  | { kind: "repeat"; body: RegexNode; min: number; max: number; mode: "greedy" | "lazy" | "possessive" }
  | { kind: "atomic"; body: RegexNode }
  | { kind: "look"; body: RegexNode; behind: boolean; negative: boolean }
  | { kind: "backreference"; index: number; ignoreCase: boolean }
  | { kind: "anchor"; at: "start" | "end" | "line-start" | "line-end" | "last-line-end" | "boundary" | "inside" };

export interface ParsedRegex {
  root: RegexNode;
  groups: number;
}
