/** Schedules of flows: defaults, starts that have passed, history that must not be read twice. */
import type { PatchOperation } from "../aep/flow-service.ts";
import type { Context } from "./context.ts";
import { journal, keyOf } from "./journal.ts";
import type { Known } from "./kind.ts";
import { isUnknown } from "./unknown.ts";
import { at, clean, isPlain, type Plain, same } from "./values.ts";

/** A flow whose start is not given, or has passed, starts this much after its creation; AEP refuses starts in the past. */
const LEAD_SECONDS = 60;
/** AEP's least interval for `minute` (documented); also the default. */
const LEAST_MINUTES = 15;

/** The schedule with the defaults AEP would choose by itself, so that they show when they drift. */
export function withScheduleDefaults(schedule: unknown): unknown {
  if (!isPlain(schedule) || schedule["frequency"] === "once" || isUnknown(schedule["frequency"])) return schedule;
  return { interval: schedule["frequency"] === "minute" ? LEAST_MINUTES : 1, backfill: true, ...schedule };
}

/** What AEP would refuse, told before anything is called. */
export function scheduleMistakes(schedule: unknown): string[] {
  if (!isPlain(schedule)) return [];
  const { frequency, interval, backfill } = schedule;
  const mistakes: string[] = [];
  if (frequency === "once" && interval !== undefined)
    mistakes.push("schedule.interval: not allowed with frequency once; remove it");
  if (frequency === "once" && backfill !== undefined)
    mistakes.push("schedule.backfill: not allowed with frequency once; remove it");
  if (frequency === "minute" && typeof interval === "number" && interval < LEAST_MINUTES) {
    mistakes.push(`schedule.interval: at least ${LEAST_MINUTES} with frequency minute`);
  }
  return mistakes;
}

/** Whether a schedule has begun. One without a start time begins a minute after the flow's creation. */
export function started(schedule: unknown): boolean {
  const start = at(schedule, "startTime");
  return typeof start !== "number" || start * 1000 <= Date.now();
}

/**
 * Notes that a flow is about to go that has read its source into a dataset: a successor of the same name, source and
 * dataset goes on, and must not read everything once more. Kept in the journal, in case this process ends in between.
 */
export async function rememberHistory(context: Context, { inputs, outputs }: Known): Promise<void> {
  const startsAt = outputs["startsAt"];
  if (typeof startsAt !== "number") return;
  const dataset = await datasetOf(context, inputs);
  const begun = startsAt * 1000 <= context.client.serverNow();
  if (begun && dataset !== undefined) journal.write(historyKey(context, inputs), context.client.serverNow(), dataset);
}

/** Whether a flow of this name has read into the same dataset before. */
async function continues(context: Context, inputs: Plain): Promise<boolean> {
  const key = historyKey(context, inputs);
  return journal.has(key) && journal.has(key, (await datasetOf(context, inputs)) ?? "");
}

async function datasetOf(context: Context, inputs: Plain): Promise<string | undefined> {
  const target = await context.flows.get("targetConnections", String(inputs["targetConnection"]));
  const dataset = at(target, "params.dataSetId");
  return typeof dataset === "string" ? dataset : undefined;
}

function historyKey({ client, sandbox }: Context, inputs: Plain): string {
  return keyOf(client.settings.endpoint, client.settings.orgId, sandbox, "history", inputs["name"]);
}

/** `scheduleParams` for a create, what of it was chosen here, and what to do once the flow stands. */
export async function effectiveSchedule(
  context: Context,
  inputs: Plain,
): Promise<{ params: Plain; outputs: Plain; done: () => unknown } | undefined> {
  const schedule = inputs["schedule"];
  if (!isPlain(schedule)) return undefined;
  const startsAt = effectiveStart(context, schedule["startTime"]);
  const goesOn = schedule["backfill"] === true && (await continues(context, inputs));
  const backfill = goesOn ? false : schedule["backfill"];
  return {
    params: clean({ ...schedule, startTime: startsAt, backfill }),
    outputs: { startsAt, readsHistory: backfill },
    done: () => goesOn && journal.dropAll(historyKey(context, inputs)),
  };
}

function effectiveStart(context: Context, declared: unknown): number {
  const earliest = Math.ceil(context.client.serverNow() / 1000) + LEAD_SECONDS;
  return typeof declared === "number" && declared >= earliest - LEAD_SECONDS ? declared : earliest;
}

/** The schedule as declared, with what differs from what the flow was given. Numbers may be spelled as text. */
export function viewSchedule(params: unknown, known: Known): { schedule: Plain | undefined; outputs: Plain } {
  if (!isPlain(params) || Object.keys(params).length === 0) return { schedule: undefined, outputs: {} };
  const declared = known.inputs["schedule"];
  const { startsAt, readsHistory } = known.outputs;
  const startTime = Number(params["startTime"]);
  const backfill = params["backfill"] === undefined ? undefined : String(params["backfill"]) === "true";
  return {
    schedule: clean({
      startTime: startTime === startsAt ? at(declared, "startTime") : startTime,
      frequency: params["frequency"],
      interval: params["interval"] === undefined ? undefined : Number(params["interval"]),
      backfill: backfill === undefined || backfill === readsHistory ? at(declared, "backfill") : backfill,
    }),
    outputs: { startsAt: startsAt ?? startTime, readsHistory: readsHistory ?? backfill },
  };
}

/** What a flow's schedule needs to become the declared one. */
export function scheduleOperations(
  context: Context,
  params: unknown,
  wanted: unknown,
  known: Known,
): { operations: PatchOperation[]; outputs: Plain } {
  const live = viewSchedule(params, known).schedule;
  if (!isPlain(wanted) || !live || !isPlain(params)) return { operations: [], outputs: {} };
  const target: Plain = {};
  for (const key of ["frequency", "interval"]) if (!same(live[key], wanted[key])) target[key] = wanted[key];
  const moved = wanted["startTime"] !== undefined && !same(live["startTime"], wanted["startTime"]);
  if (moved) target["startTime"] = effectiveStart(context, wanted["startTime"]);
  const begun = Number(params["startTime"]) * 1000 <= context.client.serverNow();
  if (!begun && !same(live["backfill"], wanted["backfill"])) target["backfill"] = wanted["backfill"];
  const operations = Object.entries(target).map(([key, value]) => operation(params, key, value));
  const outputs = clean({ startsAt: target["startTime"], readsHistory: target["backfill"] });
  return { operations, outputs };
}

function operation(params: Plain, key: string, value: unknown): PatchOperation {
  const path = `/scheduleParams/${key}`;
  if (value === undefined) return { op: "remove", path };
  return { op: key in params ? "replace" : "add", path, value };
}
