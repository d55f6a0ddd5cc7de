/** Creations whose answer is lost: the object is found again, or made once more, and never doubled. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { KIND_NAMES, type KindName } from "../resources/pointer.ts";
import { create, createEveryKind, type EveryKind, inputsOf } from "./support/every-kind.ts";
import { countObjects } from "./support/objects.ts";
import { ProviderHost } from "./support/provider-host.ts";

const CREATE: Record<KindName, string> = {
  FieldGroup: "createFieldGroup",
  Schema: "createSchema",
  IdentityDescriptor: "createDescriptor",
  Dataset: "createDataset",
  BaseConnection: "createConnection",
  SourceConnection: "createSourceConnection",
  TargetConnection: "createTargetConnection",
  MappingSet: "createMappingSet",
  Dataflow: "createFlow",
};

/** What the API did with the request, and how its answer was lost. */
const FAULTS: Array<[string, object]> = [
  ["made it, then reset the connection", { kind: "reset", when: "after" }],
  ["made it, then answered 500", { kind: "status", status: 500, when: "after" }],
  ["made it, then answered 502", { kind: "status", status: 502, when: "after" }],
  ["made it, then answered 504", { kind: "status", status: 504, when: "after" }],
  ["made it, and a proxy answered in HTML", { kind: "html", status: 503, when: "after" }],
  ["made it, and the answer was cut off", { kind: "truncate", cut: true }],
  ["made it, and half the answer came", { kind: "truncate" }],
  ["reset the connection before it did anything", { kind: "reset", when: "before" }],
  ["answered 503 and did nothing", { kind: "status", status: 503, when: "before" }],
  ["throttled it", { kind: "throttle", retryAfter: 0 }],
  ["refused the token", { kind: "expiredToken" }],
];

let emulator: Emulator;
let host: ProviderHost;
beforeAll(async () => {
  emulator = await startEmulator();
  host = await ProviderHost.start(emulator.env);
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});
let seed = 1;
beforeEach(async () => {
  // Another seed each time: the host remembers which ids belong to a resource, and they must not come again.
  const headers = { "content-type": "application/json" };
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST", headers, body: JSON.stringify({ seed: seed++ }) });
  // The reset took the host's token with it; the fault is to hit the creation, not a call that is refused anyway.
  await host.read("Dataset", "none", { sandbox: "dev" });
});

