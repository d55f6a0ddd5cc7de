/** What a check or a step came to, in the words that `aep doctor` and `aep verify` share. */
import { AepError, ERRORS } from "../errors.ts";
import { explainCode } from "./explain/codes.ts";

export type Status = "pass" | "warn" | "fail" | "skipped";

/** `mend` is one sentence: what to do. */
export interface Finding {
  status: Status;
  reason: string;
  mend?: string;
}

/** How a status is printed, all of one width. */
const STATUS_WORDS: Record<Status, string> = { pass: "pass", warn: "WARN", fail: "FAIL", skipped: "skip" };

export const pass = (reason: string): Finding => ({ status: "pass", reason });
export const warn = (reason: string, mend: string): Finding => ({ status: "warn", reason, mend });
export const fail = (reason: string, mend: string): Finding => ({ status: "fail", reason, mend });
export const skip = (reason: string, mend?: string): Finding => ({
  status: "skipped",
  reason,
  ...(mend !== undefined && { mend }),
});

/** The finding of some work; an AepError is a failure with its own words. Anything else is a defect and goes up. */
export async function outcome(work: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    return failed(error);
  }
}

/** An error as a finding: what, where, the API's own code and request id for a ticket, and what is known of the code. */
export function failed(error: AepError): Finding {
  const ids = [error.apiCode, error.requestId && `request id ${error.requestId}`].filter(Boolean).join(", ");
  const where = error.where === undefined ? "" : `${error.where}: `;
  const known = error.apiCode === undefined ? undefined : explainCode(error.apiCode);
  const general = error.hint === ERRORS[error.code].mend;
  const mend = general ? (known?.mend ?? error.hint) : error.hint;
  return fail(`${where}${error.message}${ids === "" ? "" : ` [${ids}]`}`, mend);
}

/**
 * A finding as lines: status, title padded to `width`, reason, and below it the mend. On a terminal long lines are
 * broken where it ends; without one a line stays a line, for those who search it.
 */
export function findingText(title: string, width: number, { status, reason, mend }: Finding): string {
  const indent = width + 10;
  const columns = process.stdout.isTTY ? Math.max(process.stdout.columns - indent, 30) : Number.POSITIVE_INFINITY;
  const lines = [...reason.split("\n"), ...(mend === undefined ? [] : [`-> ${mend}`])];
  const text = lines.flatMap((line) => broken(line.trim(), columns)).join(`\n${" ".repeat(indent)}`);
  return `  ${STATUS_WORDS[status]}  ${title.padEnd(width)}  ${text}`;
}

/** The text in lines of so many characters at most, broken at spaces and after commas. */
function broken(text: string, columns: number): string[] {
  const lines = [""];
  for (const word of text.split(/(?<=[ ,])/)) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && (last + word).trimEnd().length > columns) lines.push(word);
    else lines[lines.length - 1] = last + word;
  }
  return lines.map((line) => line.trimEnd());
}

/** How many findings there are of each status. */
export function tally(findings: readonly Finding[]): Record<Status, number> {
  const counts: Record<Status, number> = { pass: 0, warn: 0, fail: 0, skipped: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}

/** `17 passed, 1 with a warning, 0 failed, 2 skipped` */
export function tallyText(findings: readonly Finding[]): string {
  const { pass, warn, fail, skipped } = tally(findings);
  return `${pass} passed, ${warn} with a warning, ${fail} failed, ${skipped} skipped`;
}
