import { describe, expect, it } from "vitest";
import { AepError } from "../errors.ts";
import { markLost, markRefusedConnection, wasLost } from "./errors.ts";
import type { Answer, Call } from "./http.ts";
import { retryAfter, retrying } from "./retry.ts";

const answer = (status: number, headers: Record<string, string> = {}, body: unknown = {}): Answer => ({
  status,
  headers,
  text: JSON.stringify(body),
  body,
});

/** Runs a call against a script of outcomes; the last one repeats. Sleeps take no time but are added up. */
async function play(call: Call, script: Array<Answer | AepError>, deadline?: number) {
  let now = 0;
  let calls = 0;
  const waits: number[] = [];
  const time = {
    now: () => now,
    random: () => 1,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  const dispatch = retrying(
    async () => {
      const outcome = script[Math.min(calls++, script.length - 1)];
      if (outcome instanceof AepError) throw outcome;
      return outcome as Answer;
    },
    { time, ...(deadline === undefined ? {} : { deadline }) },
  );
  const result = await dispatch(call).then(
    (ok) => ({ ok, error: undefined }),
    (error: AepError) => ({ ok: undefined, error }),
  );
  return { ...result, calls, waits };
}

const GET: Call = { method: "GET", path: "/x" };
const POST: Call = { method: "POST", path: "/x" };
const reset = () => markLost(new AepError("AEP_UNREACHABLE", "reset"));
const unsent = () => new AepError("AEP_UNREACHABLE", "no such host");
const refused = () => markRefusedConnection(new AepError("AEP_UNREACHABLE", "refused"));

describe("what is tried again", () => {
  it.each([500, 502, 503, 504])("a read after %i", async (status) => {
    expect(await play(GET, [answer(status), answer(200)])).toMatchObject({ calls: 2, ok: { status: 200 } });
  });

  it("a read after a reset, and after a body that was cut off", async () => {
    const cut: Answer = { status: 200, headers: {}, text: '{"a":', body: undefined };
    expect(await play(GET, [reset(), cut, answer(200)])).toMatchObject({ calls: 3, ok: { status: 200 } });
  });

  it("anything that was throttled, as long as Retry-After says", async () => {
    const { calls, waits } = await play(POST, [answer(429, { "retry-after": "3" }), answer(201)]);
    expect([calls, waits]).toEqual([2, [3000]]);
  });

  it("a POST that was never sent", async () => {
    expect(await play(POST, [refused(), answer(201)])).toMatchObject({ calls: 2, ok: { status: 201 } });
  });
});

describe("what is not tried again", () => {
  it.each([answer(500), answer(502), answer(504), answer(503), reset()])(
    "a POST of unknown outcome",
    async (outcome) => {
      const { calls, error } = await play(POST, [outcome]);
      expect(calls).toBe(1);
      expect(wasLost(error)).toBe(true);
    },
  );

  it("a refusal", async () => {
    expect(await play(GET, [answer(400)])).toMatchObject({ calls: 1, ok: { status: 400 } });
  });
});

it("gives up after the deadline and says what it waited for", async () => {
  const { error, calls } = await play(GET, [answer(503, {}, { message: "busy" })], 10_000);
  expect(calls).toBeGreaterThan(3);
  expect(error?.message).toMatch(/^busy; gave up after \d+ attempts in \d+ s, waiting for status 503 to pass$/);
});

it.each([
  ["where nothing listens", refused, 3, 2_000],
  ["where there is no way to the host", unsent, 4, 6_000],
])("gives up soon %s", async (_, outcome, attempts, longest) => {
  const { calls, waits } = await play(GET, [outcome()]);
  expect(calls).toBe(attempts);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(longest);
});

it("does not try again what a call inside gave up on", async () => {
  let calls = 0;
  const inner = retrying(
    async () => {
      calls++;
      throw refused();
    },
    { time: { now: () => 0, random: () => 0, sleep: async () => {} } },
  );
  await expect(retrying(() => inner(POST))(GET)).rejects.toMatchObject({ code: "AEP_UNREACHABLE" });
  expect(calls).toBe(3);
});

it.each([
  ["5", 5_000],
  ["0", 0],
  ["Thu, 01 Jan 1970 00:00:09 GMT", 9_000],
  ["Thu, 01 Jan 1960 00:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
])("Retry-After %j is %j ms", (header, ms) => {
  expect(retryAfter(header, 0)).toBe(ms);
});
