/** Schedules of batch flows: the documented rules, and the slots they mean. */
import { isObject } from "../http.ts";
import type { Entity } from "../store.ts";
import { sourcesRefusal } from "./refusals.ts";

const FREQUENCIES = new Set(["once", "minute", "hour", "day", "week"]);
const FREQUENCY_MS: Record<string, number> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};
const MINIMUM_MINUTES = 15;

export interface Schedule {
  /** Epoch milliseconds. */
  startMs: number;
  frequency: string;
  /** Distance of two slots in milliseconds; undefined for `once`. */
  everyMs: number | undefined;
  backfill: boolean;
}

/** Checks scheduleParams of a create: 1317, 1304, 1397, 1360, 1361, 1362, 1363, 1364. */
export function checkSchedule(params: unknown, nowMs: number): void {
  const schedule = checkForm(params);
  if (Number(schedule["startTime"]) < Math.floor(nowMs / 1000))
    throw sourcesRefusal(1360, `startTime ${schedule["startTime"]} is in the past`);
}

/** Everything but the clock: form and combinations. */
function checkForm(params: unknown): Entity {
  if (!isObject(params) || Object.keys(params).length === 0)
    throw sourcesRefusal(1317, "The flow needs scheduleParams");
  const { frequency, startTime, interval, backfill } = params;
  if (!FREQUENCIES.has(String(frequency))) throw sourcesRefusal(1397, `Frequency ${frequency} is not supported`);
  if (startTime === undefined || startTime === null)
    throw sourcesRefusal(1304, "The field scheduleParams.startTime is mandatory");
  if (!isWhole(startTime)) throw sourcesRefusal(1304, "scheduleParams.startTime must be epoch seconds");
  if (frequency === "once") {
    if (interval !== undefined) throw sourcesRefusal(1361, "interval is not allowed with frequency once");
    if (backfill !== undefined) throw sourcesRefusal(1364, "backfill is not allowed with frequency once");
    return params;
  }
  checkInterval(String(frequency), interval);
  if (backfill !== undefined && !["true", "false"].includes(String(backfill)))
    throw sourcesRefusal(1304, "scheduleParams.backfill must be true or false");
  return params;
}

function checkInterval(frequency: string, interval: unknown): void {
  if (interval === undefined || interval === null)
    throw sourcesRefusal(1304, "The field scheduleParams.interval is mandatory");
  if (!isWhole(interval)) throw sourcesRefusal(1363, `Interval ${interval} is not allowed for frequency ${frequency}`);
  const minimum = frequency === "minute" ? MINIMUM_MINUTES : 1;
  if (Number(interval) < minimum)
    throw sourcesRefusal(1362, `Interval ${interval} is below the minimum of ${minimum} for frequency ${frequency}`);
}

/** Checks what a PATCH made of a schedule: 1366, 1360 for the start, 1403 for `once`, 1404 for backfill. */
export function checkScheduleChange(before: Entity, after: unknown, nowMs: number): void {
  const next = checkForm(after);
  const started = Number(before["startTime"]) * 1000 <= nowMs;
  if (String(next["startTime"]) !== String(before["startTime"])) {
    if (started) throw sourcesRefusal(1366, "startTime has passed and cannot be updated any more");
    if (Number(next["startTime"]) * 1000 < nowMs)
      throw sourcesRefusal(1360, `startTime ${next["startTime"]} is in the past`);
  }
  if (!started) return;
  if (next["frequency"] === "once" && before["frequency"] !== "once")
    throw sourcesRefusal(1403, "The frequency cannot become once after the start");
  if (String(next["backfill"] ?? true) !== String(before["backfill"] ?? true))
    throw sourcesRefusal(1404, "backfill cannot be changed after the start");
}

/** A stored schedule as numbers. */
export function parseSchedule(params: Entity): Schedule {
  const step = FREQUENCY_MS[String(params["frequency"])];
  return {
    startMs: Number(params["startTime"]) * 1000,
    frequency: String(params["frequency"]),
    everyMs: step === undefined ? undefined : step * Number(params["interval"]),
    backfill: String(params["backfill"] ?? true) === "true",
  };
}

/** The latest slot at or before a moment; undefined before the start. Epoch milliseconds. */
export function latestSlot(schedule: Schedule, nowMs: number): number | undefined {
  if (nowMs < schedule.startMs) return undefined;
  if (schedule.everyMs === undefined) return schedule.startMs;
  return schedule.startMs + Math.floor((nowMs - schedule.startMs) / schedule.everyMs) * schedule.everyMs;
}

/** The first slot after a moment; undefined when there is none. Epoch milliseconds. */
export function nextSlot(schedule: Schedule, nowMs: number): number | undefined {
  if (nowMs < schedule.startMs) return schedule.startMs;
  if (schedule.everyMs === undefined) return undefined;
  return (latestSlot(schedule, nowMs) as number) + schedule.everyMs;
}

function isWhole(value: unknown): boolean {
  return (
    (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) ||
    (typeof value === "string" && /^\d{1,15}$/.test(value))
  );
}
