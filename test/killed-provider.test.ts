/** Provider processes that are killed at the worst moments: the next one finds what they made. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { KIND_NAMES, type KindName } from "../resources/pointer.ts";
import { create, createEveryKind, type EveryKind, inputsOf } from "./support/every-kind.ts";
import { countObjects } from "./support/objects.ts";
import { type Props, ProviderHost } from "./support/provider-host.ts";

let emulator: Emulator;
let journal: string;
let hosts: ProviderHost[];
beforeEach(async () => {
  emulator = await startEmulator();
  journal = mkdtempSync(join(tmpdir(), "aep-journal-"));
  hosts = [];
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await emulator.close();
  rmSync(journal, { recursive: true });
});

/** A second, which is the default, is not much on a busy machine. */
const PATIENCE = { timeout: 30_000 };

async function newHost(): Promise<ProviderHost> {
  const host = await ProviderHost.start({ ...emulator.env, AEP_JOURNAL_DIR: journal });
  hosts.push(host);
  return host;
}

/** Holds calls back, so that there is time to kill whoever waits for the answer. */
async function holdBack(method: string, when: "before" | "after"): Promise<void> {
  const rule = { match: { method, path: "/data/*" }, fault: { kind: "latency", ms: 400, when } };
  const headers = { "content-type": "application/json" };
  await fetch(`${emulator.url}/__emulator/faults`, { method: "POST", headers, body: JSON.stringify(rule) });
}

async function release(): Promise<void> {
  await fetch(`${emulator.url}/__emulator/faults`, { method: "DELETE" });
}

async function createBefore(host: ProviderHost, kind: KindName): Promise<Partial<EveryKind>> {
  const made: Partial<EveryKind> = {};
  for (const name of KIND_NAMES.slice(0, KIND_NAMES.indexOf(kind)))
    made[name] = await create(host, name, inputsOf(name, made));
  return made;
}

async function checked(
  host: ProviderHost,
  kind: KindName,
  made: Partial<EveryKind>,
  extra: Props = {},
): Promise<Props> {
  return (await host.check(kind, {}, { sandbox: "dev", ...inputsOf(kind, made, extra) })).inputs;
}

const MOMENTS = ["after", "before"] as const;

describe.each([...KIND_NAMES])("%s", (kind) => {
  it.each(kind === "Dataset" || kind === "Dataflow" ? MOMENTS : MOMENTS.slice(0, 1))(
    "killed %s the API did its work",
    async (when) => {
      const first = await newHost();
      const made = await createBefore(first, kind);
      const before = countObjects(emulator, "dev");
      const inputs = await checked(first, kind, made);
      await holdBack("POST", when);
      const attempt = first.create(kind, inputs).catch(() => undefined);
      await expect.poll(() => emulator.world.faults.rules.some(({ hits }) => hits > 0), PATIENCE).toBe(true);
      await first.stop("SIGKILL");
      await attempt;
      await expect.poll(() => countObjects(emulator, "dev"), PATIENCE).toBe(before + 1);
      await release();
      const next = await newHost();
      const one = await next.create(kind, inputs);
      expect(countObjects(emulator, "dev")).toBe(before + 1);
      expect(await next.read(kind, one.id, one.outs)).toMatchObject({ id: one.id, inputs });
    },
  );
});

it("an answer that never reached the state is taken up, and one that did is not taken for another resource's", async () => {
  const first = await newHost();
  const inputs = await checked(first, "BaseConnection", {});
  const { id, outs } = await first.create("BaseConnection", inputs);
  await first.stop("SIGKILL");

  const second = await newHost();
  expect((await second.create("BaseConnection", inputs)).id).toBe(id);
  await second.stop("SIGKILL");

  const third = await newHost();
  await third.diff("BaseConnection", id, outs, inputs);
  await third.stop();

  const fourth = await newHost();
  expect((await fourth.create("BaseConnection", inputs)).id).not.toBe(id);
  expect(countObjects(emulator, "dev")).toBe(2);
});

it("after a run that ended in good order nothing is taken up", async () => {
  const first = await newHost();
  const inputs = await checked(first, "BaseConnection", {});
  const { id } = await first.create("BaseConnection", inputs);
  await first.stop("SIGINT");
  expect(readdirSync(journal)).toEqual([]);
  const second = await newHost();
  expect((await second.create("BaseConnection", inputs)).id).not.toBe(id);
});

it("a resource that is renamed after a killed run keeps its object", async () => {
  const first = await newHost();
  const inputs = await checked(first, "BaseConnection", {});
  const { id, outs } = await first.create("BaseConnection", inputs);
  await first.stop("SIGKILL");

  const second = await newHost();
  expect((await second.create("BaseConnection", inputs)).id).toBe(id);
  await second.remove("BaseConnection", id, outs);
  expect(countObjects(emulator, "dev")).toBe(1);
});

it("a mapping set whose new version was written gives that version to the flow", async () => {
  const first = await newHost();
  const { MappingSet } = await createEveryKind(first);
  const news = { ...MappingSet.inputs, rows: { "_acme.points": { sourceType: "ATTRIBUTE", source: "total" } } };
  await holdBack("PUT", "after");
  const attempt = first.update("MappingSet", MappingSet.id, MappingSet.outs, news).catch(() => undefined);
  await expect
    .poll(() => emulator.world.sandboxes.get("dev")?.dataPrep.mappingSets.get(MappingSet.id)?.versions.length, PATIENCE)
    .toBe(2);
  await first.stop("SIGKILL");
  await attempt;
  await release();
  const next = await newHost();
  const outs = await next.update("MappingSet", MappingSet.id, MappingSet.outs, news);
  expect(outs["version"]).toBe(1);
});

it("a flow that takes another one's place does not read its history again, even in another process", async () => {
  const first = await newHost();
  const all = await createEveryKind(first, { Dataflow: { schedule: { frequency: "minute", interval: 15 } } });
  const { Dataflow, BaseConnection } = all;
  expect(Dataflow.outs["readsHistory"]).toBe(true);
  emulator.world.clock.advance(3_600_000);
  await first.remove("Dataflow", Dataflow.id, Dataflow.outs);
  await first.stop("SIGKILL");

  const second = await newHost();
  const source = await create(second, "SourceConnection", inputsOf("SourceConnection", all, { name: "Other source" }));
  const inputs = { ...Dataflow.inputs, sourceConnection: source.id };
  const flow = await second.create("Dataflow", inputs);
  expect(flow.outs["readsHistory"]).toBe(false);
  expect(emulator.world.sandboxes.get("dev")?.flowService.flows.get(flow.id)?.["scheduleParams"].backfill).toBe(false);
  expect(await second.read("Dataflow", flow.id, flow.outs)).toMatchObject({ inputs, outs: flow.outs });
  expect(BaseConnection.id).toBeDefined();

  const other = await create(second, "Dataset", inputsOf("Dataset", all, { name: "Another dataset" }));
  const target = await create(second, "TargetConnection", inputsOf("TargetConnection", { ...all, Dataset: other }));
  await second.remove("Dataflow", flow.id, flow.outs);
  const third = await second.create("Dataflow", { ...inputs, targetConnection: target.id });
  expect(third.outs["readsHistory"]).toBe(true);
});
