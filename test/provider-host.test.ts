/** The contract with the SDK: its own provider host, driven over gRPC as the engine drives it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import type { SandboxState } from "../emulator/store.ts";
import { KIND_NAMES, pointer, typeToken } from "../resources/pointer.ts";
import { type Created, createEveryKind, STREAMING } from "./support/every-kind.ts";
import { type Props, ProviderHost } from "./support/provider-host.ts";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

let emulator: Emulator;
let host: ProviderHost;
beforeAll(async () => {
  emulator = await startEmulator();
  host = await ProviderHost.start({ ...emulator.env, AEP_ALLOW_DESTROY: "*" }, {}, "cli");
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  // By default the emulator keeps a schema once it is in Profile, as AEP does; here everything is to go.
  emulator.world.settings.profileDelete = "allowed";
});

/** What must hold of every object at every moment: read gives back what is known, and nothing differs. */
async function expectSteady({ kind, id, outs, inputs }: Created) {
  const read = await host.read(kind, id, outs);
  expect(read).toEqual({ id, outs, inputs });
  expect(await host.diff(kind, id, read.outs, read.inputs)).toMatchObject({ changes: false });
}

/** Check against the old inputs, then update, as the engine does for a change in place. */
async function update(one: Created, change: Props): Promise<Created> {
  const { inputs, failures } = await host.check(one.kind, one.inputs, { ...one.inputs, ...change });
  expect(failures).toEqual([]);
  expect(await host.diff(one.kind, one.id, one.outs, inputs)).toEqual({
    changes: undefined,
    replaces: [],
    deleteBeforeReplace: false,
  });
  return { ...one, inputs, outs: await host.update(one.kind, one.id, one.outs, inputs) };
}

function objects(): number {
  const { registry, catalog, flowService, dataPrep } = emulator.world.sandboxes.get("dev") as SandboxState;
  const { connections, sourceConnections, targetConnections, flows } = flowService;
  const maps = [registry.fieldgroups, registry.schemas, registry.descriptors, catalog.dataSets, connections];
  return [...maps, sourceConnections, targetConnections, flows, dataPrep.mappingSets].reduce(
    (sum, map) => sum + map.size,
    0,
  );
}

describe("the pointer in states", () => {
  it.each(KIND_NAMES)("of %s never changes", (kind) => {
    expect(typeToken(kind)).toBe(`pulumi-nodejs:dynamic/aep:${kind}`);
    expect(pointer(kind)).toBe(
      `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-aep/dynamic").${kind}`,
    );
  });
});

