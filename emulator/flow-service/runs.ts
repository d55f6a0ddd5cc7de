/** Flow runs: what the data plane writes, what users may create and trigger again. */

import { forgetOldest } from "../forget.ts";
import type { Entity, Ids, SandboxState, World } from "../store.ts";
import { find, insert, update } from "./entities.ts";
import { flowSpec } from "./flow-specs.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";

/** Window of a batch run, epoch milliseconds: events at or after `start` and before `end`. */
export interface RunWindow {
  start: number;
  end: number;
}

export type RunStatus = "scheduled" | "inProgress" | "success" | "partialSuccess" | "failed";

/** What a run came to. */
export interface RunOutcome {
  status: RunStatus;
  read: number;
  written: number;
  failed: number;
  inputBytes: number;
  outputBytes: number;
  inputFiles: number;
  /** Codes with their record counts: `MAPPER-3700-400`, `INGEST-1212-400`, `CONNECTOR-2001-500`. */
  errors: { code: string; message: string; recordCount: number }[];
  batchId?: string;
}

/** Starts a run of a flow; streaming runs have no window. */
export function startRun(
  world: World,
  sandbox: SandboxState,
  flow: Entity,
  options: { window?: RunWindow; status?: RunStatus; ids?: Ids } = {},
): string {
  const now = world.clock.now();
  const { window, status = "inProgress" } = options;
  const params = window
    ? { startTime: seconds(now), windowStartTime: seconds(window.start), windowEndTime: seconds(window.end) }
    : {};
  const { id } = insert(
    world,
    sandbox,
    "runs",
    {
      flowId: flow["id"],
      flowSpec: flow["flowSpec"],
      providerRefId: flow["flowSpec"].id,
      params,
      metrics: { durationSummary: { startedAtUTC: now }, statusSummary: { status } },
      activities: [],
    },
    options.ids,
  );
  if (status === "scheduled") waiting(sandbox).add(id);
  forgetOldest(sandbox, sandbox.flowService.runs, "runs", isOver);
  if (flow["lastRunDetails"] === undefined || status === "inProgress")
    flow["lastRunDetails"] = { id, state: status, startedAtUTC: now };
  return id;
}

const statusOf = (run: Entity): unknown => run["metrics"]?.statusSummary?.status;
const isOver = (run: Entity): boolean => statusOf(run) !== "scheduled" && statusOf(run) !== "inProgress";

/** Runs that may wait for their time; a sandbox that is not listed yet (after a restore) is looked through once. */
const waitingRuns = new WeakMap<SandboxState, Set<string>>();

function waiting(sandbox: SandboxState): Set<string> {
  const { runs } = sandbox.flowService;
  const known = waitingRuns.get(sandbox) ?? new Set([...runs.keys()].filter((id) => !isOver(runs.get(id) as Entity)));
  waitingRuns.set(sandbox, known);
  return known;
}

/** The runs that a user asked for and that have not begun. */
export function askedRuns(sandbox: SandboxState): Entity[] {
  const ids = waiting(sandbox);
  const found: Entity[] = [];
  for (const id of ids) {
    const run = sandbox.flowService.runs.get(id);
    if (run && statusOf(run) === "scheduled") found.push(run);
    else ids.delete(id);
  }
  return found;
}

/** Writes a run's metrics and the flow's `lastRunDetails`. A run deleted meanwhile stays deleted. */
export function finishRun(world: World, sandbox: SandboxState, runId: string, outcome: RunOutcome, ids: Ids): void {
  const run = sandbox.flowService.runs.get(runId);
  if (!run) return;
  const now = world.clock.now();
  const startedAtUTC = run["metrics"].durationSummary.startedAtUTC;
  const durationSummary = { startedAtUTC, completedAtUTC: now };
  const recordSummary = {
    inputRecordCount: outcome.read,
    outputRecordCount: outcome.written,
    createdRecordCount: outcome.written,
    failedRecordCount: outcome.failed,
  };
  const statusSummary = {
    status: outcome.status,
    errors: outcome.errors.map(({ code, message }) => ({ code, message })),
  };
  const sizeSummary = { inputBytes: outcome.inputBytes, outputBytes: outcome.outputBytes };
  const fileSummary = { inputFileCount: outcome.inputFiles, outputFileCount: outcome.written > 0 ? 1 : 0 };
  const next = {
    ...run,
    metrics: { durationSummary, sizeSummary, recordSummary, fileSummary, statusSummary },
    activities: [
      copyActivity(runId, durationSummary, outcome),
      promotionActivity(runId, durationSummary, recordSummary, outcome),
    ],
  };
  update(world, sandbox, "runs", next, ids);
  const flow = sandbox.flowService.flows.get(run["flowId"]);
  if (flow) flow["lastRunDetails"] = { id: runId, state: outcome.status, startedAtUTC, completedAtUTC: now };
}

