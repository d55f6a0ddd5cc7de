/** Flows that run on a schedule: nothing can be sent to them, so their last run is looked at. */
import { setTimeout as delay } from "node:timers/promises";
import { type FlowRun, flowRuns } from "../../aep/flow-runs.ts";
import type { Context } from "../../resources/context.ts";
import { at } from "../../resources/values.ts";
import { explainCode } from "../explain/codes.ts";
import { type Finding, fail, pass, skip, warn } from "../finding.ts";
import { count } from "../print.ts";
import type { VerifiedFlow } from "./flows.ts";
import { type Step, timed } from "./step.ts";

const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/**
 * What the last run came to; a run that is under way is waited for. `start` has the service begin one now, which it does
 * for flows of frequency `once` only, and which reads the source again.
 */
export function lastRun(
  context: Context,
  { flowId, resource }: VerifiedFlow,
  options: { timeout: number; signal: AbortSignal; start: boolean },
): Promise<Step> {
  return timed("last run", async () => {
    const runs = flowRuns(context.client, context.sandbox);
    const once = at(resource.inputs, "schedule.frequency") === "once";
    const own = options.start && once ? await runs.start(flowId, context.client.serverNow()) : undefined;
    const startsAt = Number(resource.outputs["startsAt"]) * 1000;
    for (let pause = PAUSE_MS, waited = 0; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const run = own === undefined ? await newest(runs.list({ flowId })) : await runs.get(own);
      const over = run === undefined ? own === undefined : !["inProgress", "scheduled"].includes(run.status);
      if (over || waited >= options.timeout) return run ? findingOf(run) : notYet(startsAt, context.client.serverNow());
      await delay(pause, undefined, { signal: options.signal });
      waited += pause;
    }
  });
}

async function newest(runs: AsyncIterable<FlowRun>): Promise<FlowRun | undefined> {
  for await (const run of runs) return run;
  return undefined;
}

function notYet(startsAt: number, now: number): Finding {
  const when = Number.isNaN(startsAt) ? "" : `; its start is ${new Date(startsAt).toISOString()}`;
  const later = startsAt > now ? "after that" : "in a quarter of an hour";
  return skip(`it has not run yet${when}`, `Run \`aep verify\` again ${later}.`);
}

function findingOf({ status, records, errors, completedAt }: FlowRun): Finding {
  const when = completedAt === undefined ? "" : ` at ${new Date(completedAt).toISOString()}`;
  const counts = `${count(records.input, "record")} read, ${records.output} written, ${records.failed} failed`;
  const [error] = errors;
  const reason = error === undefined ? "" : `: ${error.code} ${error.message}`;
  const mend = (error && explainCode(error.code)?.mend) ?? "See `aep runs` and `aep errors`.";
  if (status === "failed") return fail(`failed${when} (${counts})${reason}`, mend);
  if (records.failed > 0 || status === "partialSuccess") return warn(`in part${when} (${counts})${reason}`, mend);
  if (status === "success") return pass(`success${when}: ${counts}`);
  return warn(`${status}${when} (${counts})`, "Run `aep verify` again later.");
}