describe("the SDK's provider host", () => {
  it.each([
    ["scheduled", {}],
    ["streaming", STREAMING],
  ])("drives every kind of a %s pipeline through its life", async (_, overrides) => {
    const all = await createEveryKind(host, overrides);
    expect(objects()).toBe(9);
    for (const one of Object.values(all)) await expectSteady(one);

    const mapping = await update(all.MappingSet, {
      rows: { "_acme.points": { sourceType: "ATTRIBUTE", source: "totalPoints" } },
    });
    expect(mapping.outs["version"]).toBe(1);
    const fields = all.FieldGroup.inputs["fields"] as Props;
    const changed = [
      await update(all.FieldGroup, { fields: { ...fields, "_acme.visits": { type: "integer" } } }),
      await update(all.Schema, { description: "Members" }),
      await update(all.IdentityDescriptor, { namespace: "Phone" }),
      await update(all.Dataset, { name: "Loyalty members", tags: { team: ["data"] }, identity: false }),
      await update(all.BaseConnection, { description: "Renamed", name: "Loyalty base 2" }),
      await update(all.SourceConnection, { name: "Loyalty source 2" }),
      await update(all.TargetConnection, { name: "Loyalty target 2" }),
      mapping,
      await update(all.Dataflow, { mapping: { id: mapping.id, version: 1 }, state: "disabled", description: "Paused" }),
    ];
    for (const one of changed) await expectSteady(one);
    expect(objects()).toBe(9);

    for (const one of changed.toReversed()) {
      await host.remove(one.kind, one.id, one.outs);
      expect(await host.read(one.kind, one.id, one.outs)).toMatchObject({ id: "" });
      await host.remove(one.kind, one.id, one.outs);
    }
    expect(objects()).toBe(0);
  });

  it("gives the inlet of a streaming pipeline", async () => {
    const all = await createEveryKind(host, STREAMING);
    expect(all.BaseConnection.outs["inletUrl"]).toMatch(/\/collection\/[0-9a-f]{64}$/);
    expect(all.Dataflow.outs["inletUrl"]).toBeUndefined();
  });

  it("passes unknown values through check, and plans a replacement where an unknown reference forces one", async () => {
    const { Dataflow, MappingSet } = await createEveryKind(host);
    const news = { ...Dataflow.inputs, sourceConnection: UNKNOWN };
    const checked = await host.check("Dataflow", Dataflow.inputs, news);
    expect(checked).toEqual({ failures: [], inputs: news });
    expect(await host.diff("Dataflow", Dataflow.id, Dataflow.outs, checked.inputs)).toEqual({
      changes: undefined,
      replaces: ["sourceConnection"],
      deleteBeforeReplace: true,
    });
    const version = { ...Dataflow.inputs, mapping: { id: MappingSet.id, version: UNKNOWN } };
    expect((await host.check("Dataflow", Dataflow.inputs, version)).inputs).toEqual(version);
    expect((await host.diff("Dataflow", Dataflow.id, Dataflow.outs, version)).replaces).toEqual([]);
  });

  it("checks and diffs without any setting and without any call", async () => {
    const bare = await ProviderHost.start();
    const { inputs, failures } = await bare.check("Dataset", {}, { sandbox: "dev", name: "d", schema: "https://x/y" });
    expect(failures).toEqual([]);
    expect(await bare.diff("Dataset", "1", inputs, { ...inputs, name: "e" })).toMatchObject({ changes: undefined });
    await expect(bare.create("Dataset", inputs)).rejects.toThrow(
      /AEP_CREDENTIAL_MISSING.*AEP_ORG_ID \(stack key aep:orgId\)/,
    );
    await bare.stop();
  });

  it("takes settings from the stack's configuration where the environment has none", async () => {
    const { AEP_ENDPOINT, AEP_IMS_ENDPOINT, AEP_ORG_ID, AEP_CLIENT_ID, AEP_CLIENT_SECRET } = emulator.env;
    const config = {
      "aep:endpoint": AEP_ENDPOINT ?? "",
      "aep:imsEndpoint": AEP_IMS_ENDPOINT ?? "",
      "aep:orgId": AEP_ORG_ID ?? "",
      "aep:clientId": AEP_CLIENT_ID ?? "",
      "aep:clientSecret": AEP_CLIENT_SECRET ?? "",
    };
    const configured = await ProviderHost.start({}, config, "cli");
    const all = await createEveryKind(configured);
    expect(objects()).toBe(Object.keys(all).length);
    await configured.stop();
  });

  it("asks for one token and one list of sandboxes, whatever the number of kinds", async () => {
    const fresh = await ProviderHost.start(emulator.env);
    await createEveryKind(fresh);
    const count = (operation: string) => emulator.world.calls.filter((call) => call.operation === operation).length;
    expect(count("getToken")).toBe(1);
    expect(count("listAvailableSandboxes")).toBeLessThanOrEqual(2);
    await fresh.stop();
  });

  it("says every mistake in the inputs with its path and never with its value", async () => {
    const { failures } = await host.check(
      "BaseConnection",
      {},
      {
        sandbox: "Dev!",
        name: 7,
        connectionSpec: { id: "x" },
        auth: { specName: "", params: { password: "canary-in-a-mistake" }, extra: "canary-in-a-mistake" },
      },
    );
    expect(failures.map(({ property }) => property)).toEqual(failures.map(() => ""));
    const text = failures.map(({ reason }) => reason).join("\n");
    expect(text).toMatch(/sandbox: .*lower-case/);
    expect(text).toMatch(/name: /);
    expect(text).toMatch(/auth\.specName: /);
    expect(text).not.toContain("canary");
  });

  it("names the sandboxes there are when the one asked for does not exist", async () => {
    const { inputs } = await host.check("Dataset", {}, { sandbox: "moon", name: "d", schema: "https://x/y" });
    await expect(host.create("Dataset", inputs)).rejects.toThrow(/AEP_SANDBOX_UNKNOWN.*"moon"[\s\S]*dev, stage, prod/);
    await expect(host.read("Dataset", "1", inputs)).rejects.toThrow(/AEP_SANDBOX_UNKNOWN/);
  });

  it("says what cannot be reached", async () => {
    const lost = await ProviderHost.start({ ...emulator.env, AEP_ENDPOINT: "http://127.0.0.1:9" });
    await expect(lost.create("Dataset", { sandbox: "dev", name: "d" })).rejects.toThrow(
      /AEP_UNREACHABLE.*http:\/\/127\.0\.0\.1:9 could not be reached \(ECONNREFUSED\)/,
    );
    await lost.stop();
  });
});

describe("secrets", () => {
  afterEach(() => emulator.world.faults.rules.splice(0));

  it("never leave the provider in an error, a log or an answer of the wrong place", async () => {
    const loud = await ProviderHost.start({ ...emulator.env, AEP_LOG: "trace" });
    const { BaseConnection } = await createEveryKind(loud);
    const canaries = /canary-(secret|token)/;
    const body = { message: "bad credential canary-secret-1 and canary-token-1" };
    emulator.world.faults.rules.length = 0;
    await fetch(`${emulator.url}/__emulator/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        match: { operation: ["patchConnection", "retrieveConnection"] },
        fault: { kind: "status", status: 400, body },
      }),
    });
    const { inputs, id, outs } = BaseConnection;
    const messages: string[] = [];
    const note = (error: Error) => void messages.push(error.message);
    await loud.update("BaseConnection", id, outs, { ...inputs, name: "other" }).catch(note);
    await loud.read("BaseConnection", id, outs).catch(note);
    expect(messages).toHaveLength(2);
    expect(messages.join("\n")).toContain("[secret]");
    await loud.stop();
    expect(messages.join("\n")).not.toMatch(canaries);
    expect(loud.output.join("")).not.toMatch(canaries);
    expect(loud.output.join("")).toContain("call");
    // In the outputs they stand under the path of the inputs alone, where the engine encrypts them.
    const { auth: _, ...rest } = outs;
    expect(JSON.stringify(rest)).not.toMatch(canaries);
  });
});
