/** Which words are names, and which must be wrapped as `${...}`. */
import { editDistance } from "../edit-distance.ts";

/** Words Adobe's documentation reserves; as field names they must be wrapped. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  "new mod or break var lt for false while eq gt div not null continue else and ne true le if ge return _errors".split(
    " ",
  ),
);

/** Words that Commons JEXL reserves beyond Adobe's list (some only in newer versions): usable, but worth a warning. */
export const JEXL_WORDS: ReadonlySet<string> = new Set(
  "in this do remove function try catch finally throw empty size NaN".split(" "),
);

/** Operators spelled as words, with their symbol. */
export const WORD_OPERATORS: Readonly<Record<string, string>> = {
  or: "||",
  and: "&&",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  div: "/",
  mod: "%",
  not: "!",
};

const NAME = /^[A-Za-z$_][A-Za-z0-9$_]*$/;

/** True when the text can stand as a field name without `${...}`. */
export function isPlainName(text: string): boolean {
  return NAME.test(text) && !RESERVED_WORDS.has(text);
}

/** The candidate nearest to `word` by edit distance, when it is near enough to be a slip of the hand. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
