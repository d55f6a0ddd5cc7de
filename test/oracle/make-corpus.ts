/** Writes corpus.jsonl with the oracle's answers: node test/oracle/make-corpus.ts */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatDate, ofEpoch } from "../../mapping/functions/calendar.ts";
import { agree, answerCall, answerCase, readAnswer } from "./answer.ts";
import { type CallCase, type Case, generateCases, generateDateCases, generateRegexCases } from "./generate.ts";
import { Oracle, oracleMissing } from "./oracle.ts";

const SEED = 7;
const missing = oracleMissing();
if (missing !== undefined) throw new Error(missing);

using oracle = new Oracle();
const cases: (Case | CallCase)[] = [
  ...generateCases(SEED, 3500),
  ...generateRegexCases(SEED, 800),
  ...generateDateCases(SEED, 400, (epoch, pattern) => formatDate(ofEpoch(epoch), pattern)),
];
const seen = new Set<string>();
const lines = oracle.ask(cases).flatMap((line, index) => {
  const one = cases[index]!;
  const question =
    "call" in one
      ? `"${one.call}",${JSON.stringify(one.args)}`
      : `"${one.mode}",${JSON.stringify(one.expression)},${one.data}`;
  const theirs = readAnswer(line);
  // Explained differences are the differential test's; the corpus holds what both engines agree on.
  const agreed = agree("call" in one ? answerCall(one) : answerCase(one), theirs);
  if (!agreed || seen.has(question)) return [];
  seen.add(question);
  const value = "error" in theirs ? "" : `,${line.slice(line.indexOf('"value":') + 8, -1)}`;
  return [`[${question}${value}]`];
});
writeFileSync(fileURLToPath(new URL("./corpus.jsonl", import.meta.url)), `${lines.join("\n")}\n`);
console.log(`${lines.length} cases, seed ${SEED}`);