async function fault(rule: object): Promise<void> {
  const body = JSON.stringify(rule);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${emulator.url}/__emulator/faults`, { method: "POST", headers, body });
  expect(answer.status).toBe(201);
}

/** What stands before `kind` in the chain. */
async function createBefore(kind: KindName): Promise<Partial<EveryKind>> {
  const made: Partial<EveryKind> = {};
  for (const name of KIND_NAMES.slice(0, KIND_NAMES.indexOf(kind)))
    made[name] = await create(host, name, inputsOf(name, made));
  return made;
}

/** Every way to lose an answer for one kind of each service; the most frequent one for the others. */
const THOROUGH: KindName[] = ["FieldGroup", "Dataset", "BaseConnection", "MappingSet"];

describe.each([...KIND_NAMES])("%s", (kind) => {
  it.each(THOROUGH.includes(kind) ? FAULTS : FAULTS.slice(0, 1))("the API %s", async (name, broken) => {
    const made = await createBefore(kind);
    const before = countObjects(emulator, "dev");
    await fault({ match: { operation: CREATE[kind] }, count: 1, fault: broken });
    const one = await create(host, kind, inputsOf(kind, made));
    expect(countObjects(emulator, "dev")).toBe(before + 1);
    const calls = emulator.world.calls.filter((call) => call.operation === CREATE[kind]);
    if (name.startsWith("made it")) expect(calls).toHaveLength(1);
    const read = await host.read(kind, one.id, one.outs);
    expect(read).toEqual({ id: one.id, outs: one.outs, inputs: one.inputs });
  });
});

describe("an object of the same name", () => {
  it("that was there before the attempt is not taken for its result", async () => {
    const first = await create(host, "BaseConnection", inputsOf("BaseConnection", {}));
    const fresh = await ProviderHost.start(emulator.env);
    const [stored] = emulator.world.sandboxes.get("dev")?.flowService.connections.values() ?? [];
    if (stored) stored["createdAt"] -= 60_000;
    await fault({ match: { operation: "createConnection" }, count: 1, fault: { kind: "reset", when: "before" } });
    const second = await create(fresh, "BaseConnection", inputsOf("BaseConnection", {}));
    await fresh.stop();
    expect(second.id).not.toBe(first.id);
    expect(countObjects(emulator, "dev")).toBe(2);
  });

  it("that belongs to another resource of the same run is not taken either", async () => {
    await fault({
      match: { operation: "createConnection" },
      skip: 1,
      count: 1,
      fault: { kind: "reset", when: "after" },
    });
    const first = await create(host, "BaseConnection", inputsOf("BaseConnection", {}));
    const second = await create(host, "BaseConnection", inputsOf("BaseConnection", {}));
    expect(second.id).not.toBe(first.id);
    expect(countObjects(emulator, "dev")).toBe(2);
  });
});

describe("a step after the creation that fails", () => {
  it("keeps the id and everything known in the state, and the next update finishes the work", async () => {
    const made = await createBefore("Dataflow");
    const inputs = { sandbox: "dev", ...inputsOf("Dataflow", made, { state: "disabled" }) };
    await fault({ match: { path: "*/action" }, count: 1, fault: { kind: "status", status: 400, when: "before" } });
    const { inputs: checked } = await host.check("Dataflow", {}, inputs);
    const error = await host.create("Dataflow", checked).catch((failure) => failure);
    expect(error.init).toMatchObject({
      properties: { name: "Loyalty flow", __provider: expect.stringContaining("Dataflow") },
    });
    const { id, properties } = error.init;
    expect([...(emulator.world.sandboxes.get("dev")?.flowService.flows.keys() ?? [])]).toEqual([id]);
    const outs = await host.update("Dataflow", id, properties, checked);
    expect(await host.read("Dataflow", id, outs)).toMatchObject({ id, inputs: { state: "disabled" } });
  });
});

describe("an update whose answer is lost is found to be done", () => {
  it.each<[KindName, string, object]>([
    ["FieldGroup", "updateFieldGroup", { title: "Other" }],
    ["Schema", "updateSchema", { title: "Other" }],
    ["Schema", "patchSchema", { profile: true }],
    ["IdentityDescriptor", "updateDescriptor", { namespace: "Phone" }],
    ["Dataset", "patchDataset", { name: "Other" }],
    ["Dataset", "patchDataset", { tags: { place: ["north"] } }],
    ["BaseConnection", "patchConnection", { name: "Other" }],
    ["MappingSet", "putMappingSet", { name: "Other" }],
    ["Dataflow", "patchFlow", { name: "Other" }],
    ["Dataflow", "postStateTransition", { state: "disabled" }],
  ])("%s, %s, %j", async (kind, operation, change) => {
    // Not in Profile yet, which is one of the updates.
    const all = await createEveryKind(host, {
      IdentityDescriptor: { enableProfile: undefined },
      Dataset: { profile: undefined },
    });
    const { id, outs, inputs } = all[kind];
    await fault({ match: { operation }, count: 1, fault: { kind: "reset", when: "after" } });
    const changed = await host.update(kind, id, outs, { ...inputs, ...change });
    expect(emulator.world.faults.rules).toMatchObject([{ hits: 1 }]);
    expect(await host.read(kind, id, changed)).toMatchObject({ inputs: change });
  });
});

describe("a flow on its way from one state to another", () => {
  it("is waited for when a change follows the one before, and counts as what it was while it is updated", async () => {
    const { id, outs, inputs } = (await createEveryKind(host)).Dataflow;
    emulator.world.settings.transitionMs = 300;
    const off = await host.update("Dataflow", id, outs, { ...inputs, name: "Other", state: "disabled" });
    expect(await host.read("Dataflow", id, off)).toMatchObject({ inputs: { name: "Other", state: "disabled" } });
    emulator.world.settings.transitionMs = 60_000;
    const renamed = await host.update("Dataflow", id, off, { ...inputs, name: "Third", state: "disabled" });
    expect(emulator.world.sandboxes.get("dev")?.flowService.flows.get(id)).toMatchObject({ state: "updating" });
    expect(await host.read("Dataflow", id, renamed)).toMatchObject({ inputs: { name: "Third", state: "disabled" } });
  });
});
