/** The guide's whole chain over real HTTP: both modes, event in, row out, and what does not become a row. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import {
  CAPILLARY,
  type Ends,
  flowBody,
  HTTP_WITHOUT_MAPPING,
  makeEnds,
  post,
  REST_TO_AEP,
  readFlow,
  sample,
  streamingAuth,
} from "./support/flow-chain.ts";

let emulator: Emulator;
let http: AepHttp;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 3 });
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
});
afterAll(() => emulator.close());

async function send(
  url: string,
  message: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Body }> {
  const body = typeof message === "string" ? message : JSON.stringify(message);
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  return { status: answer.status, body: await answer.json() };
}
const rowsOf = async (dataset: string): Promise<Body[]> =>
  (await http.control("GET", `sandboxes/dev/datasets/${dataset}/rows`)).body.rows.map((item: Body) => item.row);
const failed = async (): Promise<Body[]> => (await http.control("GET", "sandboxes/dev/failed")).body.failed;
const settle = () => http.control("POST", "settle");
const runs = async (flow: string): Promise<Body[]> =>
  (await http.aep("GET", `flowservice/runs?property=flowId==${flow}`)).body.items;

async function streamingFlow(rest: object = {}): Promise<Ends & { flow: string; inletUrl: string }> {
  const ends = await makeEnds(http);
  const { id: flow } = await post(http, "flowservice/flows", flowBody(ends, rest));
  return { ...ends, flow, inletUrl: (await readFlow(http, flow)).options.inletUrl };
}

describe("streaming", () => {
  it("lands the guide's profile payload as the XDM row of its mapping", async () => {
    const { dataset, flow, inletUrl } = await streamingFlow();
    expect(inletUrl).toMatch(new RegExp(`^${emulator.url}/collection/[0-9a-f]{64}$`));
    const { status, body } = await send(inletUrl, sample("guide-profile"), { "x-adobe-flow-id": flow });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      inletId: inletUrl.split("/").pop(),
      xactionId: expect.stringMatching(/^\d+:\d+:\d+$/),
    });
    await settle();
    expect(await rowsOf(dataset)).toEqual([sample("guide-profile.xdm")]);
    const [run] = await runs(flow);
    expect(run.metrics.recordSummary).toMatchObject({
      inputRecordCount: 1,
      outputRecordCount: 1,
      failedRecordCount: 0,
    });
    expect(run.metrics.statusSummary).toEqual({ status: "success", errors: [] });
    expect((await readFlow(http, flow)).lastRunDetails).toMatchObject({ id: run.id, state: "success" });
    const batches: Body[] = Object.values((await http.aep("GET", `catalog/batches?dataSet=${dataset}`)).body);
    expect(batches).toMatchObject([{ status: "success", metrics: { outputRecordCount: 1, failedRecordCount: 0 } }]);
  });

  it("keeps an event that does not fit as a failed record that names the field", async () => {
    const { dataset, flow, inletUrl } = await streamingFlow();
    // Long enough for both to be of one run, however slow the machine.
    await http.control("POST", "settings", { landingDelayMs: 60_000 });
    expect((await send(inletUrl, sample("invalid-profile"))).status).toBe(200);
    await send(inletUrl, sample("guide-profile"));
    await settle();
    await http.control("POST", "settings", { landingDelayMs: 10 });
    expect(await rowsOf(dataset)).toHaveLength(1);
    const [record] = await failed();
    expect(record).toMatchObject({
      flowId: flow,
      datasetId: dataset,
      code: "INGEST-1212-400",
      record: sample("invalid-profile"),
    });
    expect(record.reason).toContain("#/identityMap/Email/0/authenticatedState");
    const [run] = await runs(flow);
    expect(run.metrics.statusSummary).toMatchObject({
      status: "partialSuccess",
      errors: [{ code: "INGEST-1212-400" }],
    });
    expect(run.metrics.recordSummary.failedRecordCount).toBe(1);
  });

  it("names the mapping row when a required field could not be mapped", async () => {
    const ends = await makeEnds(http, { kind: "transaction" });
    const { id: flow } = await post(http, "flowservice/flows", flowBody(ends));
    const { inletUrl } = (await readFlow(http, flow)).options;
    await send(inletUrl, { ...sample("guide-transaction"), timestamp: "yesterday" });
    await settle();
    expect(await rowsOf(ends.dataset)).toEqual([]);
    const [record] = await failed();
    expect(record.code).toBe("MAPPER-3700-400");
    expect(record.reason).toMatch(/^mapping row timestamp <- date\(timestamp/);
  });

  it("tells a double from an integer, as Data Prep does, in single messages and in batches", async () => {
    const { schema, dataset, mapping, flow, inletUrl } = await streamingFlow();
    const mappings = [
      { sourceType: "STATIC", source: "x@y.z", destination: "personalEmail.address" },
      { sourceType: "EXPRESSION", source: "points / 4", destination: "loyalty.points" },
    ];
    const body = { outputSchema: { schemaRef: { id: schema } }, mappings };
    const preview = await http.aep("POST", "conversion/mappingSets/preview", {
      body: `{"mappingSet":${JSON.stringify(body)},"data":[{"points":2.0},{"points":2}]}`,
    });
    expect(preview.body.map((item: Body) => item.data.loyalty.points)).toEqual([0.5, 0]);
    await http.aep("PUT", `conversion/mappingSets/${mapping}`, { body });
    const { etag } = await readFlow(http, flow);
    const value = { name: "Mapping", params: { mappingId: mapping, mappingVersion: 1 } };
    await http.aep("PATCH", `flowservice/flows/${flow}`, {
      headers: { "if-match": etag },
      body: [{ op: "replace", path: "/transformations/0", value }],
    });
    await send(inletUrl, '{"points":2.0}');
    await send(inletUrl, '{"points":2}');
    const batch = inletUrl.replace("/collection/", "/collection/batch/");
    await send(batch, '{"messages":[{"points":6.0},{"points":6}]}');
    await settle();
    expect((await rowsOf(dataset)).map((row) => row.loyalty.points)).toEqual([0.5, 0, 1.5, 1]);
  });

  it("uses the flow's mapping version until the flow is moved to another", async () => {
    const { mapping, schema, dataset, flow, inletUrl } = await streamingFlow();
    const put = {
      outputSchema: { schemaRef: { id: schema } },
      mappings: [{ sourceType: "STATIC", source: "x@y.z", destination: "personalEmail.address" }],
    };
    const replaced = await http.aep("PUT", `conversion/mappingSets/${mapping}`, { body: put });
    expect(replaced.body).toMatchObject({ version: 1 });
    await send(inletUrl, sample("guide-profile"));
    await settle();
    const { etag } = await readFlow(http, flow);
    const value = { name: "Mapping", params: { mappingId: mapping, mappingVersion: 1 } };
    const patch = await http.aep("PATCH", `flowservice/flows/${flow}`, {
      headers: { "if-match": etag },
      body: [{ op: "replace", path: "/transformations/0", value }],
    });
    expect(patch.status).toBe(200);
    expect(patch.body.etag).not.toBe(etag);
    await send(inletUrl, sample("guide-profile"));
    await settle();
    expect((await rowsOf(dataset)).map((row) => row.personalEmail.address)).toEqual([
      "john.doe@capillarytech.com",
      "x@y.z",
    ]);
  });

  it("waits out the landing delay, whatever else runs meanwhile", async () => {
    const { dataset, inletUrl } = await streamingFlow();
    await http.control("POST", "settings", { landingDelayMs: 60_000 });
    await send(inletUrl, sample("guide-profile"));
    await http.control("POST", "clock", { advanceMs: 1000 });
    expect(await rowsOf(dataset)).toEqual([]);
    await settle();
    expect(await rowsOf(dataset)).toHaveLength(1);
  });

  it("takes nothing for a disabled flow, and takes again when it is enabled", async () => {
    const { dataset, flow, inletUrl } = await streamingFlow();
    expect((await http.aep("POST", `flowservice/flows/${flow}/action?op=disable`)).status).toBe(200);
    await send(inletUrl, sample("guide-profile"));
    await settle();
    expect(await rowsOf(dataset)).toEqual([]);
    await http.aep("POST", `flowservice/flows/${flow}/action?op=enable`);
    await send(inletUrl, sample("guide-profile"));
    await settle();
    expect(await rowsOf(dataset)).toHaveLength(1);
  });

  it("wants the flow's name when an inlet has several flows", async () => {
    const first = await streamingFlow();
    const target = await post(http, "flowservice/flows", flowBody(first, { name: "second" }));
    const url = first.inletUrl;
    const unnamed = await send(url, sample("guide-profile"));
    expect(unnamed).toMatchObject({ status: 400, body: { title: "Invalid Message Format" } });
    expect((await send(url, sample("guide-profile"), { "x-adobe-flow-id": "nobody" })).status).toBe(400);
    expect((await send(`${url}?x-adobe-flow-id=${target.id}`, sample("guide-profile"))).status).toBe(200);
  });

  it("validates at once when asked to, and drops what does not fit", async () => {
    const { dataset, inletUrl } = await streamingFlow();
    const bad = await send(`${inletUrl}?syncValidation=true`, sample("invalid-profile"));
    expect(bad.status).toBe(400);
    expect(bad.body.title).toBe("Invalid XDM Message Format");
    expect(bad.body.report.cause._streamingValidation[0].causingExceptions[0]).toMatchObject({
      pointerToViolation: "#/identityMap/Email/0/authenticatedState",
      keyword: "enum",
    });
    const good = await send(`${inletUrl}?syncValidation=true`, sample("guide-profile"));
    expect(good.body.syncValidation).toEqual({ status: "pass" });
    await settle();
    expect(await rowsOf(dataset)).toHaveLength(1);
    expect(await failed()).toEqual([]);
  });

  it("answers each message of a batch for itself", async () => {
    const { dataset, inletUrl } = await streamingFlow();
    const answer = await send(inletUrl.replace("/collection/", "/collection/batch/"), {
      messages: [sample("guide-profile"), "text", sample("guide-profile")],
    });
    expect(answer.status).toBe(207);
    expect(answer.body.responses).toMatchObject([
      { xactionId: expect.any(String) },
      { statusCode: 400 },
      { xactionId: expect.any(String) },
    ]);
    await settle();
    expect(await rowsOf(dataset)).toHaveLength(2);
  });

  it("takes XDM messages by their header", async () => {
    const ends = await makeEnds(http, { auth: streamingAuth({ dataType: "xdm" }) });
    const { id: flow } = await post(
      http,
      "flowservice/flows",
      flowBody(ends, { flowSpec: HTTP_WITHOUT_MAPPING, transformations: undefined }),
    );
    const { inletUrl } = (await readFlow(http, flow)).options;
    const schemaRef = { id: ends.schema, contentType: "application/vnd.adobe.xed-full+json;version=1" };
    const header = {
      schemaRef,
      imsOrgId: emulator.world.org,
      datasetId: ends.dataset,
      flowId: flow,
      source: { name: "test" },
    };
    const message = { header, body: { xdmMeta: { schemaRef }, xdmEntity: sample("guide-profile.xdm") } };
    expect((await send(inletUrl, message)).status).toBe(200);
    expect((await send(inletUrl, sample("guide-profile"))).body.report.message).toContain(
      "Message has unknown xdm format",
    );
    expect(
      (await send(inletUrl, { ...message, header: { ...header, imsOrgId: "X@AdobeOrg" } })).body.report.message,
    ).toContain("wrong ims org");
    await send(inletUrl, { ...message, header: { ...header, source: undefined } });
    await settle();
    expect(await rowsOf(ends.dataset)).toEqual([sample("guide-profile.xdm")]);
    expect((await failed())[0].reason).toBe("Payload header is missing Source Name");
  });

  it("asks for a token where the connection says so", async () => {
    const ends = await makeEnds(http, { auth: streamingAuth({ authenticationRequired: true }) });
    const { id: flow } = await post(http, "flowservice/flows", flowBody(ends));
    const { inletUrl } = (await readFlow(http, flow)).options;
    const none = await send(inletUrl, sample("guide-profile"));
    expect(none).toMatchObject({ status: 401, body: { status: "401", title: "Authorization" } });
    expect((await send(inletUrl, sample("guide-profile"), { authorization: "Bearer x" })).status).toBe(403);
    expect(
      (await send(inletUrl, sample("guide-profile"), { authorization: `Bearer ${await http.token()}` })).status,
    ).toBe(200);
  });

  it("loses what comes while the inlet warms up, when asked to behave so", async () => {
    await http.control("POST", "settings", { inletWarmUpMs: 300_000 });
    const { dataset, inletUrl } = await streamingFlow();
    expect((await send(inletUrl, sample("guide-profile"))).status).toBe(200);
    await http.control("POST", "clock", { advanceMs: 301_000 });
    await send(inletUrl, sample("guide-profile"));
    await settle();
    expect(await rowsOf(dataset)).toHaveLength(1);
  });

  it("refuses unknown inlets, large bodies and text that is no JSON", async () => {
    const { inletUrl } = await streamingFlow();
    expect((await send(`${emulator.url}/collection/${"0".repeat(64)}`, {})).status).toBe(404);
    expect((await send(inletUrl, { text: "x".repeat(1_100_000) })).status).toBe(413);
    expect((await send(inletUrl, "{")).status).toBe(400);
  });
});

it("a restored snapshot goes on where it was: same inlets, same schedules, new batches", async () => {
  const { dataset, flow, inletUrl } = await streamingFlow();
  await send(inletUrl, sample("guide-profile"));
  await settle();
  const { body: snapshot } = await http.control("GET", "snapshot");
  await http.control("POST", "reset");
  expect((await send(inletUrl, sample("guide-profile"))).status).toBe(404);
  expect((await http.control("POST", "restore", snapshot)).status).toBe(200);
  http = aepHttp(emulator);
  await send(inletUrl, sample("guide-profile"));
  await settle();
  expect(await rowsOf(dataset)).toHaveLength(2);
  const found = await runs(flow);
  expect(new Set(found.map((run) => run.id)).size).toBe(2);
  expect(Object.keys((await http.aep("GET", `catalog/batches?dataSet=${dataset}`)).body)).toHaveLength(2);
  expect((await http.aep("DELETE", `flowservice/flows/${flow}`)).status).toBe(204);
  expect((await send(inletUrl, sample("guide-profile"))).body.report.message).toContain("0 flows");
});

it("a flow whose dataset is deleted fails its runs, and keeps what it was sent as failed records", async () => {
  const { dataset, flow, inletUrl } = await streamingFlow();
  await http.aep("DELETE", `catalog/dataSets/${dataset}`);
  await send(inletUrl, sample("guide-profile"));
  await settle();
  expect((await runs(flow))[0].metrics.statusSummary).toMatchObject({
    status: "failed",
    errors: [{ code: "INGEST-1212-400" }],
  });
  expect((await failed())[0]).toMatchObject({ flowId: flow, reason: `Dataset ${dataset} does not exist any more` });
});

it("a mapping set or a schema spoilt behind the service's back fails the runs, not the emulator", async () => {
  const { flow, mapping, inletUrl } = await streamingFlow();
  const spoil = (path: string, body: unknown) => http.control("PATCH", `sandboxes/dev/objects/${path}`, body);
  emulator.world.sandboxes.get("dev")!.dataPrep.mappingSets.get(mapping)!.versions[0]!["mappings"] = [
    { sourceType: "MAGIC" },
  ];
  await send(inletUrl, sample("guide-profile"));
  await settle();
  expect((await failed())[0]).toMatchObject({ flowId: flow, code: "MAPPER-3700-400" });
  const [group] = [...emulator.world.sandboxes.get("dev")!.registry.fieldgroups.keys()];
  const definitions = {
    customFields: { properties: { _acme: { properties: { odd: { type: "string", pattern: "(" } } } } },
  };
  expect((await spoil(`fieldgroups/${encodeURIComponent(group as string)}`, { definitions })).status).toBe(200);
  const sync = await send(`${inletUrl}?syncValidation=true`, sample("guide-profile"));
  expect(sync.status).toBe(400);
  await send(inletUrl, sample("guide-profile"));
  await settle();
  expect((await failed()).at(-1)?.reason).toContain("The schema cannot be used");
});

describe("scheduled", () => {
  const scheduleParams = () => ({
    startTime: Math.floor(emulator.world.clock.now() / 1000) + 60,
    frequency: "minute",
    interval: 15,
  });

  async function polledFlow(kind: "profile" | "transaction", rest: object = {}) {
    const ends = await makeEnds(http, { kind, spec: CAPILLARY });
    const body = flowBody(ends, { flowSpec: REST_TO_AEP, scheduleParams: scheduleParams(), ...rest });
    return { ...ends, flow: (await post(http, "flowservice/flows", body)).id as string };
  }
  const advance = async (minutes: number) => {
    await http.control("POST", "clock", { advanceMs: minutes * 60_000 });
    await settle();
  };

  it("fetches pending events when the clock reaches the slot, each flow its own stream", async () => {
    const profile = await polledFlow("profile");
    const transaction = await polledFlow("transaction");
    await http.control("POST", "capillary/events", [sample("guide-profile"), sample("guide-transaction")]);
    await settle();
    expect(await rowsOf(profile.dataset)).toEqual([]);
    await advance(2);
    expect(await rowsOf(profile.dataset)).toEqual([sample("guide-profile.xdm")]);
    expect(await rowsOf(transaction.dataset)).toEqual([sample("guide-transaction.xdm")]);
    const [run] = await runs(profile.flow);
    expect(run.metrics.recordSummary).toMatchObject({ inputRecordCount: 1, outputRecordCount: 1 });
    expect(run.params.windowEndTime).toBeGreaterThan(run.params.windowStartTime);
    await advance(15);
    expect(await rowsOf(profile.dataset)).toHaveLength(1);
    expect(await runs(profile.flow)).toHaveLength(2);
    await http.control("POST", "capillary/events", sample("guide-profile"));
    await advance(16);
    expect(await rowsOf(profile.dataset)).toHaveLength(2);
  });

  it("writes nothing of a run with a bad record, unless partial ingestion tolerates it", async () => {
    const strict = await polledFlow("profile");
    await http.control("POST", "capillary/events", [sample("guide-profile"), sample("invalid-profile")]);
    await advance(2);
    expect(await rowsOf(strict.dataset)).toEqual([]);
    expect((await runs(strict.flow))[0].metrics.statusSummary.status).toBe("failed");
    await http.control("POST", "reset");
    http = aepHttp(emulator);
    const tolerant = await polledFlow("profile", {
      options: { partialIngestionPercent: 60, errorDiagnosticsEnabled: true },
    });
    await http.control("POST", "capillary/events", [sample("guide-profile"), sample("invalid-profile")]);
    await advance(2);
    expect(await rowsOf(tolerant.dataset)).toHaveLength(1);
    const [run] = await runs(tolerant.flow);
    expect(run.metrics.statusSummary.status).toBe("partialSuccess");
    const { batchId, manifest } = run.activities[1].statusSummary.extensions;
    const below = (path: string) => path.replace("/data/foundation/", "");
    const files = (await http.aep("GET", below(manifest.failedRecords))).body.data;
    expect(files).toMatchObject([{ name: "conversion_errors_0.json" }]);
    const { pathname, search } = new URL(files[0]._links.self.href);
    const line = (await http.aep("GET", below(pathname + search))).body;
    expect(line).toMatchObject({ loyalty: { tier: "silver" }, _errors: [{ code: "INGEST-1212-400" }] });
    expect((await http.aep("GET", `export/batches/${batchId}/meta?path=nothing`)).status).toBe(404);
    const [landed] = await rowsOf(tolerant.dataset);
    const [part] = (await http.aep("GET", `export/batches/${batchId}/files`)).body.data;
    const of = (href: string) => http.aep("GET", below(new URL(href).pathname + new URL(href).search));
    const [json] = (await of(part._links.self.href)).body.data;
    expect((await of(json._links.self.href)).body).toEqual(landed);
    const preview = await http.aep("GET", `export/datasets/${tolerant.dataset}/preview`);
    expect(preview.body.data).toMatchObject([{ "personalEmail.address": landed.personalEmail.address }]);
    expect((await http.aep("GET", "export/datasets/none/preview")).status).toBe(404);
  });

  it("fails the run when the source refuses the credentials, and fetches the window when it is triggered again", async () => {
    const { flow, dataset } = await polledFlow("profile");
    await http.control("POST", "capillary/events", sample("guide-profile"));
    emulator.world.settings.capillaryClients = { key: "another" };
    await advance(2);
    const [run] = await runs(flow);
    expect(run.metrics.statusSummary).toMatchObject({ status: "failed", errors: [{ code: "CONNECTOR-2001-500" }] });
    emulator.world.settings.capillaryClients = null;
    expect((await http.aep("POST", `flowservice/runs/${run.id}/action?op=RE_TRIGGER`)).status).toBe(200);
    await settle();
    expect(await rowsOf(dataset)).toHaveLength(1);
    const again = await http.aep("POST", `flowservice/runs/${run.id}/action?op=RE_TRIGGER`);
    expect(again.body.type).toContain("1388-400");
  });

  it("leaves disabled flows alone and never runs a start time given in milliseconds", async () => {
    const { flow, dataset } = await polledFlow("profile");
    const inMilliseconds = { startTime: emulator.world.clock.now() + 60_000, frequency: "minute", interval: 15 };
    const late = await polledFlowOn(inMilliseconds);
    await http.aep("POST", `flowservice/flows/${flow}/action?op=disable`);
    await http.control("POST", "capillary/events", sample("guide-profile"));
    await advance(60);
    expect(await rowsOf(dataset)).toEqual([]);
    expect(await runs(late)).toEqual([]);
  });

  async function polledFlowOn(schedule: object): Promise<string> {
    const ends = await makeEnds(http, { kind: "transaction", spec: CAPILLARY });
    return (await post(http, "flowservice/flows", flowBody(ends, { flowSpec: REST_TO_AEP, scheduleParams: schedule })))
      .id;
  }
});
