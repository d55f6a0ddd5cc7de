import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Problem } from "../problem.ts";
import { checkSchedule, checkScheduleChange, latestSlot, nextSlot, parseSchedule } from "./schedule.ts";

const NOW = Date.UTC(2026, 0, 1);
const seconds = NOW / 1000;

describe("slots", () => {
  const schedules = fc.record({
    startTime: fc.integer({ min: 1, max: 4_000_000_000 }),
    frequency: fc.constantFrom("once", "minute", "hour", "day", "week"),
    interval: fc.integer({ min: 1, max: 500 }),
  });

  it("the latest slot is the last one that has come, the next one the first that has not", () => {
    fc.assert(
      fc.property(schedules, fc.integer({ min: 0, max: 5_000_000_000_000 }), (params, now) => {
        const schedule = parseSchedule(params);
        const latest = latestSlot(schedule, now);
        const next = nextSlot(schedule, now);
        if (latest === undefined) expect(now).toBeLessThan(schedule.startMs);
        else {
          expect(latest).toBeLessThanOrEqual(now);
          expect((latest - schedule.startMs) % (schedule.everyMs ?? 1)).toBe(0);
        }
        if (next !== undefined) expect(next).toBeGreaterThan(now);
        if (latest !== undefined && next !== undefined) expect(next - latest).toBe(schedule.everyMs);
      }),
    );
  });

  it("a start given in milliseconds never comes", () => {
    const schedule = parseSchedule({ startTime: String(NOW), frequency: "minute", interval: "15" });
    expect(latestSlot(schedule, NOW)).toBeUndefined();
    expect(new Date(schedule.startMs).getUTCFullYear()).toBeGreaterThan(50_000);
  });
});

describe("rules", () => {
  it("hold for numbers and for strings alike", () => {
    for (const wrap of [Number, String]) {
      expect(() =>
        checkSchedule({ startTime: wrap(seconds), frequency: "minute", interval: wrap(15) }, NOW),
      ).not.toThrow();
      expect(() =>
        checkSchedule({ startTime: wrap(seconds - 1), frequency: "minute", interval: wrap(15) }, NOW),
      ).toThrow(Problem);
      expect(() =>
        checkSchedule({ startTime: wrap(seconds), frequency: "hour", interval: wrap(1) }, NOW),
      ).not.toThrow();
    }
  });

  it("let nothing but the interval and the frequency change after the start", () => {
    const before = { startTime: seconds - 60, frequency: "minute", interval: 15 };
    expect(() => checkScheduleChange(before, { ...before, interval: "30" }, NOW)).not.toThrow();
    expect(() => checkScheduleChange(before, { ...before, startTime: String(before.startTime) }, NOW)).not.toThrow();
    expect(() => checkScheduleChange(before, { ...before, startTime: seconds + 60 }, NOW)).toThrow(
      /startTime has passed/,
    );
    expect(() => checkScheduleChange(before, { ...before, backfill: "true" }, NOW)).not.toThrow();
    expect(() => checkScheduleChange(before, { ...before, backfill: false }, NOW)).toThrow(/backfill/);
  });
});
