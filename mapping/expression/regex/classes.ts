import type { CharTest } from "./nodes.ts";

/** Java's character classes; ASCII unless a Unicode category is named. */

const within =
  (...ranges: [number, number][]): CharTest =>
  (code) =>
    ranges.some(([low, high]) => code >= low && code <= high);

export const not =
  (test: CharTest): CharTest =>
  (code) =>
    !test(code);

export const any: CharTest = () => true;
export const lineBreak = within([0x0a, 0x0a], [0x0d, 0x0d], [0x85, 0x85], [0x2028, 0x2029]);

const digit = within([48, 57]);
const upper = within([65, 90]);
const lower = within([97, 122]);
const alpha = within([65, 90], [97, 122]);
const word = within([48, 57], [65, 90], [95, 95], [97, 122]);
const space = within([9, 13], [32, 32]);
const horizontal = within(
  [9, 9],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
);
const vertical = within([0x0a, 0x0d], [0x85, 0x85], [0x2028, 0x2029]);
const punctuation = within([33, 47], [58, 64], [91, 96], [123, 126]);

/** `\d`, `\W` and the like. */
export const ESCAPED_CLASSES: Readonly<Record<string, CharTest>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
  h: horizontal,
  H: not(horizontal),
  v: vertical,
  V: not(vertical),
};

/** `\p{...}` of POSIX, by Java's spelling. */
const POSIX: Readonly<Record<string, CharTest>> = {
  Lower: lower,
  Upper: upper,
  ASCII: within([0, 127]),
  Alpha: alpha,
  Digit: digit,
  Alnum: within([48, 57], [65, 90], [97, 122]),
  Punct: punctuation,
  Graph: within([33, 126]),
  Print: within([32, 126]),
  Blank: within([9, 9], [32, 32]),
  Cntrl: within([0, 31], [127, 127]),
  XDigit: within([48, 57], [65, 70], [97, 102]),
  Space: space,
};

const unicodeClasses = new Map<string, CharTest>();

/** The class of `\p{name}`: POSIX, a general category (L, Lu, Nd, IsL), a script (IsGreek) or a binary property (IsAlphabetic). */
export function propertyClass(name: string): CharTest | undefined {
  const posix = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined;
  if (posix !== undefined) return posix;
  const known = unicodeClasses.get(name);
  if (known !== undefined) return known;
  const plain = name.replace(/^Is/, "");
  if (!/^\w{1,40}$/.test(plain)) return undefined;
  for (const property of [plain, `Script=${plain}`]) {
    try {
      const pattern = new RegExp(`^\\p{${property}}$`, "u");
      const test: CharTest = (code) => pattern.test(String.fromCodePoint(code));
      if (unicodeClasses.size < 200) unicodeClasses.set(name, test);
      return test;
    } catch {
      // Not that kind of property: the next spelling, or none.
    }
  }
  return undefined;
}

/** A test that also takes the other case of ASCII letters, as Java's CASE_INSENSITIVE does. */
export function ignoringCase(test: CharTest): CharTest {
  return (code) => test(code) || (alpha(code) && test(code ^ 0x20));
}

/** The same for the letters of every script, as with UNICODE_CASE: a letter matches by its upper case, and by that one's lower case. */
export function ignoringAnyCase(test: CharTest): CharTest {
  return (code) => {
    if (test(code)) return true;
    const upper = single(String.fromCodePoint(code).toUpperCase(), code);
    return test(upper) || test(single(String.fromCodePoint(upper).toLowerCase(), upper));
  };
}

/** The code point of a text of one; letters that become several (ß) stay as they are. */
function single(text: string, otherwise: number): number {
  const code = text.codePointAt(0) ?? otherwise;
  return text.length === (code > 0xffff ? 2 : 1) ? code : otherwise;
}
