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
export const STATUS_WORDS: Record<Status, string> = { pass: "pass", warn: "WARN", fail: "FAIL", skipped: "skip" };

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
