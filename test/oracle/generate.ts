/** Random expressions with random data, the same for the same seed. */

/** One question to the oracle. `data` is JSON text, because JavaScript's numbers would lose the fraction of 2.0. */
export interface Case {
  id: number;
  mode: "strict" | "lenient";
  expression: string;
  data: string;
}

/** A question about java.time or java.util.regex. */
export interface CallCase {
  id: number;
  call: "matches" | "split" | "groups" | "date" | "dformat" | "zoned";
  args: [string, string];
}

/** Numbers from a seed (mulberry32): small, fast, good enough to vary tests. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  chance(share: number): boolean {
    return this.next() < share;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

const FIELDS = ["a", "b", "n", "text", "list", "obj", "flag", "none", "$d", "_u"];
const CHILDREN = ["x", "y", "id", "email", "items"];
const STEPS = [...CHILDREN, "0"];
const TEXTS = [
  "",
  "a",
  "ab",
  "Ab",
  "1",
  "2",
  "10",
  "1.5",
  "-3",
  "+4",
  " 7",
  "1e3",
  ".",
  "true",
  "false",
  "null",
  "NaN",
  "a.b",
  "x,y",
  "é",
  "12345678901",
  "2.0",
  "0",
];
/** Not "NaN": JEXL would find the Java field Double.NaN by that name. */
const DATA_TEXTS = TEXTS.filter((text) => text !== "NaN");
const INTEGERS = [
  "0",
  "1",
  "2",
  "3",
  "7",
  "10",
  "42",
  "100",
  "127",
  "255",
  "1000",
  "65536",
  "2147483647",
  "2147483648",
  "4294967296",
  "9007199254740993",
  "9223372036854775807",
];
const DECIMALS = [
  "0.0",
  "0.5",
  "1.0",
  "1.5",
  "2.0",
  "2.5",
  "3.25",
  "0.1",
  "100.0",
  "1.0e3",
  "12345678.9",
  "1.0e-5",
  "0.30000000000000004",
];
/** Numbers as only expressions write them: octal, hexadecimal, with a suffix; some that JEXL refuses. Not b and h, and of f only what a double holds too: see docs/data-prep.md, E6 and E14. */
const NUMBER_LITERALS =
  "010 017L 08 00 0x1F 0XfF 0xabl 0xffffffff 0x 10L 10l 1.5f 2.5F 2d 1.5E-2 1e3 1e3d 1.0e400 1_000".split(" ");
/** Texts with escapes, and those that nearly are numbers. */
const TEXT_LITERALS = [
  ...String.raw`'it\'s' "say \"x\"" '\n' '\\' '\u0041' "\u12" '\x41' 'a\' '\'' "'" '"' 'a\"b' '${"$"}{a}' '😀'`.split(
    " ",
  ),
  ..."'0x10' '1L' '-0' '-0.0' '.5' '5.' 'Infinity' '-Infinity' 'True' '01' '1,5' '9999999999999999999' '1.5f' '1d'".split(
    " ",
  ),
  "'say \\\"x'",
  "'1 '",
];
const REGEXES = ["a", "[a-z]+", ".*", "\\\\d+", "[0-9]{1,3}", "a|b", "(a)(b)?", "A.*", "[^a]*", "x,y", ""];
const BINARY = [
  "+",
  "-",
  "*",
  "/",
  "%",
  "==",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "&&",
  "||",
  "+",
  "-",
  "==",
  "and",
  "or",
  "eq",
  "ne",
  "lt",
  "ge",
  "div",
  "mod",
];

/** Generates `count` cases. */
export function generateCases(seed: number, count: number): Case[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, id) => {
    const text = expression(random, 1 + random.below(4));
    const used = FIELDS.filter((name) => text.includes(name));
    return { id, mode: random.chance(0.5) ? "strict" : "lenient", expression: text, data: object(random, used, 2) };
  });
}

function expression(random: Random, depth: number): string {
  if (depth <= 0) return leaf(random);
  const roll = random.below(100);
  if (roll < 45) return `${operand(random, depth)} ${random.pick(BINARY)} ${operand(random, depth)}`;
  if (roll < 55) return unary(random, depth);
  if (roll < 63) return `${operand(random, depth)} ? ${operand(random, depth)} : ${operand(random, depth)}`;
  if (roll < 69) return `${operand(random, depth)} ?: ${operand(random, depth)}`;
  if (roll < 75) return `${operand(random, depth)} ${random.pick(["=~", "!~"])} ${container(random, depth)}`;
  if (roll < 84) return method(random, depth);
  if (roll < 89) return `[${Array.from({ length: random.below(4) }, () => expression(random, depth - 2)).join(", ")}]`;
  if (roll < 91) return `{${random.pick(['"k"', "'l'"])}: ${expression(random, depth - 1)}}`;
  if (roll < 94) return made(random, depth);
  return leaf(random);
}

/** With or without parentheses, so that precedence is compared too. A bare name never has them: see docs/data-prep.md, E5. */
function operand(random: Random, depth: number): string {
  const text = expression(random, depth - 1);
  return random.chance(0.6) ? enclosed(text) : text;
}

