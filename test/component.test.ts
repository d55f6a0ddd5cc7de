/** The resource graph that the component declares, without an engine: types, names, references, settings. */
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import { EVENT_KINDS } from "../capillary/events.ts";
import { readStackConfig } from "../config.ts";
import { CapillaryToAep, type CapillaryToAepArgs } from "../resources/capillary-to-aep.ts";
import { XdmModel } from "../resources/xdm-model.ts";

interface Registered {
  kind: string;
  name: string;
  inputs: Record<string, unknown>;
}
const registered: Registered[] = [];

const outputs: Record<string, (name: string) => Record<string, any>> = {
  MappingSet: () => ({ version: 0 }),
  BaseConnection: (name) => ({ inletUrl: `https://inlet/${name}` }),
};

pulumi.runtime.setMocks(
  {
    call: () => ({}),
    newResource: ({ type, name, inputs }) => {
      const kind = type.split(":").at(-1) ?? "";
      registered.push({ kind, name, inputs });
      return { id: `${kind}/${name}`, state: { ...inputs, ...outputs[kind]?.(name) } };
    },
  },
  "aep",
  "local",
);

beforeEach(() => registered.splice(0));

const file = (path: string) => resolve(import.meta.dirname, "..", path);
const flow = (name: string, mapping: string, schema: string) => ({
  name,
  schema: file(`xdm/${schema}.yaml`),
  mapping: file(`mappings/${mapping}.yaml`),
  dataset: { name: `${schema} data`, profile: true },
});
const profile = flow("profile", "capillary-profile", "capillary-loyalty-profile");
const transaction = flow("transaction", "capillary-transaction", "capillary-loyalty-event");
const common = { sandbox: "dev", tenantId: "acme" };

/** Declares and waits until everything is registered. */
async function declare(name: string, args: Partial<CapillaryToAepArgs> & Pick<CapillaryToAepArgs, "mode" | "flows">) {
  const component = new CapillaryToAep(name, { ...common, ...args });
  const routes = await resolved(component.routes);
  await Promise.all(Object.values(component.flows).map(({ urn }) => resolved(urn)));
  return routes;
}

const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((done) => {
    output.apply((value) => done(value as T));
  });
const of = (kind: string) => registered.filter((resource) => resource.kind === kind);
const inputsOf = (kind: string, name: string) => of(kind).find((resource) => resource.name === name)?.inputs;
const counts = () => {
  const groups = Map.groupBy(registered, ({ kind }) => kind);
  return Object.fromEntries([...groups].map(([kind, all]) => [kind, all.length]));
};

describe("CapillaryToAep, genericRest", () => {
  const auth = {
    specName: "OAuth generic-rest-connector",
    params: { clientId: "me", clientSecret: "env:CAPILLARY_SECRET" },
  };

  it("declares the chain of Adobe's guide with its ids, polled every 15 minutes", async () => {
    await declare("rest", { mode: "genericRest", auth, flows: [profile, transaction] });
    expect(counts()).toMatchObject({
      CapillaryToAep: 1,
      XdmModel: 1,
      FieldGroup: 2,
      Schema: 2,
      IdentityDescriptor: 1,
      Dataset: 2,
      BaseConnection: 1,
      SourceConnection: 2,
      TargetConnection: 2,
      MappingSet: 2,
      Dataflow: 2,
    });
    const connectionSpec = { id: "6360f136-5980-4111-8bdf-15d29eab3b5a", version: "1.0" };
    expect(inputsOf("BaseConnection", "rest")).toMatchObject({ sandbox: "dev", connectionSpec });
    expect(inputsOf("SourceConnection", "rest-profile")).toMatchObject({
      baseConnection: "BaseConnection/rest",
      connectionSpec,
    });
    expect(inputsOf("TargetConnection", "rest-profile")).toMatchObject({
      dataset: "Dataset/capillary-loyalty-profile-data",
      schema: "Schema/capillary-loyalty-profile",
    });
    expect(inputsOf("Dataflow", "rest-profile")).toMatchObject({
      name: "rest profile",
      flowSpec: { id: "6499120c-0b15-42dc-936e-847ea3c24d72", version: "1.0" },
      sourceConnection: "SourceConnection/rest-profile",
      targetConnection: "TargetConnection/rest-profile",
      mapping: { id: "MappingSet/rest-profile", version: 0 },
      schedule: { frequency: "minute", interval: 15 },
    });
  });

  it("enables a schema for Profile only when a dataset feeds it", async () => {
    const apart = { ...transaction, dataset: { name: "events", profile: false } };
    await declare("rest", { mode: "genericRest", auth, flows: [profile, apart] });
    expect(inputsOf("Schema", "capillary-loyalty-profile")).toMatchObject({ profile: true });
    expect(inputsOf("Schema", "capillary-loyalty-event")?.["profile"]).toBeUndefined();
  });

  it("passes schedules on, and no interval with once", async () => {
    const start = 1769839200;
    await declare("rest", {
      mode: "genericRest",
      auth,
      flows: [
        { ...profile, schedule: { start, frequency: "once" } },
        { ...transaction, schedule: { start, frequency: "hour", backfill: false } },
      ],
    });
    expect(inputsOf("Dataflow", "rest-profile")?.["schedule"]).toEqual({ startTime: start, frequency: "once" });
    expect(inputsOf("Dataflow", "rest-transaction")?.["schedule"]).toEqual({
      startTime: start,
      frequency: "hour",
      interval: 1,
      backfill: false,
    });
  });

  it("keys mapping rows by destination, with the tenant's own object", async () => {
    await declare("rest", { mode: "genericRest", auth, flows: [profile] });
    expect(inputsOf("MappingSet", "rest-profile")).toMatchObject({
      schema: "Schema/capillary-loyalty-profile",
      rows: {
        "identityMap.Email[0].id": { sourceType: "EXPRESSION", source: "lower(trim(identityMap.email[0].id))" },
        "loyalty.points": { sourceType: "ATTRIBUTE", source: "loyalty.points" },
        "_acme.capillary.expiredPoints": { sourceType: "ATTRIBUTE", source: "loyalty.expiredPoints" },
      },
    });
  });

  it("takes other specs", async () => {
    const other = { id: "e77fde5a-22a8-11ed-861d-0242ac120002", version: "1.0" };
    await declare("rest", { mode: "genericRest", auth, flowSpec: other, flows: [profile] });
    expect(inputsOf("Dataflow", "rest-profile")).toMatchObject({ flowSpec: other });
  });
});

