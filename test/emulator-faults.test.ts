/** Ordered faults over real HTTP: what the caller sees, and whether the call did its work. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, type FaultRuleInput, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";

let emulator: Emulator;
let http: AepHttp;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 5 });
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
});
afterAll(() => emulator.close());

const order = async (rule: FaultRuleInput): Promise<Body> => {
  const answer = await http.control("POST", "faults", rule);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.faults[0];
};
let title = 0;
const create = () => {
  title += 1;
  const body = { type: "object", title: `c${title}`, description: "", allOf: [] };
  return http.aep("POST", "schemaregistry/tenant/classes", { body });
};
const made = async (): Promise<number> => (await http.control("GET", "sandboxes/dev/state")).body.classes;
const onCreate = { operation: "createClass" };

describe("what the caller sees", () => {
  it("a status, before or after the work", async () => {
    await order({ match: onCreate, count: 1, fault: { kind: "status", status: 503 } });
    expect([(await create()).status, await made()]).toEqual([503, 0]);
    await order({ match: onCreate, count: 1, fault: { kind: "status", status: 504, when: "after", body: { a: 1 } } });
    const late = await create();
    expect([late.status, late.body, await made()]).toEqual([504, { a: 1 }, 1]);
    expect((await create()).status).toBe(201);
  });

  it("a reset connection, before or after the work", async () => {
    await order({ match: onCreate, count: 1, fault: { kind: "reset" } });
    await expect(create()).rejects.toThrow();
    expect(await made()).toBe(0);
    await order({ match: onCreate, count: 1, fault: { kind: "reset", when: "after" } });
    await expect(create()).rejects.toThrow();
    expect(await made()).toBe(1);
    const { calls } = (await http.control("GET", "calls")).body;
    expect(calls.map((call: Body) => call.fault)).toEqual([null, "fault-1", "fault-2"]);
  });

  it("half an answer, with or without a cut connection", async () => {
    await order({ match: onCreate, count: 1, fault: { kind: "truncate" } });
    const half = await create();
    expect([half.status, typeof half.body]).toEqual([201, "string"]);
    await order({ match: onCreate, count: 1, fault: { kind: "truncate", cut: true } });
    await expect(create()).rejects.toThrow();
    expect(await made()).toBe(2);
  });

  it("an HTML page, throttling with and without Retry-After", async () => {
    await order({ match: onCreate, count: 1, fault: { kind: "html", status: 502 } });
    const page = await create();
    expect([page.status, page.headers.get("content-type")]).toEqual([502, expect.stringContaining("text/html")]);
    await order({ match: onCreate, count: 1, fault: { kind: "throttle", retryAfter: 2 } });
    const throttled = await create();
    expect([throttled.status, throttled.body.error_code, throttled.headers.get("retry-after")]).toEqual([
      429,
      "429050",
      "2",
    ]);
    await order({ match: onCreate, count: 1, fault: { kind: "throttle" } });
    expect((await create()).headers.get("retry-after")).toBe(null);
    expect(await made()).toBe(0);
  });

  it("a slow body and a held-back answer arrive whole", async () => {
    await order({ match: onCreate, count: 1, fault: { kind: "slowBody", ms: 40 } });
    expect((await create()).body.$id).toContain("/classes/");
    await order({ match: onCreate, count: 1, fault: { kind: "latency", ms: 30, when: "after" } });
    const started = performance.now();
    expect((await create()).status).toBe(201);
    expect(performance.now() - started).toBeGreaterThanOrEqual(29);
  });

  it("an expired token stays expired until a new one is asked for", async () => {
    await order({ match: onCreate, count: 1, fault: { kind: "expiredToken" } });
    expect((await create()).body.error_code).toBe("401013");
    expect((await create()).status).toBe(401);
    http = aepHttp(emulator);
    expect((await create()).status).toBe(201);
  });
});

describe("which calls are hit", () => {
  const status = { kind: "status", status: 500 } as const;
  const statuses = async (calls: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let index = 0; index < calls; index += 1) seen.push((await create()).status);
    return seen;
  };

  it("by method, path with a wildcard, and sandbox", async () => {
    await order({ match: { method: "post", path: "/data/foundation/*/classes", sandbox: "dev" }, fault: status });
    await order({ match: { sandbox: "stage" }, fault: status });
    expect((await create()).status).toBe(500);
    expect((await http.aep("GET", "schemaregistry/stats")).status).toBe(200);
  });

  it("after some, and a number of times", async () => {
    const { id } = await order({ match: onCreate, skip: 1, count: 2, fault: status });
    expect(await statuses(4)).toEqual([201, 500, 500, 201]);
    const { faults } = (await http.control("GET", "faults")).body;
    expect(faults[0]).toMatchObject({ id, hits: 2 });
  });

  it("with a chance that the seed decides", async () => {
    const rule: FaultRuleInput = { match: onCreate, probability: 0.5, fault: status };
    await order(rule);
    const first = await statuses(12);
    expect(new Set(first)).toEqual(new Set([201, 500]));
    await http.control("POST", "reset", {});
    http = aepHttp(emulator);
    await order(rule);
    expect(await statuses(12)).toEqual(first);
  });

  it("in a window of the virtual clock", async () => {
    const { now } = (await http.control("POST", "clock", { freeze: true, advanceMs: 0 })).body;
    await order({ match: onCreate, from: now + 1000, until: now + 2000, fault: status });
    expect(await statuses(1)).toEqual([201]);
    await http.control("POST", "clock", { advanceMs: 1000 });
    expect(await statuses(1)).toEqual([500]);
    await http.control("POST", "clock", { advanceMs: 1000 });
    expect(await statuses(1)).toEqual([201]);
  });

  it("until the rule is taken back; a wrong rule is refused with every mistake", async () => {
    const { id } = await order({ match: onCreate, fault: status });
    expect((await http.control("DELETE", `faults/${id}`)).status).toBe(204);
    expect((await http.control("DELETE", `faults/${id}`)).status).toBe(404);
    expect(await statuses(1)).toEqual([201]);
    const wrong = await http.control("POST", "faults", { count: 0, chance: 1, fault: { kind: "status", status: 200 } });
    expect(wrong.status).toBe(400);
    for (const part of ["count", "chance", "fault.status"]) expect(wrong.body.detail).toContain(part);
    await order({ fault: status });
    expect((await http.control("DELETE", "faults")).status).toBe(204);
    expect((await http.control("GET", "faults")).body.faults).toEqual([]);
  });
});
