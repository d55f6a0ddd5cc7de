import { describe, expect, it } from "vitest";
import { Limiter, type Timing } from "./limiter.ts";

/** A clock that jumps to the next sleeper as soon as nobody has anything else to do. */
function fakeTime(): Timing & { run<T>(work: Promise<T>): Promise<T> } {
  let now = 0;
  const sleepers: Array<{ at: number; wake: () => void }> = [];
  return {
    now: () => now,
    random: () => 0.5,
    sleep: (ms) => new Promise((wake) => void sleepers.push({ at: now + Math.max(0, ms), wake })),
    async run(work) {
      let done = false;
      const end = () => {
        done = true;
      };
      work.then(end, end);
      while (!done) {
        await new Promise(setImmediate);
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift();
        if (next) {
          now = Math.max(now, next.at);
          next.wake();
        }
      }
      return work;
    },
  };
}

/** An API that takes `allowed` requests in each second and answers every one after 20 ms. */
function api(time: Timing, allowed: number) {
  let windowStart = 0;
  let count = 0;
  const seen = { accepted: 0, refused: 0 };
  return {
    seen,
    async call(): Promise<number> {
      const now = time.now();
      if (now - windowStart >= 1000) {
        windowStart = now;
        count = 0;
      }
      count += 1;
      const status = count > allowed ? 429 : 201;
      await time.sleep(20);
      if (status === 429) seen.refused += 1;
      else seen.accepted += 1;
      return status;
    },
  };
}

async function createUntilAccepted(limiter: Limiter, time: Timing, service: ReturnType<typeof api>): Promise<void> {
  for (;;) {
    const status = await limiter.run(async () => {
      const sentAt = time.now();
      const answer = await service.call();
      if (answer === 429) limiter.throttled(sentAt, 1000);
      else limiter.succeeded();
      return answer;
    });
    if (status !== 429) return;
  }
}

describe("the limiter", () => {
  it("gets 800 creations through an API of 10 a second, losing none and wasting at most 2%", async () => {
    const time = fakeTime();
    const limiter = new Limiter(time);
    const service = api(time, 10);
    const all = Array.from({ length: 800 }, () => createUntilAccepted(limiter, time, service));
    await time.run(Promise.all(all));
    expect(service.seen.accepted).toBe(800);
    expect(service.seen.refused).toBeLessThanOrEqual(16);
    expect(time.now()).toBeLessThan(1.15 * 80_000);
  });

  it("does not slow down an API that never throttles", async () => {
    const time = fakeTime();
    const limiter = new Limiter(time);
    const service = api(time, Number.POSITIVE_INFINITY);
    await time.run(Promise.all(Array.from({ length: 800 }, () => createUntilAccepted(limiter, time, service))));
    expect(limiter.rate).toBe(Number.POSITIVE_INFINITY);
    expect(time.now()).toBeLessThan(2_000);
  });

  it("recovers from a 429 that came in a quiet moment", async () => {
    const time = fakeTime();
    const limiter = new Limiter(time);
    const service = api(time, Number.POSITIVE_INFINITY);
    await time.run(limiter.run(async () => limiter.throttled(time.now(), 0)));
    await time.run(Promise.all(Array.from({ length: 400 }, () => createUntilAccepted(limiter, time, service))));
    expect(limiter.rate).toBeGreaterThan(100);
    expect(time.now()).toBeLessThan(20_000);
  });

  it("sends nothing while a Retry-After runs", async () => {
    const time = fakeTime();
    const limiter = new Limiter(time);
    limiter.throttled(time.now(), 7_000);
    let sentAt = 0;
    const send = async () => {
      sentAt = time.now();
    };
    await time.run(limiter.run(send));
    expect(sentAt).toBeGreaterThanOrEqual(7_000);
  });
});