describe("CapillaryToAep, httpStreaming", () => {
  it("declares an inlet and flows without a schedule", async () => {
    await declare("stream", { mode: "httpStreaming", flows: [profile] });
    expect(inputsOf("BaseConnection", "stream")).toMatchObject({
      connectionSpec: { id: "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb" },
      // Registered as a secret: the engine encrypts it.
      auth: { value: { specName: "Streaming Connection", params: { dataType: "raw", authenticationRequired: true } } },
    });
    const inputs = inputsOf("Dataflow", "stream-profile");
    expect(inputs).toMatchObject({ flowSpec: { id: "c1a19761-d2c7-4702-b9fa-fe91f0613e81" } });
    expect(inputs?.["schedule"]).toBeUndefined();
  });

  it("routes each of the 14 events to the flows that take it", async () => {
    const raw = flow("raw-profile", "capillary-events-profile", "capillary-loyalty-profile");
    const events = flow("raw-event", "capillary-events", "capillary-loyalty-event");
    const routes = await declare("stream", {
      mode: "httpStreaming",
      flows: [
        { ...raw, events: ["customerAdded", "pointsIssued"] },
        { ...events, events: ["pointsIssued"] },
      ],
    });
    expect(Object.keys(routes)).toEqual(EVENT_KINDS);
    const inletUrl = "https://inlet/stream";
    const toProfile = { flow: "raw-profile", flowId: "Dataflow/stream-raw-profile", inletUrl };
    expect(routes.customerAdded).toEqual([toProfile]);
    expect(routes.pointsIssued).toEqual([
      toProfile,
      { flow: "raw-event", flowId: "Dataflow/stream-raw-event", inletUrl },
    ]);
    expect(routes.promotionEarned).toEqual([]);
  });
});

describe("a stack of several pipelines", () => {
  it("declares shared schemas and datasets once", async () => {
    const xdm = new XdmModel("xdm", { ...common, profileSchemas: [profile.schema, transaction.schema] });
    await declare("one", { mode: "httpStreaming", xdm, flows: [profile] });
    await declare("two", { mode: "httpStreaming", xdm, flows: [profile, transaction] });
    expect(counts()).toMatchObject({
      XdmModel: 1,
      FieldGroup: 2,
      Schema: 2,
      Dataset: 2,
      BaseConnection: 2,
      Dataflow: 3,
    });
    const titles = [...of("FieldGroup"), ...of("Schema")].map(({ inputs }) => inputs["title"]);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("refuses a mapping that is for another schema, and Profile without the schema's consent", () => {
    const wrong = { ...profile, mapping: transaction.mapping };
    const attempt = () => new CapillaryToAep("bad", { ...common, mode: "httpStreaming", flows: [wrong] });
    expect(attempt).toThrow(/its mapping .* is for the schema capillary-loyalty-event/);
  });

  it("has the sample stacks' flows in every mode, and every event routed in the local one", () => {
    const { pipelines } = readStackConfig({ stack: "local", root: file("."), env: {} });
    expect(pipelines.map(({ mode }) => mode)).toEqual(["genericRest", "httpStreaming"]);
    const routed = new Set(pipelines.flatMap(({ flows }) => flows.flatMap(({ events }) => events)));
    expect([...routed].toSorted()).toEqual([...EVENT_KINDS].toSorted());
  });
});