function enclosed(text: string): string {
  return /^[\w$](\S*|\S*\(.*\))$/.test(text) ? text : `(${text})`;
}

function unary(random: Random, depth: number): string {
  const inner = operand(random, depth);
  const operator = random.pick(["!", "-", "~", "not ", "!", "-"]);
  return operator + inner;
}

function container(random: Random, depth: number): string {
  const roll = random.below(4);
  if (roll === 0) return `"${random.pick(REGEXES)}"`;
  if (roll === 1) return path(random);
  if (roll === 2) return `'${random.pick(TEXTS)}'`;
  return operand(random, depth);
}

function method(random: Random, depth: number): string {
  const target = random.chance(0.5)
    ? path(random)
    : random.chance(0.7)
      ? text(random)
      : enclosed(expression(random, depth - 1));
  const name = random.pick(["equals", "equals", "equalsIgnoreCase", "get", "size", "length"]);
  return `${target}.${name}(${name === "size" || name === "length" ? "" : expression(random, depth - 2)})`;
}

/** Something made in the expression, and what is taken out of it. */
function made(random: Random, depth: number): string {
  const inner = [expression(random, depth - 2), expression(random, depth - 2)];
  const [from, steps] = random.pick([
    [`[${inner.join(", ")}]`, ["[0]", "[1]", "[2]", ".0", ".size()"]],
    [`{"x": ${inner[0]}, 'y': ${inner[1]}}`, [".x", "['y']", ".'x'", ".z", ".size()", ".get('y')"]],
  ] as const);
  return from + random.pick(steps);
}

function leaf(random: Random): string {
  const roll = random.below(100);
  if (roll < 45) return path(random);
  if (roll < 58) return random.pick(INTEGERS.slice(0, random.chance(0.9) ? 12 : undefined));
  if (roll < 68) return random.pick(DECIMALS);
  if (roll < 71) return random.pick(NUMBER_LITERALS);
  if (roll < 86) return text(random);
  if (roll < 89) return random.pick(TEXT_LITERALS);
  return random.pick(["true", "false", "null"]);
}

function text(random: Random): string {
  const quote = random.pick(['"', "'"]);
  return `${quote}${random.pick(TEXTS)}${quote}`;
}

function path(random: Random): string {
  let found = random.pick([...FIELDS, "missing"]);
  while (random.chance(0.4)) {
    const roll = random.below(4);
    if (roll < 2) found += `.${random.pick(STEPS)}`;
    else if (roll === 2) found += `[${random.below(4)}]`;
    else found += random.pick(['["x"]', "['id']", ".'y'", "[1.0]", "[none]", '["0"]', "[-1]", "[n + 1]", "[true]"]);
  }
  return found;
}

function object(random: Random, names: readonly string[], depth: number): string {
  const kept = names.filter(() => random.chance(0.8));
  return `{${kept.map((name) => `${JSON.stringify(name)}:${value(random, depth)}`).join(",")}}`;
}

function value(random: Random, depth: number): string {
  const roll = random.below(100);
  if (depth > 0 && roll < 18) return object(random, CHILDREN, depth - 1);
  if (depth > 0 && roll < 34)
    return `[${Array.from({ length: random.below(4) }, () => value(random, depth - 1)).join(",")}]`;
  if (roll < 55)
    return `${random.chance(0.2) ? "-" : ""}${random.pick(INTEGERS.slice(1, random.chance(0.9) ? 12 : undefined))}`;
  if (roll < 67) return random.pick(DECIMALS);
  if (roll < 88) return JSON.stringify(random.pick(DATA_TEXTS));
  return random.pick(["true", "false", "null"]);
}

const SUBJECTS = [
  "",
  "a",
  "aaa",
  "abc",
  "ABC",
  "a,b,,c,,",
  "E259,E259B_009,1_1",
  "id1|id2",
  "2025-07-14",
  "foo.bar.baz",
  "a1b22c333",
  " x  y ",
  "(a)",
  "line1\nline2",
  "äöü",
  "😀a😀",
  "x.y|z",
  "aab",
  "a-b_c",
  "tab\tsep",
  "l1\r\nl2\n",
  "ÀÉ",
];
const ATOMS = [
  "a",
  "b",
  ".",
  "\\d",
  "\\w",
  "\\s",
  "\\D",
  "\\S",
  "\\W",
  "[a-c]",
  "[^,]",
  "[0-9]",
  "[a-z&&[^b]]",
  "(a)",
  "(?:b|c)",
  "(a|ab)",
  ",",
  "\\.",
  "\\|",
  "1",
  "\\p{Alpha}",
  "\\p{L}",
  "(?i)a",
  "\\b",
  "^",
  "$",
  "(?=a)",
  "(?!b)",
  "(?<=a)",
  "(?>a+)",
  "\\x61",
  "\\Q.\\E",
  "😀",
  "\\h",
  "é",
  "\\R",
  "(?iu)Ä",
  "(?i)[^a]",
  "[a&&]",
  "[a-c[x-z]]",
  "[^a-c[x]]",
  "[\\w.-]",
  "\\1",
  "(?m)^",
  "(?m)$",
  "(?s).",
  "(?x) a b",
  "\\p{Lu}",
  "\\pL",
  "\\E",
  "\\Q+*",
  "a**",
  "a{2}{3}",
];
const QUANTIFIERS = ["", "", "", "*", "+", "?", "{2}", "{1,2}", "*?", "+?", "??", "*+", "{1,}?"];

