/**
 * Where this engine answers otherwise than Apache Commons JEXL 3.1, on purpose. docs/data-prep.md lists them, and the
 * differential test lets nothing else pass.
 */
export interface Difference {
  id: string;
  /** What differs. */
  what: string;
  reason: string;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    id: "E1",
    what: 'The text of a list written in the expression, as in [1, 2] + "x" in strict mode or [1] =~ "a"',
    reason:
      "JEXL makes it a Java array, whose text is a memory address and differs on every run. Here it is an error; join gives a text.",
  },
  {
    id: "E2",
    what: "Java's own properties and fields by name: text.bytes, map.empty, number.NaN, anything.class",
    reason:
      "They would hide a field of the event with that name and are not part of Data Prep. Here a path always means the event.",
  },
  {
    id: "E3",
    what: "The order of an object's entries when the object becomes a text",
    reason:
      'JEXL prints a Java map, whose order is that of its hash codes for {"a": 1} literals; JavaScript puts names such as "0" first. Nothing should rest on either.',
  },
  {
    id: "E4",
    what: "A method called on the null result of another method: x.get(1).size(); in strict mode also size() of a path whose index is missing: x[missing].size()",
    reason:
      "JEXL gives 0, null or an error depending on where its parser put the parts of the chain. Here null stays null (in strict mode a missing first name is an error).",
  },
  {
    id: "E5",
    what: "A field path in parentheses under ?: or ? :, or before a further step, in strict mode: (missing) ?: 1, (a.b).c",
    reason:
      "JEXL lets a missing path be null there, but not when it stands in parentheses; nor does it let a null in parentheses be followed by a step. Here parentheses never change a value.",
  },
  {
    id: "E6",
    what: "Integers of 32 bits, of 64 bits and longer ones (5h) as different kinds in .equals(), in =~ on lists, in -x where x is -2147483648, and in comparing what a long one gave with a decimal",
    reason:
      "Java keeps Integer 7, Long 7 and BigInteger 7 apart. Here integers are one kind; == compares them alike in both engines.",
  },
  {
    id: "E7",
    what: "{} is an empty object",
    reason: "JEXL reads {} as an empty set; Data Prep's grammar has objects only.",
  },
  {
    id: "E8",
    what: "A field of the event with a function's name: date(x) with an event that has a field date",
    reason: "JEXL would take the field and find it is no function. Here functions and fields have separate names.",
  },
  {
    id: "E9",
    what: "The words empty, size, if, for, while and function as field names",
    reason:
      "JEXL 3.1 reserves them, Adobe's list of reserved words does not name them. Here they are accepted; empty and size with a warning.",
  },
  {
    id: "E10",
    what: "Integers beyond 2^53 in the result",
    reason:
      "They are computed exactly, and `aep mapping eval` prints every digit, but a JSON number in JavaScript rounds them when the row is written.",
  },
  {
    id: "E11",
    what: "Assignments, scripts, new(), var, loops, lambdas, ranges, bit operators & | ^, =^ =$ !^ !$, template strings and comments",
    reason: "JEXL runs them; a mapping must not (injection, portability). Here the parser refuses each by name.",
  },
  {
    id: "E12",
    what: "A function or method that does not exist, or gets the wrong number of arguments",
    reason: "In lenient mode JEXL gives null without a word. Here the row has an error, so that nobody misses it.",
  },
  {
    id: "E13",
    what: "A group inside a possessive loop, as in (a)*+, after a failed attempt",
    reason: "java.util.regex can keep a group's text of an attempt it gave up. Here the group is empty again.",
  },
  {
    id: "E14",
    what: "Number literals with the suffix b or f, as in 0.1b and 0.1f",
    reason:
      "JEXL computes the first as decimals of any length, the second as floats of 32 bits. Here they are doubles like every other number with a point; an event holds neither.",
  },
  {
    id: "E15",
    what: "\\G, \\X, \\N{...}, \\p{In...} and \\p{java...} in regular expressions",
    reason: "java.util.regex has them. Here they are refused by name: a mapping has hardly a use for them.",
  },
  {
    id: "E16",
    what: "Field names with letters and digits beyond ASCII, as in größe",
    reason:
      "Adobe documents them as legal without ${...}, and JEXL 3.1 refuses them. Here they are accepted, with a warning to wrap them.",
  },
];
