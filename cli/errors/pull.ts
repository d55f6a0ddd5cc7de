/** Brings failed records of runs into the quarantine: what an inlet took, or a source delivered, and no row was made of. */
import { batches, type FailedRow } from "../../aep/batches.ts";
import { type FlowRun, flowRuns } from "../../aep/flow-runs.ts";
import type { Context } from "../../resources/context.ts";
import type { DeployedFlow } from "../flows.ts";
import { resourcesOf } from "../send/sender.ts";
import type { ErrorRecord, NewRecord } from "./record.ts";
import { digest, type Quarantine } from "./store.ts";

export interface PullOptions {
  stack: string;
  /** Epoch milliseconds by the API's clock. */
  since: number;
  /** Most records. */
  limit: number;
  signal: AbortSignal;
  onRun(runs: number): void;
}

export interface Pulled {
  records: ErrorRecord[];
  /** Those that were not in the quarantine before. */
  fresh: number;
  /** Runs whose failed records cannot be read, because diagnostics are off or gone. */
  dark: Array<{ runId: string; flow: string; failed: number }>;
}

export async function pull(
  context: Context,
  flows: readonly DeployedFlow[],
  quarantine: Quarantine,
  options: PullOptions,
): Promise<Pulled> {
  const pulled: Pulled = { records: [], fresh: 0, dark: [] };
  const { client, sandbox } = context;
  let seen = 0;
  for (const flow of flows) {
    for await (const run of flowRuns(client, sandbox).list({ flowId: flow.flowId, since: options.since })) {
      options.signal.throwIfAborted();
      options.onRun(++seen);
      if (run.records.failed === 0) continue;
      const found = await failedOf(context, run, options.limit - pulled.records.length);
      if (found.length === 0) pulled.dark.push({ runId: run.id, flow: flow.label, failed: run.records.failed });
      for (const { row, batchId } of found) keep(quarantine, { row, batchId, run, flow, stack: options.stack }, pulled);
      if (pulled.records.length >= options.limit) return pulled;
    }
  }
  return pulled;
}

async function failedOf(
  { client, sandbox }: Context,
  run: FlowRun,
  limit: number,
): Promise<Array<{ row: FailedRow; batchId: string }>> {
  const found: Array<{ row: FailedRow; batchId: string }> = [];
  for (const batchId of run.batchIds) {
    const rows = await batches(client, sandbox).failedRows(batchId, { limit: limit - found.length });
    for (const row of rows ?? []) found.push({ row, batchId });
  }
  return found;
}

interface Found {
  row: FailedRow;
  batchId: string;
  run: FlowRun;
  flow: DeployedFlow;
  stack: string;
}

/** A record that is there already is left as it is: it may have been sent again since. */
function keep(quarantine: Quarantine, { row, batchId, run, flow, stack }: Found, pulled: Pulled): void {
  const payload = typeof row.record === "string" ? row.record : `${JSON.stringify(row.record, null, 2)}\n`;
  const [first] = row.errors;
  const record: NewRecord = {
    time: new Date(run.completedAt ?? run.createdAt).toISOString(),
    errorType: "partial",
    ...(first && first.code !== "" && { code: first.code }),
    message:
      row.errors.map(({ message, column }) => (column ? `${column}: ${message}` : message)).join("; ") ||
      "no reason given",
    system: "flow",
    request: {
      method: "POST",
      url: flow.inletUrl ?? "(fetched by the flow)",
      headers: { "x-adobe-flow-id": flow.flowId },
      payload: digest(payload),
    },
    response: { body: { file: row.file, errors: row.errors } },
    ids: { runId: run.id, batchId },
    resources: resourcesOf(flow, stack),
  };
  const { kept, fresh } = quarantine.keep(record, payload);
  pulled.records.push(kept);
  if (fresh) pulled.fresh += 1;
}
