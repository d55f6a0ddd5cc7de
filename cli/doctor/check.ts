/** What a check of `aep doctor` is, and the runner: independent checks run on whatever became of the others. */
import { type Finding, outcome, skip } from "../finding.ts";

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
