/** Batch flows: what the virtual clock makes due is fetched from its source and processed as one run. */
import { isRunning } from "../flow-service/flows.ts";
import { CAPILLARY, SFTP } from "../flow-service/ids.ts";
import { askedRuns, type RunWindow, runMoment, startRun } from "../flow-service/runs.ts";
import { latestSlot, parseSchedule } from "../flow-service/schedule.ts";
import { plainOf } from "../java-numbers.ts";
import { languageLoaded } from "../language.ts";
import type { Entity, SandboxState } from "../store.ts";
import { fetchCapillary } from "./capillary-source.ts";
import type { Fetched, PlaneContext } from "./context.ts";
import { fetchFiles } from "./file-source.ts";
import { failRun, land, type Processed } from "./landing.ts";
import { compilePipeline, PipelineError } from "./pipeline.ts";

/** Records between two pauses, so that requests are answered while many are processed. */
const CHUNK = 500;
const CONNECTOR_ERROR = "CONNECTOR-2001-500";

/** Runs every flow whose slot has come since its last run, and every run that a user asked for. */
export async function runDue(context: PlaneContext): Promise<void> {
  for (const sandbox of [...context.world.sandboxes.values()]) {
    for (const run of askedRuns(sandbox)) await runAsked(context, sandbox, run);
    for (const flow of [...sandbox.flowService.flows.values()]) {
      const window = dueWindow(flow, context.world.clock.now());
      if (window) await runSlot(context, sandbox, flow, window);
    }
    if (context.signal.aborted) return;
  }
}

/**
 * The window of a due flow: from the end of the last one to the latest slot. A jump over many slots is one run. The first
 * window begins at the beginning of time with backfill (the default), else at the start time.
 */
function dueWindow(flow: Entity, now: number): RunWindow | undefined {
  if (!isRunning(flow) || !flow["scheduleParams"] || !flow["bound"]) return undefined;
  const schedule = parseSchedule(flow["scheduleParams"]);
  const slot = latestSlot(schedule, now);
  const until: number | undefined = flow["bound"].fetchedUntil;
  if (slot === undefined || (until !== undefined && until >= slot)) return undefined;
  return { start: until ?? (schedule.backfill ? 0 : schedule.startMs), end: slot };
}

async function runSlot(context: PlaneContext, sandbox: SandboxState, flow: Entity, window: RunWindow): Promise<void> {
  flow["bound"].fetchedUntil = window.end;
  const runId = startRun(context.world, sandbox, flow, { window, ids: context.ids });
  await execute(context, sandbox, flow, runId, window, false);
}

/** A run created or triggered again by a user. */
async function runAsked(context: PlaneContext, sandbox: SandboxState, run: Entity): Promise<void> {
  const flow = sandbox.flowService.flows.get(run["flowId"]);
  const { startTime, windowStartTime, windowEndTime } = run["params"];
  if (!flow?.["bound"] || runMoment(startTime) > context.world.clock.now()) return;
  const window = { start: runMoment(windowStartTime), end: runMoment(windowEndTime) };
  run["metrics"] = { ...run["metrics"], statusSummary: { status: "inProgress" } };
  await execute(context, sandbox, flow, run["id"], window, true);
}

async function execute(
  context: PlaneContext,
  sandbox: SandboxState,
  flow: Entity,
  runId: string,
  window: RunWindow,
  asked: boolean,
): Promise<void> {
  try {
    await languageLoaded();
    const fetched = await fetchRecords(context, sandbox, flow, window, asked);
    if (context.signal.aborted) return;
    const pipeline = compilePipeline(context.world, sandbox, flow, context.ids);
    const processed: Processed[] = [];
    for (const source of fetched.records) {
      const record = plainOf(source);
      processed.push({ record, outcome: pipeline.event(source, record) });
      if (processed.length % CHUNK === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (context.signal.aborted) return;
    land(context, sandbox, {
      flow,
      runId,
      dataSetId: pipeline.dataSetId,
      whoIs: pipeline.whoIs,
      processed,
      inputBytes: fetched.bytes,
      inputFiles: fetched.files ?? 0,
      tolerated: Number(flow["options"]?.partialIngestionPercent ?? 0),
    });
  } catch (error) {
    if (context.signal.aborted) return;
    const code = error instanceof PipelineError ? error.code : CONNECTOR_ERROR;
    failRun(context, sandbox, runId, code, error instanceof Error ? error.message : String(error));
  }
}

function fetchRecords(
  context: PlaneContext,
  sandbox: SandboxState,
  flow: Entity,
  window: RunWindow,
  asked: boolean,
): Promise<Fetched> {
  const { source, target } = flow["bound"];
  const connection = sandbox.flowService.connections.get(source.baseConnectionId);
  if (!connection) throw new Error(`Base connection ${source.baseConnectionId} does not exist any more`);
  const spec = source.connectionSpec.id;
  if (spec === CAPILLARY) return fetchCapillary(context, sandbox, { connection, source, target, window });
  const { backfill } = parseSchedule(flow["scheduleParams"]);
  if (spec === SFTP) return fetchFiles(context, { connection, flow, backfill, everything: asked });
  throw new Error(`Connection spec ${spec} has no reader`);
}
