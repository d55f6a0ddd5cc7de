/** A chosen rate: events go out evenly, never faster. */
import { setTimeout as delay } from "node:timers/promises";
import { SYNC_PER_MINUTE } from "../../aep/streaming.ts";
import { AepError } from "../../errors.ts";

/** Sync validations a second: a little below what an inlet allows, so that two windows that touch never hold one too many. */
export const SYNC_RATE = (SYNC_PER_MINUTE / 60) * 0.95;

const UNITS = { s: 1, sec: 1, min: 60, m: 60, h: 3600 } as const;

/** Events a second of `50`, `50/s`, `600/min`, `1000/h`. @throws AepError USAGE */
export function parseRate(text: string): number {
  const found = /^(\d+(?:\.\d+)?)(?:\/(s|sec|min|m|h))?$/.exec(text.trim());
  const perSecond = found ? Number(found[1]) / UNITS[(found[2] ?? "s") as keyof typeof UNITS] : 0;
  if (perSecond > 0) return perSecond;
  throw new AepError("USAGE", `--rate ${JSON.stringify(text)} is no rate`, { hint: "Write 50/s, 600/min or 1000/h." });
}

export class Pace {
  readonly #perSecond: number;
  #next = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Waits until `count` events may go out. @throws the signal's reason */
  async take(count: number, signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + (1000 * count) / this.#perSecond;
    if (at > now) await delay(at - now, undefined, { signal });
  }
}
