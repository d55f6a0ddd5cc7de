/** What a check of `aep doctor` is, and the runner: independent checks run on whatever became of the others. */
import { AepError } from "../../errors.ts";

export type Status = "pass" | "warn" | "fail" | "skipped";

/** What a check found. `mend` is one sentence: what to do. */
export interface Finding {
  status: Status;
  reason: string;
  mend?: string;
}

export interface Check<Facts> {
  id: string;
  title: string;
  /** Heading it is shown under. */
  group: string;
  /** Checks without whose pass (or warning) this one cannot be made; they stand before it in the list. */
  needs?: readonly string[];
  /** Looks, and may leave in `facts` what later checks need. An AepError counts as a failure. */
  run(facts: Facts): Promise<Finding> | Finding;
}

export interface Result extends Finding {
  id: string;
  title: string;
  group: string;
  /** Milliseconds it took. */
  ms: number;
}

export const pass = (reason: string): Finding => ({ status: "pass", reason });
export const warn = (reason: string, mend: string): Finding => ({ status: "warn", reason, mend });
export const fail = (reason: string, mend: string): Finding => ({ status: "fail", reason, mend });
export const skip = (reason: string, mend?: string): Finding => ({
  status: "skipped",
  reason,
  ...(mend !== undefined && { mend }),
});

/**
 * Runs all checks, each as soon as those it needs are done; results come in the order of the list.
 * `done` is told of every result as it comes.
 */
export async function runChecks<Facts>(
  checks: readonly Check<Facts>[],
  facts: Facts,
  done: (result: Result) => void,
): Promise<Result[]> {
  const results = new Map<string, Promise<Result>>();
  for (const check of checks) results.set(check.id, runOne(check, facts, results, done));
  return Promise.all(results.values());
}

async function runOne<Facts>(
  check: Check<Facts>,
  facts: Facts,
  results: ReadonlyMap<string, Promise<Result>>,
  done: (result: Result) => void,
): Promise<Result> {
  const needed = await Promise.all((check.needs ?? []).map((id) => results.get(id) as Promise<Result>));
  const blocking = needed.find(({ status }) => status === "fail" || status === "skipped");
  const started = performance.now();
  const finding = blocking ? skip(becauseOf(blocking)) : await outcome(() => check.run(facts));
  const { id, title, group } = check;
  const result = { id, title, group, ...finding, ms: Math.round(performance.now() - started) };
  done(result);
  return result;
}

function becauseOf({ title, status, reason }: Result): string {
  return status === "fail" ? `needs "${title}", which failed` : reason;
}

/** The finding of some work; an AepError is a failure with its own words. Anything else is a defect and goes up. */
export async function outcome(work: () => Promise<Finding> | Finding): Promise<Finding> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    return failed(error);
  }
}

/** An error as a finding: what, where, and the API's own code and request id for a ticket. */
export function failed(error: AepError): Finding {
  const ids = [error.apiCode, error.requestId && `request id ${error.requestId}`].filter(Boolean).join(", ");
  const where = error.where === undefined ? "" : `${error.where}: `;
  return fail(`${where}${error.message}${ids === "" ? "" : ` [${ids}]`}`, error.hint);
}
