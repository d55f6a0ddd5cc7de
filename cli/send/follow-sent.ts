/** After sending: waits until the flows' runs account for what their inlets took, and reads the new rows back. */
import { setTimeout as delay } from "node:timers/promises";
import { batches } from "../../aep/batches.ts";
import { type FlowRun, flowRuns } from "../../aep/flow-runs.ts";
import type { Context } from "../../resources/context.ts";
import type { Mask } from "../errors/mask.ts";
import type { DeployedFlow } from "../flows.ts";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;
/** A run's clock may be a little behind the inlet's. */
const SLACK_MS = 2_000;
const MAX_FAILURES = 20;
const OVER = new Set(["success", "partialSuccess", "failed"]);

export interface Sent {
  flow: DeployedFlow;
  /** Events its inlet took. */
  taken: number;
}

export interface Arrived extends Sent {
  /** Records that the flow's runs have read, written and lost since the sending began. */
  read: number;
  landed: number;
  failed: number;
  failures: Array<{ code: string; message: string; runId: string; batchId?: string }>;
  /** Milliseconds until the runs accounted for everything; undefined when they did not in time. */
  after: number | undefined;
}

export interface ReadBack {
  datasetId: string;
  name: string;
  /** Rows that the runs say they wrote. */
  landed: number;
  /** New rows that were read back, at most the newest hundred; undefined where rows cannot be read or told apart. */
  rows: number | undefined;
}

/** What stood there before anything was sent, by which new rows and runs are told. */
export interface Before {
  /** The newest rows of each dataset; undefined where they cannot be read. */
  rows: ReadonlyMap<string, readonly string[] | undefined>;
  /** What the flows' last runs had done, by run. */
  runs: ReadonlyMap<string, FlowRun["records"]>;
}

/** `since`: the moment by the API's clock (epoch ms). */
export async function standingBefore(context: Context, flows: readonly DeployedFlow[], since: number): Promise<Before> {
  const { client, sandbox } = context;
  const ids = [...new Set(flows.map(({ datasetId }) => datasetId))];
  const read = async (id: string) =>
    [id, (await batches(client, sandbox).preview(id))?.map((row) => JSON.stringify(row))] as const;
  const runs = await Promise.all(flows.map((flow) => runsSince(context, flow, since - SLACK_MS)));
  return {
    rows: new Map(await Promise.all(ids.map(read))),
    runs: new Map(runs.flat().map(({ id, records }) => [id, records])),
  };
}

export interface FollowSentOptions {
  /** When the sending began, by the API's clock (epoch ms). */
  since: number;
  before: Before;
  timeout: number;
  /** What services quote of somebody's data is hidden. */
  mask: Mask;
  signal: AbortSignal;
  onStep(accounted: number): void;
}

export async function followSent(
  context: Context,
  sent: readonly Sent[],
  options: FollowSentOptions,
): Promise<{ flows: Arrived[]; datasets: ReadBack[] }> {
  const started = performance.now();
  const arrived = new Map<DeployedFlow, Arrived>();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    for (const one of sent) {
      if (arrived.get(one.flow)?.after !== undefined) continue;
      const seen = await runsSince(context, one.flow, options.since - SLACK_MS);
      const runs = seen.flatMap((run) => newly(run, options.before.runs.get(run.id)));
      const over = runs.filter(({ status }) => OVER.has(status));
      const read = sum(over, "input");
      const done =
        read >= one.taken ||
        (over.length > 0 && over.every(({ status, records }) => status === "failed" && records.input === 0));
      arrived.set(one.flow, {
        ...one,
        read,
        landed: sum(over, "output"),
        failed: sum(over, "failed"),
        failures: await failuresOf(context, over, options.mask),
        after: done ? Math.round(performance.now() - started) : undefined,
      });
    }
    options.onStep([...arrived.values()].reduce((total, { read, taken }) => total + Math.min(read, taken), 0));
    const left = options.timeout - (performance.now() - started);
    if ([...arrived.values()].every(({ after }) => after !== undefined) || left <= 0) break;
    await delay(Math.min(pause, left), undefined, { signal: options.signal });
  }
  const flows = sent.map(({ flow }) => arrived.get(flow) as Arrived);
  return { flows, datasets: await readBack(context, flows, options.before) };
}

/** What a run has done beyond what it had done before; nothing when that is nothing. */
function newly(run: FlowRun, before: FlowRun["records"] | undefined): FlowRun[] {
  if (before === undefined) return [run];
  const { input, output, failed } = run.records;
  const records = { input: input - before.input, output: output - before.output, failed: failed - before.failed };
  return records.input > 0 || records.failed > 0 ? [{ ...run, records }] : [];
}

const sum = (runs: readonly FlowRun[], what: keyof FlowRun["records"]): number =>
  runs.reduce((total, { records }) => total + records[what], 0);

async function runsSince({ client, sandbox }: Context, { flowId }: DeployedFlow, since: number): Promise<FlowRun[]> {
  const runs: FlowRun[] = [];
  for await (const run of flowRuns(client, sandbox).list({ flowId, since })) runs.push(run);
  return runs;
}

/** Why records failed: each failed row's own errors, or the run's where rows cannot be read. */
async function failuresOf(
  { client, sandbox }: Context,
  runs: readonly FlowRun[],
  mask: Mask,
): Promise<Arrived["failures"]> {
  const found: Arrived["failures"] = [];
  for (const run of runs) {
    if (run.records.failed === 0 && run.status !== "failed") continue;
    const before = found.length;
    for (const batchId of run.batchIds) {
      if (found.length >= MAX_FAILURES) return found;
      const rows = await batches(client, sandbox).failedRows(batchId, { limit: MAX_FAILURES - found.length });
      for (const { errors, record } of rows ?? [])
        for (const { code, message } of mask.about(errors, record))
          found.push({ code, message, runId: run.id, batchId });
    }
    if (found.length === before)
      found.push(...mask.about(run.errors, undefined).map(({ code, message }) => ({ code, message, runId: run.id })));
  }
  return found.slice(0, MAX_FAILURES);
}

/** Rows of each dataset that stand there now and did not before. */
async function readBack({ client, sandbox }: Context, flows: readonly Arrived[], before: Before): Promise<ReadBack[]> {
  const groups = Map.groupBy(flows, ({ flow }) => flow.datasetId);
  return Promise.all(
    [...groups].map(async ([datasetId, group]) => {
      const old = before.rows.get(datasetId);
      const rows = old && (await batches(client, sandbox).preview(datasetId))?.map((row) => JSON.stringify(row));
      const landed = group.reduce((total, one) => total + one.landed, 0);
      const name = group[0]?.flow.datasetName ?? datasetId;
      return { datasetId, name, landed, rows: old && rows && newRows(old, rows, landed) };
    }),
  );
}

/**
 * How many of `rows` are new, at most `expected`: some new ones, and then the beginning of the old ones. Undefined when
 * the old ones are not recognised behind them, as where rows come in no order.
 */
export function newRows(old: readonly string[], rows: readonly string[], expected: number): number | undefined {
  for (let fresh = Math.min(expected, rows.length); fresh >= 0; fresh--) {
    const behind = rows.slice(fresh);
    if (behind.length <= old.length && behind.every((row, at) => row === old[at])) return fresh;
  }
  return undefined;
}
