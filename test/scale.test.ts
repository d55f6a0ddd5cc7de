/** Many resources: reads by the page, few calls for each creation, throttling that costs time and nothing else. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type Created, create, createEveryKind, inputsOf } from "./support/every-kind.ts";
import { ProviderHost } from "./support/provider-host.ts";

let emulator: Emulator;
let host: ProviderHost;
beforeEach(async () => {
  emulator = await startEmulator();
  host = await ProviderHost.start(emulator.env);
});
afterEach(async () => {
  await host.stop();
  await emulator.close();
});

/** As many at a time as an engine has steps under way. */
async function inWaves<T, R>(items: T[], work: (item: T) => Promise<R>, width = 16): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** `count` pipelines on one schema and dataset: five resources each. */
async function pipelines(count: number): Promise<Created[]> {
  const shared = await createEveryKind(host);
  const made = await inWaves(
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      const named = (kind: Created["kind"], before: object) =>
        create(host, kind, inputsOf(kind, { ...shared, ...before }, { name: `${kind} ${index}` }));
      const BaseConnection = await named("BaseConnection", {});
      const SourceConnection = await named("SourceConnection", { BaseConnection });
      const TargetConnection = await named("TargetConnection", {});
      const MappingSet = await named("MappingSet", {});
      const Dataflow = await named("Dataflow", { SourceConnection, TargetConnection, MappingSet });
      return [BaseConnection, SourceConnection, TargetConnection, MappingSet, Dataflow];
    },
  );
  return [...Object.values(shared), ...made.flat()];
}

const BY_ID = /^retrieve(Connection|SourceConnection|TargetConnection|Flow|MappingSet)$/;
const calls = () => emulator.world.calls.filter(({ operation }) => operation !== "getToken").length;

async function refresh(resources: Created[], fresh: ProviderHost): Promise<void> {
  await inWaves(resources, async ({ kind, id, outs, inputs }) => {
    expect(await fresh.read(kind, id, outs)).toEqual({ id, outs, inputs });
  });
}

describe("eight hundred resources", () => {
  it("are created with at most 1.1 calls and refreshed with at most 0.05 calls each", async () => {
    const resources = await pipelines(160);
    expect(resources).toHaveLength(809);
    expect(calls() / resources.length).toBeLessThanOrEqual(1.1);
    const before = calls();
    const fresh = await ProviderHost.start(emulator.env);
    await refresh(resources, fresh);
    await fresh.stop();
    expect((calls() - before) / resources.length).toBeLessThanOrEqual(0.05);
  }, 120_000);
});

describe("lists", () => {
  it("of one, of two, of an exact divisor and of all objects lose nothing and double nothing", async () => {
    const resources = await pipelines(7);
    for (const size of [1, 2, 4, 8, 7]) {
      emulator.world.settings.maxPageSize = size;
      const fresh = await ProviderHost.start(emulator.env);
      const before = emulator.world.calls.length;
      await refresh(resources, fresh);
      await fresh.stop();
      const single = emulator.world.calls.slice(before).filter(({ operation }) => BY_ID.test(operation));
      // The first two reads of a collection are made one by one; a list that lost something would show in more.
      expect(single.length, `pages of ${size}`).toBeLessThanOrEqual(2 * 5);
    }
  }, 60_000);

  it("that lag behind are not believed: what they do not hold is asked for by id", async () => {
    const resources = await pipelines(4);
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ match: { method: "GET" }, fault: { kind: "staleList", ms: 60_000 } });
    const answer = await fetch(`${emulator.url}/__emulator/faults`, { method: "POST", headers, body });
    expect(answer.status).toBe(201);
    const fresh = await ProviderHost.start(emulator.env);
    await refresh(
      resources.filter(({ kind }) => kind === "BaseConnection"),
      fresh,
    );
    await fresh.stop();
  });
});

describe("an API that throttles", () => {
  it("loses nothing, and few calls are wasted", async () => {
    emulator.world.settings.rateLimitPerSecond = 60;
    const resources = await pipelines(40);
    const refused = emulator.world.calls.filter(({ status }) => status === 429).length;
    expect(resources).toHaveLength(209);
    expect(refused / emulator.world.calls.length).toBeLessThanOrEqual(0.08);
  }, 60_000);
});
