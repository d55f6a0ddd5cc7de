import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parseJson, toPlain, type Value } from "../../mapping/expression/values.ts";
import { type Answer, agree, answerCall, answerCase } from "./answer.ts";
import type { CallCase } from "./generate.ts";

/**
 * Answers of Apache Commons JEXL and the JDK, made by make-corpus.ts. A line is [mode, expression, data, value] or
 * [call, args, value]; without a value the oracle gave an error.
 */
const lines = readFileSync(new URL("./corpus.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

it(`agrees with the recorded oracle on all ${lines.length} cases`, () => {
  expect(lines.length).toBeGreaterThan(4000);
  const faults = lines.filter((line) => {
    const [ours, theirs] = question(line);
    return !agree(ours, theirs);
  });
  expect(faults).toEqual([]);
});

function question(line: string): [Answer, Answer] {
  const parts = parseJson(line) as Value[];
  const [first, second, third] = parts;
  const answer = (at: number): Answer =>
    parts.length > at ? { value: parts[at]! } : { error: "the oracle has no value" };
  if (first !== "strict" && first !== "lenient") {
    return [answerCall({ call: first as CallCase["call"], args: toPlain(second!) as [string, string] }), answer(2)];
  }
  return [answerCase({ mode: first, expression: String(second), event: third as Record<string, Value> }), answer(3)];
}
