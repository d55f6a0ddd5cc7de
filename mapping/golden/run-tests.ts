/** Golden tests: an event through the mapping gives exactly the row that was written down. */
import type { RowError } from "../row/types.ts";
import type { GoldenTest } from "../yaml/mapping-file.ts";
import { diffLines, sameData } from "./diff.ts";
import { underFallbacks } from "./fall-backs.ts";
import { readEvent, readFixture } from "./fixture.ts";
import type { Applied, OpenMapping } from "./project.ts";

interface GoldenFailure {
  /** `data`: another row came; `errors`: other rows failed than expected; `schema`: the row is (or is not) valid XDM. */
  kind: "data" | "errors" | "schema";
  /** Lines for people; diffs have `- ` for expected and `+ ` for actual. */
  lines: string[];
}

export interface GoldenResult {
  file: string;
  name: string;
  line: number;
  column: number;
  passed: boolean;
  failures: GoldenFailure[];
  milliseconds: number;
  event: unknown;
  actual: Applied;
  /** The row and its errors as expectations are written: for a sandbox without the fields that have a fall-back. */
  compared: Pick<Applied, "data" | "errors">;
}

/** Runs every golden test of a mapping file. @throws AepError FILE_NOT_FOUND, EVENT_FILE for a fixture that cannot be read */
export function runGoldenTests(mapping: OpenMapping): GoldenResult[] {
  return mapping.file.tests.map((test) => runOne(mapping, test));
}

function runOne(mapping: OpenMapping, test: GoldenTest): GoldenResult {
  const { tenant, path } = mapping.file;
  const event = readEvent(test.event, tenant);
  const expected = readFixture(test.expect, tenant);
  const start = performance.now();
  const actual = mapping.apply(event, test.now);
  const milliseconds = performance.now() - start;
  const compared = underFallbacks(mapping.file.rows, actual);
  const failures = [
    ...compareData(expected, compared.data),
    ...compareErrors(test, compared.errors),
    ...compareValidity(test, actual),
  ];
  const { name, line, column } = test;
  const passed = failures.length === 0;
  return { file: path, name, line, column, passed, failures, milliseconds, event, actual, compared };
}

function compareData(expected: unknown, data: unknown): GoldenFailure[] {
  return sameData(expected, data) ? [] : [{ kind: "data", lines: diffLines(expected, data) }];
}

function compareErrors(test: GoldenTest, errors: RowError[]): GoldenFailure[] {
  const open = [...errors];
  const lines: string[] = [];
  for (const expected of test.errors) {
    const found = open.findIndex(
      (error) => error.destination === expected.destination && error.exception.includes(expected.exception ?? ""),
    );
    if (found >= 0) open.splice(found, 1);
    else lines.push(`- ${expected.destination} fails${expected.exception ? ` with "${expected.exception}"` : ""}`);
  }
  lines.push(...open.map((error) => `+ ${error.destination} fails: ${error.exception}`));
  return lines.length > 0 ? [{ kind: "errors", lines }] : [];
}

function compareValidity(test: GoldenTest, { violations }: Applied): GoldenFailure[] {
  if (test.valid && violations.length > 0) {
    return [{ kind: "schema", lines: violations.map(({ pointer, message }) => `${pointer}: ${message}`) }];
  }
  if (!test.valid && violations.length === 0)
    return [{ kind: "schema", lines: ["the schema accepts the row; valid: false says otherwise"] }];
  return [];
}
