import { expect, test } from "vitest";
import { parseExpression } from "../expression/parser.ts";
import { FUNCTIONS } from "../functions/table.ts";
import { inWords } from "./words.ts";

test.each([
  ["lower(trim(email))", "email without blanks around it in lower case"],
  ['a == 1 ? "x" : b.c[0]', '"x" if a equals 1, otherwise b.c[0]'],
  ['coalesce(a, b, "none")', 'the first of a, b and "none" that is there'],
  ['decode(s, "a", 1, "b", 2, 3)', 'depending on s: 1 for "a", 2 for "b", otherwise 3'],
  ["a + b * 2", "a plus (b times 2)"],
  ["a ?: 0", "a, or 0 when that is null, zero or empty"],
  ["!contains_key(a)", "not (a is in the event)"],
  ["str_to_object(a)", "str_to_object(a)"],
  ["nullify()", "nothing"],
])("%s: %s", (expression, words) => expect(inWords(parseExpression(expression))).toBe(words));

test("every documented example can be said", () => {
  for (const { example, destinationsOnly } of FUNCTIONS) {
    if (!destinationsOnly) expect(inWords(parseExpression(example))).not.toContain("undefined");
  }
});
