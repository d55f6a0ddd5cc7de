import { setTimeout as delay } from "node:timers/promises";

/** Time as the limiter and the retries see it; tests put their own in. */
export interface Timing {
  now(): number;
  sleep(ms: number): Promise<void>;
  random(): number;
}

export const realTime: Timing = { now: Date.now, sleep: (ms) => delay(ms), random: Math.random };

const START_CONCURRENCY = 4;
const MOST_CONCURRENCY = 32;
/** Successes after which one more request may be under way, and the rate may grow. */
const GROW_EVERY = 8;
/** Share of the allowance that is used. */
const MARGIN = 0.95;
/** Growth from a rate that is far below the known allowance, or of which the allowance is not known. */
const GROWTH = 1.25;
/** Quiet time after which a little more than the known allowance is tried. */
const PROBE_AFTER_MS = 30_000;
const PROBE_FACTOR = 1.1;
const SLOWEST_PER_SECOND = 0.2;
/** Successes a second below which they do not tell the allowance: the process was not asking for more. */
const LEAST_ESTIMATE = 5;

/**
 * Paces all requests of the process. It starts without a rate, with few requests at a time; the first 429 tells it the
 * allowance (the successes of the second before), and from then on requests go out evenly a little below it. Nothing
 * goes out while a `Retry-After` runs. Nobody publishes AEP's limits, so they are measured.
 */
export class Limiter {
  readonly #time: Timing;
  #active = 0;
  #concurrency = START_CONCURRENCY;
  #sinceGrowth = 0;
  #perSecond = Number.POSITIVE_INFINITY;
  /** Requests a second the API was seen to refuse; Infinity while not known. */
  #ceiling = Number.POSITIVE_INFINITY;
  #nextSlot = 0;
  #blockedUntil = 0;
  #lastThrottle = Number.NEGATIVE_INFINITY;
  readonly #successes: number[] = [];
  readonly #waiting: Array<() => void> = [];

  constructor(time: Timing = realTime) {
    this.#time = time;
  }

  /** Requests a second let out at present; Infinity as long as the API never throttled. */
  get rate(): number {
    return this.#perSecond;
  }

  /** Runs `work` when its turn comes. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      await this.#pace();
      return await work();
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** The API took a request. */
  succeeded(): void {
    const now = this.#time.now();
    this.#successes.push(now);
    while (this.#successes.length > 0 && (this.#successes[0] ?? now) <= now - 1000) this.#successes.shift();
    this.#sinceGrowth += 1;
    if (this.#sinceGrowth < GROW_EVERY) return;
    this.#sinceGrowth = 0;
    this.#grow(now);
  }

  /** The API answered 429 to a request sent at `sentAt`; `retryAfter` in milliseconds when it said one. */
  throttled(sentAt: number, retryAfter: number | undefined): void {
    const now = this.#time.now();
    this.#blockedUntil = Math.max(this.#blockedUntil, now + (retryAfter ?? 1000));
    // Requests that were under way when the first 429 came are part of the same news.
    if (sentAt <= this.#lastThrottle) return;
    const seen = this.#successes.filter((at) => at > now - 1000).length;
    if (Number.isFinite(this.#perSecond)) this.#ceiling = this.#perSecond;
    else if (seen >= LEAST_ESTIMATE) this.#ceiling = seen;
    const allowed = Number.isFinite(this.#ceiling) ? this.#ceiling : LEAST_ESTIMATE;
    this.#perSecond = Math.max(SLOWEST_PER_SECOND, allowed * MARGIN);
    this.#lastThrottle = now;
    this.#sinceGrowth = 0;
  }

  /** More at a time, and faster where the allowance permits; beyond it only after a long quiet time. */
  #grow(now: number): void {
    if (this.#concurrency < MOST_CONCURRENCY) {
      this.#concurrency += 1;
      this.#waiting.shift()?.();
    }
    if (!Number.isFinite(this.#perSecond)) return;
    if (now - this.#lastThrottle > PROBE_AFTER_MS) {
      this.#ceiling *= PROBE_FACTOR;
      this.#lastThrottle = now;
    }
    this.#perSecond = Math.max(this.#perSecond, Math.min(this.#perSecond * GROWTH, this.#ceiling * MARGIN));
  }

  async #enter(): Promise<void> {
    while (this.#active >= this.#concurrency) await new Promise<void>((wake) => this.#waiting.push(wake));
    this.#active += 1;
  }

  async #pace(): Promise<void> {
    for (;;) {
      const now = this.#time.now();
      const slot = Math.max(now, this.#blockedUntil, this.#nextSlot);
      if (slot <= now) {
        this.#nextSlot = now + 1000 / this.#perSecond;
        return;
      }
      if (slot >= this.#blockedUntil && slot === this.#nextSlot) {
        // Book the slot before sleeping, so that sleepers wake one after another and not all at once.
        this.#nextSlot = slot + 1000 / this.#perSecond;
        await this.#time.sleep(slot - now);
        if (this.#time.now() >= this.#blockedUntil) return;
      } else await this.#time.sleep(slot - now);
    }
  }
}