/** Generates questions about regular expressions. */
export function generateRegexCases(seed: number, count: number): CallCase[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, id) => {
    const parts = Array.from({ length: 1 + random.below(4) }, () => quantified(random));
    const regex = random.chance(0.2)
      ? `(${parts.join("")})|${random.pick(ATOMS)}`
      : parts.join(random.chance(0.1) ? "|" : "");
    return { id, call: random.pick(["matches", "split", "groups"] as const), args: [random.pick(SUBJECTS), regex] };
  });
}

/** No capturing group in a possessive loop: see docs/data-prep.md, E13. */
function quantified(random: Random): string {
  const [atom, quantifier] = [random.pick(ATOMS), random.pick(QUANTIFIERS)];
  return atom + (/^\([^?]/.test(atom) && quantifier.endsWith("*+") ? "*" : quantifier);
}

const PATTERNS = [
  "yyyy-MM-dd",
  "yyyy-MM-dd HH:mm:ss",
  "yyyy-MM-dd'T'HH:mm:ssXXX",
  "yyyy-MM-dd'T'HH:mm:ss.SSSX",
  "yyyy-MM-dd HH:mm:ssZ",
  "yyyy/MM/dd",
  "yyyyMMdd",
  "MM-dd-yyyy",
  "M/dd/yyyy",
  "dd.M.yyyy",
  "M/dd/yyyy hh:mm:ss a",
  "dd.MMM.yyyy",
  "dd-MMM-yyyy",
  "yyyy-MMM-dd",
  "EEE, dd MMM yyyy HH:mm:ss Z",
  "yy-M-d",
  "HH:mm:ss dd/MM/yyyy",
  "yyyy-DDD",
  "EEEE d MMMM yyyy",
  "yyyy-MM-dd'T'HH:mm:ss'Z'",
  "dd-MM-yyyy HH:mm:ss VV",
  "yyyy-MM-dd h a",
  "yyyyMMddHHmmssSSS",
  "YYYY-'W'ww-e",
  "W. MMMM yyyy",
  "MMM d, yyyy h:mm:ss a",
  "dd/MM/yyyy[ HH:mm]",
  "yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx",
  "uuuu-MM-dd",
  "G yyyy-MM-dd",
  "EEE MMM dd HH:mm:ss yyyy",
];
/** The zones' names are printed only: what java.time reads a short one as depends on the machine. */
const ZONE_PATTERNS = ["yyyy-MM-dd'T'HH:mm:ssXXX", "z", "'zone' zzzz", "d.M. HH:mm z", "VV", "O", "Z", "X", "ZZZZ"];
const ZONES = [
  "UTC",
  "Z",
  "GMT",
  "Europe/Paris",
  "Europe/London",
  "Europe/Dublin",
  "America/New_York",
  "America/Chicago",
  "America/Los_Angeles",
  "America/Phoenix",
  "US/Eastern",
  "Asia/Kolkata",
  "Asia/Tokyo",
  "Asia/Shanghai",
  "Asia/Singapore",
  "Australia/Sydney",
  "Pacific/Auckland",
  "Asia/Kathmandu",
  "+05:30",
  "Etc/GMT+5",
];

/** Generates dates, printed by one pattern and read by the same or another. */
export function generateDateCases(
  seed: number,
  count: number,
  print: (epoch: number, pattern: string) => string | undefined,
): CallCase[] {
  const random = new Random(seed);
  const cases: CallCase[] = [];
  while (cases.length < count) {
    const epoch = Math.floor((random.next() - 0.2) * 4e12);
    if (random.chance(0.2)) {
      // From 1972 on: earlier the zones' tables are not the same everywhere.
      const instant = 63072000000 + Math.abs(epoch) * 0.6;
      const args: [string, string] = [`${Math.floor(instant)} ${random.pick(ZONES)}`, random.pick(ZONE_PATTERNS)];
      cases.push({ id: cases.length, call: "zoned", args });
      continue;
    }
    const pattern = random.pick(PATTERNS);
    if (random.chance(0.4)) {
      cases.push({ id: cases.length, call: "dformat", args: [String(epoch), pattern] });
      continue;
    }
    const printed = print(epoch, pattern);
    if (printed !== undefined)
      cases.push({
        id: cases.length,
        call: "date",
        args: [mutate(random, printed), random.chance(0.8) ? pattern : random.pick(PATTERNS)],
      });
  }
  return cases;
}

function mutate(random: Random, text: string): string {
  if (random.chance(0.7)) return text;
  const at = random.below(text.length);
  return random.pick([
    text.slice(0, at) + text.slice(at + 1),
    `${text.slice(0, at)}${random.below(10)}${text.slice(at + 1)}`,
    `${text} `,
    text.toUpperCase(),
  ]);
}
