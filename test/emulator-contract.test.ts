/** Every request of the project's provider and every answer of the emulator against Adobe's OpenAPI files. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEVIATIONS, type Emulator, OPERATIONS, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import { createEveryKind, STREAMING } from "./support/every-kind.ts";
import { CAPILLARY, flowBody, makeEnds, post, readFlow, sample } from "./support/flow-chain.ts";
import { type Difference, Specifications, specsFolder } from "./support/openapi.ts";
import { ProviderHost } from "./support/provider-host.ts";

const folder = specsFolder();
if (!folder)
  console.log(
    "the contract check is skipped: no OpenAPI files in AEP_SPECS nor in ../shared/specs beside the checkout",
  );

describe.skipIf(!folder)("contract", () => {
  let emulator: Emulator;
  let http: AepHttp;
  let specifications: Specifications;
  beforeAll(async () => {
    emulator = await startEmulator({ seed: 9, settings: { landingDelayMs: 0, profileDelete: "allowed" } });
    http = aepHttp(emulator);
    specifications = new Specifications(folder as string);
  });
  afterAll(() => emulator.close());

  it("every operation of the files is in the emulator's table", () => {
    expect(specifications.unnamed).toEqual([]);
  });

  it("requests and answers differ from the files only where the table says so", async () => {
    await throughTheProvider();
    await throughEveryOperation();
    const found = new Map<string, Difference>();
    const checked = new Set<string>();
    for (const call of emulator.world.calls) {
      const differences = specifications.differences(call);
      if (!differences) continue;
      checked.add(call.operation);
      for (const one of differences) found.set(`${one.operation} | ${one.part} | ${one.what}`, one);
    }
    const listed = (one: Difference) =>
      DEVIATIONS.some(
        ({ operation, part, what }) => operation.test(one.operation) && part.test(one.part) && what.test(one.what),
      );
    const unlisted = [...found].filter(([, one]) => !listed(one)).map(([text]) => text);
    expect(unlisted.sort()).toEqual([]);
    const stale = DEVIATIONS.filter(
      ({ operation, part, what }) =>
        ![...found.values()].some((one) => operation.test(one.operation) && part.test(one.part) && what.test(one.what)),
    );
    expect(stale.map(({ reason }) => reason)).toEqual([]);
    const services = new Set(["flowservice", "conversion", "catalog", "schemaregistry", "sandbox", "inlet"]);
    const supported = OPERATIONS.filter(({ service, support }) => services.has(service) && support !== "refused");
    const never = supported.filter(({ id }) => !emulator.world.calls.some(({ operation }) => operation === id));
    expect(never.map(({ id }) => id)).toEqual([]);
    console.log(
      `contract: ${emulator.world.calls.length} calls, ${checked.size} operations, ${found.size} listed deviations`,
    );
  });

  async function throughTheProvider() {
    const host = await ProviderHost.start({ ...emulator.env, AEP_ALLOW_DESTROY: "*" });
    try {
      for (const overrides of [{}, STREAMING]) {
        const all = Object.values(await createEveryKind(host, overrides));
        for (const { kind, id, outs } of all) await host.read(kind, id, outs);
        for (const { kind, id, outs } of all.toReversed()) await host.remove(kind, id, outs);
      }
    } finally {
      await host.stop();
    }
  }

  const ok = async (method: string, path: string, call: Parameters<AepHttp["aep"]>[2] = {}) => {
    const answer = await http.aep(method, path, call);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    return answer.body;
  };

  async function throughEveryOperation() {
    await registry();
    await sandboxes();
    await flows();
    await refusals();
  }

  async function registry() {
    const list = { headers: { accept: "application/vnd.adobe.xed-id+json" } };
    const full = { headers: { accept: "application/vnd.adobe.xed+json; version=1" } };
    const at = "schemaregistry";
    await ok("GET", `${at}/stats`);
    for (const kind of ["schemas", "classes", "datatypes", "fieldgroups", "mixins"]) {
      await ok("GET", `${at}/global/${kind}`, list);
      const own = fresh(kind);
      const made = await post(http, `${at}/tenant/${kind}`, own);
      const path = `${at}/tenant/${kind}/${made["meta:altId"]}`;
      await ok("GET", `${at}/tenant/${kind}?orderby=title`, list);
      await ok("GET", path, full);
      await ok("PATCH", path, { body: [{ op: "replace", path: "/description", value: "changed" }] });
      await ok("PUT", path, { body: { ...own, description: "replaced" } });
      await ok("DELETE", path);
    }
    const behaviors = await ok("GET", `${at}/global/behaviors`, list);
    await ok("GET", `${at}/global/behaviors/${behaviors.results[0]["meta:altId"]}`, full);
    const schema = await post(http, `${at}/tenant/schemas`, fresh("schemas"));
    const descriptor = {
      "@type": "xdm:descriptorIdentity",
      "xdm:sourceSchema": schema.$id,
      "xdm:sourceVersion": 1,
      "xdm:sourceProperty": "/personalEmail/address",
      "xdm:namespace": "Email",
      "xdm:property": "xdm:code",
      "xdm:isPrimary": true,
    };
    const made = await post(http, `${at}/tenant/descriptors`, descriptor);
    for (const accept of ["xdm-id", "xdm-link", "xdm", "xdm-v2"])
      await ok("GET", `${at}/tenant/descriptors`, { headers: { accept: `application/vnd.adobe.${accept}+json` } });
    const one = `${at}/tenant/descriptors/${made["@id"]}`;
    await ok("GET", one, { headers: { accept: "application/vnd.adobe.xdm+json" } });
    await ok("PUT", one, { body: descriptor });
    await ok("PATCH", `${at}/tenant/schemas/${schema["meta:altId"]}`, {
      body: [{ op: "add", path: "/meta:immutableTags", value: ["union"] }],
    });
    const unions = await ok("GET", `${at}/tenant/unions`, list);
    await ok("GET", `${at}/tenant/unions/${unions.results[0]["meta:altId"]}`, full);
    await ok("DELETE", one);
  }

  async function sandboxes() {
    for (const path of ["", "sandboxes", "sandboxTypes", "sandboxes/dev"])
      await ok("GET", `sandbox-management/${path}`);
    await ok("POST", "sandbox-management/sandboxes", { body: { name: "qa", title: "QA", type: "development" } });
    await ok("PATCH", "sandbox-management/sandboxes/qa", { body: { title: "Quality" } });
    await ok("PUT", "sandbox-management/sandboxes/qa", { body: { action: "reset" } });
    await ok("DELETE", "sandbox-management/sandboxes/qa");
  }

  async function flows() {
    const ends = await makeEnds(http);
    const flow = (await post(http, "flowservice/flows", flowBody(ends))).id;
    const { inletUrl } = (await readFlow(http, flow)).options;
    const send = (url: string, body: unknown) =>
      fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "x-adobe-flow-id": flow } });
    for (const name of ["guide-profile", "invalid-profile"]) await send(inletUrl, sample(name));
    await send(inletUrl.replace("/collection/", "/collection/batch/"), { messages: [sample("guide-profile"), 1] });
    await emulator.settle();
    await capillary();
    await catalog(ends.dataset, ends.schema);
    await flowService(ends, flow);
    await dataPrep(ends.mapping, ends.schema);
    await ok("DELETE", `catalog/dataSets/${ends.dataset}`);
  }

  /** A flow that runs once, so that its runs can be asked for, fail, and be asked for again. */
  async function capillary() {
    const ends = await makeEnds(http, { kind: "transaction", spec: CAPILLARY });
    const startTime = String(Math.floor(emulator.world.clock.now() / 1000) + 60);
    const body = flowBody(ends, {
      flowSpec: { id: "6499120c-0b15-42dc-936e-847ea3c24d72", version: "1.0" },
      scheduleParams: { startTime, frequency: "once" },
    });
    const { id: flowId } = await post(http, "flowservice/flows", body);
    await ok("GET", `flowservice/connections/${ends.base}/test`);
    await http.aep("GET", `flowservice/connections/${ends.base}/explore?objectType=root`);
    const params = { startTime, windowStartTime: "0", windowEndTime: startTime };
    await post(http, "flowservice/runs", { flowId, params });
    await http.control("POST", "settings", { capillaryClients: { other: "secret" } });
    await http.control("POST", "clock", { advanceMs: 120_000 });
    await emulator.settle();
    await http.control("POST", "settings", { capillaryClients: null });
    const { items } = await ok("GET", `flowservice/runs?property=flowId==${flowId}`);
    const failed = items.find((run: Body) => run.metrics.statusSummary.status === "failed");
    await ok("GET", `flowservice/runs/${failed.id}`);
    await ok("POST", `flowservice/runs/${failed.id}/action?op=RE_TRIGGER`);
    expect((await http.aep("PUT", `flowservice/runs/${failed.id}`, { body: failed })).status).toBe(400);
    await emulator.settle();
  }

  async function catalog(dataset: string, schema: string) {
    const schemaRef = { id: schema, contentType: "application/vnd.adobe.xed+json;version=1" };
    await ok("GET", "catalog/dataSets?limit=5");
    await ok("GET", `catalog/dataSets/${dataset}`);
    await ok("PATCH", `catalog/dataSets/${dataset}`, { body: { description: "changed" } });
    await ok("PATCH", `catalog/v2/dataSets/${dataset}`, { body: { tags: { team: ["crm"] } } });
    await ok("PUT", `catalog/dataSets/${dataset}`, { body: { name: "renamed", schemaRef } });
    const batches = await ok("GET", `catalog/batches?dataSet=${dataset}`);
    await ok("GET", `catalog/batches/${Object.keys(batches)[0]}`);
    await ok("GET", "catalog/lastBatches");
  }

  async function flowService(ends: Awaited<ReturnType<typeof makeEnds>>, flow: string) {
    const rename = [{ op: "replace", path: "/name", value: "renamed" }];
    const at = "flowservice";
    for (const specs of ["connectionSpecs", "flowSpecs"]) {
      const { items } = await ok("GET", `${at}/${specs}`);
      await ok("GET", `${at}/${specs}/${items[0].id}`);
    }
    await ok("POST", `${at}/flowSpecs/search`, { body: {} });
    const all = { connections: ends.base, sourceConnections: ends.source, targetConnections: ends.target, flows: flow };
    for (const [kind, id] of Object.entries(all).toReversed()) {
      await ok("GET", `${at}/${kind}`);
      await http.aep("POST", `${at}/${kind}/search`, { body: { queryString: "property=name==x" } });
      const [entity] = (await ok("GET", `${at}/${kind}/${id}`)).items;
      const { etag } = await ok("PATCH", `${at}/${kind}/${id}`, { body: rename, headers: { "if-match": entity.etag } });
      expect(etag).not.toBe(entity.etag);
      for (const op of ["disable", "enable"]) await http.aep("POST", `${at}/${kind}/${id}/action?op=${op}`);
    }
    for (const [kind, id] of Object.entries(all).toReversed()) await ok("DELETE", `${at}/${kind}/${id}`);
  }

  async function dataPrep(mapping: string, schema: string) {
    const at = "conversion";
    const outputSchema = { schemaRef: { id: schema, contentType: "application/vnd.adobe.xed-full+json;version=1" } };
    const mappings = [
      { sourceType: "ATTRIBUTE", source: "points", destination: "loyalty.points" },
      { sourceType: "EXPRESSION", source: "nope(", destination: "loyalty.tier" },
    ];
    await ok("GET", `${at}/mappingSets?limit=10&start=0`);
    const set = await ok("GET", `${at}/mappingSets/${mapping}`);
    await ok("PUT", `${at}/mappingSets/${mapping}`, {
      body: { name: "m", outputSchema, mappings: mappings.slice(0, 1) },
    });
    await ok("GET", `${at}/mappingSets/${mapping}/mappings`);
    await ok("GET", `${at}/mappingSets/${mapping}/mappings/${set.mappings[0].id}?version=0`);
    await ok("POST", `${at}/mappingSets/validate`, { body: { outputSchema, mappings } });
    await ok("POST", `${at}/mappingSets/preview`, {
      body: { data: [{ points: 3 }], mappingSet: { outputSchema, mappings } },
    });
    for (const name of ["functions", "operators"]) await ok("GET", `${at}/languages/el/${name}`);
    await ok("POST", `${at}/languages/el/validate`, { body: { expression: "lower(a)" } });
    await http.aep("DELETE", `${at}/mappingSets/${mapping}`);
  }

  /** The refusals a client meets most. */
  async function refusals() {
    for (const path of [
      "flowservice/flows/x",
      "catalog/dataSets/x",
      "conversion/mappingSets/x",
      "schemaregistry/tenant/schemas/x",
    ])
      await http.aep("GET", path, { headers: { accept: "application/vnd.adobe.xed+json; version=1" } });
    for (const path of [
      "flowservice/flows",
      "catalog/dataSets",
      "conversion/mappingSets",
      "schemaregistry/tenant/schemas",
    ]) {
      await http.aep("POST", path, { body: {} });
      await http.aep("POST", path, { body: {}, headers: { authorization: null } });
      await http.aep("POST", path, { body: {}, headers: { authorization: "Bearer no" } });
    }
  }

  function fresh(kind: string): Body {
    const title = `Contract ${kind}`;
    const [profile, record] = ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/data/record"];
    const personal = "https://ns.adobe.com/xdm/context/profile-personal-details";
    if (kind === "schemas")
      return { type: "object", title, description: "a", allOf: [{ $ref: profile }, { $ref: personal }] };
    if (kind === "classes")
      return { type: "object", title, description: "a", "meta:extends": [record], allOf: [{ $ref: record }] };
    const properties = { _acme: { type: "object", properties: { level: { type: "string", title: "Level" } } } };
    if (kind === "datatypes") return { type: "object", title, description: "a", properties };
    return {
      type: "object",
      title,
      description: "a",
      "meta:intendedToExtend": [profile],
      definitions: { customFields: { type: "object", properties } },
      allOf: [{ $ref: "#/definitions/customFields" }],
    };
  }
});
