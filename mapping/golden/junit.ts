/** Golden test results in the JUnit XML that CI systems read. */
import type { GoldenResult } from "./run-tests.ts";

export function junitXml(results: readonly GoldenResult[]): string {
  const files = Map.groupBy(results, (result) => result.file);
  const suites = [...files].map(([file, tests]) => {
    const failed = tests.filter((test) => !test.passed).length;
    const head = `  <testsuite name="${xmlText(file)}" tests="${tests.length}" failures="${failed}" errors="0" skipped="0" time="${seconds(tests)}">`;
    return [head, ...tests.map(testCase), "  </testsuite>"].join("\n");
  });
  const failures = results.filter((test) => !test.passed).length;
  const attributes = `tests="${results.length}" failures="${failures}" time="${seconds(results)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="aep mapping test" ${attributes}>\n${suites.join("\n")}\n</testsuites>\n`;
}

function testCase(result: GoldenResult): string {
  const attributes = `classname="${xmlText(result.file)}" name="${xmlText(result.name)}" file="${xmlText(result.file)}" line="${result.line}" time="${seconds([result])}"`;
  if (result.passed) return `    <testcase ${attributes}/>`;
  const kinds = result.failures.map((failure) => failure.kind).join(", ");
  const body = result.failures.flatMap((failure) => [`${failure.kind}:`, ...failure.lines]).join("\n");
  return `    <testcase ${attributes}>\n      <failure message="${xmlText(kinds)}">${xmlText(body)}</failure>\n    </testcase>`;
}

const seconds = (tests: readonly GoldenResult[]): string =>
  (tests.reduce((sum, test) => sum + test.milliseconds, 0) / 1000).toFixed(6);

/** XML text; control characters XML 1.0 cannot hold become the replacement character. */
function xmlText(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[^\P{Cc}\t\n\r]/gu, "\ufffd").replaceAll(/[&<>"]/g, (c) => entities[c]!);
}
