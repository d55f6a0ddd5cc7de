import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, type SandboxState, startEmulator } from "../emulator/index.ts";
import type { KindName } from "../resources/pointer.ts";
import { type Props, ProviderHost } from "./support/provider-host.ts";

const PROFILE = "https://ns.adobe.com/xdm/context/profile";
const IDENTITY_MAP = "https://ns.adobe.com/xdm/context/identitymap";
const CONTACT = "https://ns.adobe.com/xdm/context/profile-personal-details";
const HTTP_API = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const HTTP_API_FLOW = "c1a19761-d2c7-4702-b9fa-fe91f0613e81";

let emulator: Emulator;
let host: ProviderHost;
beforeAll(async () => {
  emulator = await startEmulator();
  // By default the emulator keeps a schema once it is in Profile, as AEP does; here everything is to go.
  emulator.world.settings.profileDelete = "allowed";
  host = await ProviderHost.start(emulator.env);
});
afterAll(async () => {
  await host.stop();
  await emulator.close();
});

/** Check, then create, as the engine does. */
async function create(kind: KindName, news: Props) {
  const { inputs, failures } = await host.check(kind, {}, { sandbox: "dev", ...news });
  expect(failures).toEqual([]);
  return { kind, inputs, ...(await host.create(kind, inputs)) };
}

/** What must hold of every object at every moment: read gives back what create gave, and nothing differs. */
async function expectSteady({ kind, id, outs, inputs }: Awaited<ReturnType<typeof create>>) {
  const read = await host.read(kind, id, outs);
  expect(read).toEqual({ id, outs, inputs });
  expect(await host.diff(kind, id, read.outs, read.inputs)).toMatchObject({ changes: false });
}

/** One object of every kind, each referring to the ones before it. */
async function everyKind() {
  const fieldGroup = await create("FieldGroup", {
    title: "Loyalty fields",
    intendedToExtend: [PROFILE],
    fields: { "_acme.points": { type: "integer", title: "Points" }, "_acme.tiers[].name": { type: "string" } },
  });
  const schema = await create("Schema", {
    title: "Loyalty",
    class: PROFILE,
    fieldGroups: [fieldGroup.id, IDENTITY_MAP, CONTACT],
  });
  const descriptor = await create("IdentityDescriptor", {
    schema: schema.id,
    property: "/personalEmail/address",
    namespace: "Email",
    primary: true,
    enableProfile: true,
  });
  const dataset = await create("Dataset", {
    name: "Loyalty",
    schema: schema.id,
    profile: true,
    identity: true,
    tags: { team: ["crm"] },
  });
  const base = await create("BaseConnection", {
    name: "Loyalty base",
    connectionSpec: { id: HTTP_API },
    auth: {
      specName: "Streaming Connection",
      params: { sourceId: "loyalty-1", dataType: "raw", name: "Loyalty", authenticationRequired: false },
    },
  });
  const source = await create("SourceConnection", {
    name: "Loyalty source",
    baseConnection: base.id,
    connectionSpec: { id: HTTP_API },
  });
  const target = await create("TargetConnection", { name: "Loyalty target", dataset: dataset.id, schema: schema.id });
  const mapping = await create("MappingSet", {
    name: "Loyalty mapping",
    schema: schema.id,
    rows: {
      "_acme.points": { sourceType: "ATTRIBUTE", source: "points" },
      "personalEmail.address": { sourceType: "EXPRESSION", source: "lower(email)" },
      "personalEmail.label": { sourceType: "STATIC", source: "loyalty" },
    },
  });
  const flow = await create("Dataflow", {
    name: "Loyalty flow",
    flowSpec: { id: HTTP_API_FLOW },
    sourceConnection: source.id,
    targetConnection: target.id,
    mapping: { id: mapping.id, version: mapping.outs["version"] },
  });
  return { fieldGroup, schema, descriptor, dataset, base, source, target, mapping, flow };
}

/** Check against the old inputs, then update, as the engine does for a change in place. */
async function update<T extends Awaited<ReturnType<typeof create>>>(one: T, change: Props): Promise<T> {
  const { inputs, failures } = await host.check(one.kind, one.inputs, { ...one.inputs, ...change });
  expect(failures).toEqual([]);
  expect(await host.diff(one.kind, one.id, one.outs, inputs)).toEqual({
    changes: undefined,
    replaces: [],
    deleteBeforeReplace: false,
  });
  const outs = await host.update(one.kind, one.id, one.outs, inputs);
  return { ...one, inputs, outs };
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

describe("the SDK's provider host", () => {
  it("drives every kind through its life", async () => {
    const all = await everyKind();
    expect(objects()).toBe(9);
    for (const one of Object.values(all)) await expectSteady(one);
    expect(all.base.outs["inletUrl"]).toMatch(/\/collection\/[0-9a-f]{64}$/);
    expect(all.flow.outs["inletUrl"]).toBe(all.base.outs["inletUrl"]);

    const mapping = await update(all.mapping, {
      rows: { "_acme.points": { sourceType: "ATTRIBUTE", source: "totalPoints" } },
    });
    expect(mapping.outs["version"]).toBe(1);
    const changed = [
      await update(all.fieldGroup, {
        fields: { ...(all.fieldGroup.inputs["fields"] as Props), "_acme.visits": { type: "integer" } },
      }),
      await update(all.schema, { description: "Members" }),
      await update(all.descriptor, { namespace: "Phone" }),
      await update(all.dataset, { name: "Loyalty members", tags: { team: ["data"] }, identity: false }),
      await update(all.base, { description: "Renamed", name: "Loyalty base 2" }),
      await update(all.source, { name: "Loyalty source 2" }),
      await update(all.target, { name: "Loyalty target 2" }),
      mapping,
      await update(all.flow, { mapping: { id: mapping.id, version: 1 }, state: "disabled", description: "Paused" }),
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
});
