import { describe, expect, it } from "vitest";
import { DIFFERENCES } from "../../mapping/expression/differences.ts";
import { formatDate, ofEpoch } from "../../mapping/functions/calendar.ts";
import { agree, answerCall, answerCase, readAnswer } from "./answer.ts";
import { explain } from "./explained.ts";
import { type CallCase, generateCases, generateDateCases, generateRegexCases } from "./generate.ts";
import { JEXL_VERSION, Oracle, oracleMissing } from "./oracle.ts";

// AEP_ORACLE_SEED and AEP_ORACLE_CASES ask for others.
const seed = Number(process.env.AEP_ORACLE_SEED ?? 20250714);
const count = Number(process.env.AEP_ORACLE_CASES ?? 20_000);
const missing = oracleMissing();
if (missing !== undefined) console.log(`differential test skipped: ${missing}`);

describe.skipIf(missing !== undefined)(`against Apache Commons JEXL ${JEXL_VERSION} and the JDK, seed ${seed}`, () => {
  it(`${count} expressions: no unexplained difference`, { timeout: 300_000 }, () => {
    using oracle = new Oracle();
    const cases = generateCases(seed, count);
    const explained: Record<string, number> = {};
    const faults: unknown[] = [];
    for (const [index, line] of oracle.ask(cases).entries()) {
      const one = cases[index]!;
      const [ours, theirs] = [answerCase(one), readAnswer(line)];
      expect(theirs.id).toBe(one.id);
      if (agree(ours, theirs)) continue;
      const why = explain(one.expression, ours, theirs);
      if (why === undefined) faults.push({ ...one, ours, theirs });
      else explained[why] = (explained[why] ?? 0) + 1;
    }
    console.log(`oracle: ${count} expressions, seed ${seed}, explained ${JSON.stringify(explained)}`);
    expect(faults).toEqual([]);
    for (const id of Object.keys(explained)) expect(DIFFERENCES.map((one) => one.id)).toContain(id);
  });

  it("5000 regular expressions and 5000 dates: no difference", { timeout: 300_000 }, () => {
    using oracle = new Oracle();
    const cases: CallCase[] = [...generateRegexCases(seed, 5000), ...generateDateCases(seed, 5000, printDate)];
    const faults = oracle.ask(cases).flatMap((line, index) => {
      const [ours, theirs] = [answerCall(cases[index]!), readAnswer(line)];
      return agree(ours, theirs) ? [] : [{ ...cases[index], ours, theirs }];
    });
    expect(faults).toEqual([]);
  });
});

function printDate(epoch: number, pattern: string): string | undefined {
  try {
    return formatDate(ofEpoch(epoch), pattern);
  } catch {
    return undefined;
  }
}
