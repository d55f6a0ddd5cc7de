/** Writing what a run came to: rows, failed records, the batch in the catalog, the run's metrics. */
import { finishRun, type RunOutcome, type RunStatus } from "../flow-service/runs.ts";
import { forgetOldest } from "../forget.ts";
import type { WhoIs } from "../profile/identity.ts";
import type { Entity, Json, SandboxState } from "../store.ts";
import type { PlaneContext } from "./context.ts";
import { MAPPER_ERROR, type Outcome } from "./pipeline.ts";

/** A record with what became of it. */
export interface Processed {
  record: Json;
  outcome: Outcome;
}

export interface Landing {
  flow: Entity;
  runId: string;
  dataSetId: string;
  whoIs: WhoIs | undefined;
  processed: Processed[];
  inputBytes: number;
  inputFiles?: number;
  /**
   * Share of bad records, in percent, beyond which nothing of the run lands. Streaming judges each record alone (100);
   * batch flows without `partialIngestionPercent` tolerate none (Adobe's partial ingestion is off unless asked for).
   */
  tolerated: number;
}

/** Lands what may land and closes the run. */
export function land(context: PlaneContext, sandbox: SandboxState, landing: Landing): void {
  const { world, ids } = context;
  const bad = landing.processed.filter((item) => !item.outcome.ok).length;
  const total = landing.processed.length;
  const lost = bad > 0 && (bad / total) * 100 > landing.tolerated;
  const status = statusOf(total, bad, lost);
  const batchId = ids.hex(32);
  const written = lost ? 0 : writeRows(context, sandbox, landing, batchId);
  writeFailed(context, sandbox, landing, batchId);
  const errors = summarise(landing.processed, lost ? landing.tolerated : undefined);
  const outcome: RunOutcome = {
    status,
    read: total,
    written,
    failed: bad,
    inputBytes: landing.inputBytes,
    outputBytes: written === 0 ? 0 : landing.inputBytes,
    inputFiles: landing.inputFiles ?? 0,
    errors,
    batchId,
  };
  if (total > 0) writeBatch(context, sandbox, landing, outcome);
  finishRun(world, sandbox, landing.runId, outcome, ids);
}

/** Closes a run that got no further than its source. */
export function failRun(
  context: PlaneContext,
  sandbox: SandboxState,
  runId: string,
  code: string,
  message: string,
): void {
  const outcome: RunOutcome = {
    status: "failed",
    read: 0,
    written: 0,
    failed: 0,
    inputBytes: 0,
    outputBytes: 0,
    inputFiles: 0,
    errors: [{ code, message, recordCount: 0 }],
  };
  finishRun(context.world, sandbox, runId, outcome, context.ids);
}

function statusOf(total: number, bad: number, lost: boolean): RunStatus {
  if (bad === 0) return "success";
  return lost || bad === total ? "failed" : "partialSuccess";
}

function writeRows(context: PlaneContext, sandbox: SandboxState, landing: Landing, batchId: string): number {
  const at = context.world.clock.now();
  let written = 0;
  for (const { outcome } of landing.processed) {
    if (!outcome.ok) continue;
    const { row } = outcome;
    const profile = landing.whoIs ? { profile: landing.whoIs(row) } : undefined;
    sandbox.lake.rows.push({ datasetId: landing.dataSetId, flowId: landing.flow["id"], batchId, at, row, ...profile });
    written += 1;
  }
  return written;
}

function writeFailed(context: PlaneContext, sandbox: SandboxState, landing: Landing, batchId: string): void {
  const at = context.world.clock.now();
  for (const { record, outcome } of landing.processed) {
    if (outcome.ok) continue;
    const { code, reason, details } = outcome;
    const { flow, runId, dataSetId: datasetId } = landing;
    sandbox.lake.failed.push({ flowId: flow["id"], datasetId, runId, batchId, at, code, reason, details, record });
  }
}

/** Errors by code; mapping rows that gave nothing in a record that landed all the same are counted too. */
function summarise(processed: Processed[], threshold: number | undefined): RunOutcome["errors"] {
  const byCode = new Map<string, { code: string; message: string; recordCount: number }>();
  const count = (code: string, message: string) => {
    const entry = byCode.get(code) ?? { code, message, recordCount: 0 };
    entry.recordCount += 1;
    byCode.set(code, entry);
  };
  for (const { outcome } of processed) {
    const [warning] = outcome.ok ? outcome.warnings : [];
    if (!outcome.ok) count(outcome.code, outcome.reason);
    else if (warning) count(MAPPER_ERROR, `${warning.destination} <- ${warning.source}: ${warning.exception}`);
  }
  const errors = [...byCode.values()];
  const [first] = errors;
  if (first && threshold !== undefined)
    first.message = `${first.message} (more than ${threshold} % of the records failed, nothing was written)`;
  return errors;
}

function writeBatch(context: PlaneContext, sandbox: SandboxState, landing: Landing, outcome: RunOutcome): void {
  const { world } = context;
  const now = world.clock.now();
  const id = outcome.batchId as string;
  const status = outcome.status === "failed" ? "failed" : "success";
  const caller = `${world.clientId}@AdobeID`;
  sandbox.catalog.batches.set(id, {
    id,
    imsOrg: world.org,
    created: now,
    updated: now,
    createdClient: "acp_foundation_connectors",
    createdUser: caller,
    updatedUser: caller,
    version: "1.0.0",
    status,
    inputFormat: { format: "json" },
    relatedObjects: [{ type: "dataSet", id: landing.dataSetId }],
    tags: { acp_flowId: [landing.flow["id"]], acp_flowRunId: [landing.runId] },
    metrics: {
      startTime: now,
      endTime: now,
      inputRecordCount: outcome.read,
      outputRecordCount: outcome.written,
      failedRecordCount: outcome.failed,
      inputByteSize: outcome.inputBytes,
      outputByteSize: outcome.outputBytes,
    },
    recordCount: outcome.written,
    errors: outcome.errors.map(({ code, message, recordCount }) => ({ code, description: message, recordCount })),
  });
  const dataset = sandbox.catalog.dataSets.get(landing.dataSetId);
  if (dataset)
    sandbox.catalog.dataSets.set(
      landing.dataSetId,
      Object.assign(dataset, { lastBatchId: id, lastBatchStatus: status }),
    );
  forgetOldest(sandbox, sandbox.catalog.batches, "batches", () => true);
}