function copyActivity(runId: string, durationSummary: Entity, outcome: RunOutcome): Entity {
  const connector = outcome.errors.filter((error) => error.code.startsWith("CONNECTOR-"));
  return {
    id: `copyActivity-${runId}`,
    name: "Copy Activity",
    activityType: "ingestion",
    durationSummary,
    sizeSummary: { inputBytes: outcome.inputBytes, outputBytes: outcome.inputBytes },
    recordSummary: { inputRecordCount: outcome.read, outputRecordCount: outcome.read },
    statusSummary: { status: connector.length > 0 ? "failed" : "success", errors: connector },
  };
}

function promotionActivity(runId: string, durationSummary: Entity, recordSummary: Entity, outcome: RunOutcome): Entity {
  const errors = outcome.errors.filter((error) => !error.code.startsWith("CONNECTOR-"));
  const batch = outcome.batchId ? { batchId: outcome.batchId } : {};
  const meta = `/data/foundation/export/batches/${outcome.batchId}/meta?path=`;
  const manifest = outcome.batchId
    ? { failedRecords: `${meta}row_errors`, sampleErrors: `${meta}row_error_samples.json` }
    : {};
  return {
    id: `promotionActivity-${runId}`,
    name: "Promotion Activity",
    activityType: "ingestion",
    durationSummary,
    recordSummary,
    statusSummary: { status: outcome.status, errors, extensions: { ...batch, manifest } },
  };
}

/** POST /runs: only for flows of frequency `once`. Refusals: 1446, 1430, 1385, 1386, 1304. */
export function createRun(world: World, sandbox: SandboxState, body: Entity) {
  const flowId = body["flowId"];
  if (typeof flowId !== "string" || flowId === "") throw refusal(1446, "flowId must not be empty");
  const flow = sandbox.flowService.flows.get(flowId);
  if (!flow) throw refusal(1430, `Flow ${flowId} was not found`, { id: flowId, type: "flows" });
  if (!flowSpec(flow["flowSpec"].id)?.["runSpec"])
    throw sourcesRefusal(1385, "Runs are not supported for this connector");
  if (flow["scheduleParams"]?.frequency !== "once")
    throw sourcesRefusal(1386, `Runs are not supported for frequency ${flow["scheduleParams"]?.frequency}`);
  const params: Entity = body["params"] ?? {};
  for (const name of ["startTime", "windowStartTime", "windowEndTime"])
    if (!/^\d{1,13}$/.test(String(params[name] ?? "")))
      throw sourcesRefusal(1304, `The field params.${name} is mandatory`);
  const id = startRun(world, sandbox, flow, { status: "scheduled" });
  return update(world, sandbox, "runs", { ...find(sandbox, "runs", id), params });
}

/** POST /runs/{id}/action?op=RE_TRIGGER: a failed run is scheduled again; 1387 while it runs, 1388 when it did not fail. */
export function retriggerRun(world: World, sandbox: SandboxState, id: string): Entity {
  const run = find(sandbox, "runs", id);
  const status = run["metrics"].statusSummary.status;
  if (status === "inProgress" || status === "scheduled")
    throw sourcesRefusal(1387, `Run ${id} is ${status} and cannot be triggered again`, id);
  if (status === "success") throw sourcesRefusal(1388, `Run ${id} succeeded and cannot be triggered again`, id);
  const metrics = { ...run["metrics"], statusSummary: { status: "scheduled" } };
  update(world, sandbox, "runs", { ...run, metrics });
  waiting(sandbox).add(id);
  return find(sandbox, "runs", id);
}

/** A run parameter as epoch milliseconds: documents show seconds and say milliseconds, so both are understood. */
export function runMoment(value: unknown): number {
  const number = Number(value);
  return number > 100_000_000_000 ? number : number * 1000;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
