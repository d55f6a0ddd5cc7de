/** Every refusal of the Flow Service that a client can provoke, with its documented code. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, type Answer, aepHttp, type Body } from "./support/aep-http.ts";
import {
  CAPILLARY,
  CAPILLARY_AUTH,
  DATA_LAKE,
  type Ends,
  flowBody,
  HTTP_API,
  makeDataset,
  makeEnds,
  makeMapping,
  makeSchema,
  post,
  REST_TO_AEP,
  readFlow,
  streamingAuth,
  targetBody,
} from "./support/flow-chain.ts";

const SFTP = { id: "b7bf2577-4520-42c9-bae9-cad01560f7bc", version: "1.0" };
const CLOUD = { id: "9753525b-82c7-4dce-8a9b-5ccfce2b9876", version: "1.0" };
const F = "flowservice";

let emulator: Emulator;
let http: AepHttp;
let ends: Ends;
let flow: string;
let polled: Ends;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 5 });
  http = aepHttp(emulator);
  ends = await makeEnds(http);
  flow = (await post(http, `${F}/flows`, flowBody(ends))).id;
  polled = await makeEnds(http, { kind: "transaction", spec: CAPILLARY });
});
afterAll(() => emulator.close());

const now = () => Math.floor(emulator.world.clock.now() / 1000);
const schedule = (rest: object = {}) => ({ startTime: now() + 600, frequency: "minute", interval: 15, ...rest });
const code = (answer: Answer): string =>
  `${answer.status} ${String(answer.body.type ?? "")
    .split("/")
    .pop()}`;
const create = (kind: string, body: unknown) => http.aep("POST", `${F}/${kind}`, { body });

describe("base connections", () => {
  const good = () => ({ name: "b", connectionSpec: CAPILLARY, auth: CAPILLARY_AUTH });
  const auth = (params: object, specName = CAPILLARY_AUTH.specName) => ({ specName, params });
  it.each<[string, () => unknown, string]>([
    ["an unknown spec", () => ({ ...good(), connectionSpec: { id: "x", version: "1.0" } }), "400 FLOW-1413-400"],
    ["no spec", () => ({ name: "b" }), "400 FLOW-1413-400"],
    ["no version of the spec", () => ({ ...good(), connectionSpec: { id: CAPILLARY.id } }), "422 "],
    ["an unknown auth spec", () => ({ ...good(), auth: auth({}, "Basic") }), "400 FLOW-1415-400"],
    ["a missing auth parameter", () => ({ ...good(), auth: auth({ clientId: "x" }) }), "400 CONNECTOR-1304-400"],
    ["no name", () => ({ ...good(), name: "" }), "400 CONNECTOR-1304-400"],
    ["a sourceId in use", () => ({ name: "b", connectionSpec: HTTP_API, auth: streamingAuth() }), "400 FLOW-1100-400"],
    [
      "a wrong dataType",
      () => ({ name: "b", connectionSpec: HTTP_API, auth: streamingAuth({ dataType: "csv", sourceId: "o" }) }),
      "400 FLOW-1100-400",
    ],
  ])("are refused with %s", async (_what, body, expected) => {
    expect(code(await create("connections", body()))).toBe(expected);
  });

  it("mask their secrets, keep their spec, and take a whole set of new parameters", async () => {
    const { id, etag } = await post(http, `${F}/connections`, good());
    const [read] = (await http.aep("GET", `${F}/connections/${id}`)).body.items;
    expect(read).toMatchObject({
      id,
      etag,
      version: etag,
      state: "enabled",
      sandboxName: "dev",
      connectionSpec: CAPILLARY,
    });
    expect(read.auth.params).toEqual({ clientId: "key", clientSecret: "xxxx", accessToken: "xxxx" });
    const patch = (body: unknown, match: string | null = etag) =>
      http.aep("PATCH", `${F}/connections/${id}`, { body, headers: { "if-match": match } });
    expect(code(await patch([{ op: "replace", path: "/connectionSpec/id", value: "x" }]))).toBe("400 FLOW-1414-400");
    expect(code(await patch([{ op: "replace", path: "/auth/specName", value: "x" }]))).toBe("400 CONNECTOR-1365-400");
    expect(code(await patch([{ op: "replace", path: "/description", value: "x" }]))).toBe("400 FLOW-1455-400");
    expect(code(await patch([{ op: "replace", path: "/auth/params", value: { clientId: "x" } }]))).toBe(
      "400 CONNECTOR-1304-400",
    );
    expect(code(await patch([{ op: "move", path: "/name", value: "x" }]))).toBe("400 FLOW-1434-400");
    expect(code(await patch([]))).toBe("400 FLOW-1405-400");
    expect(code(await patch([{ op: "add", path: "/name", value: "n" }], null))).toBe("400 FLOW-1403-400");
    expect(code(await patch([{ op: "add", path: "/name", value: "n" }], '"stale"'))).toBe("412 FLOW-1404-412");
    expect(code(await patch([{ op: "add", path: "/name", value: "n" }], etag.slice(1, -1)))).toBe("412 FLOW-1404-412");
    const changed = await patch([
      { op: "REPLACE", path: "/auth/params", value: { clientId: "new", clientSecret: "s" } },
      { op: "add", path: "/description", value: "d" },
    ]);
    expect(changed.status).toBe(200);
    expect(changed.body.etag).not.toBe(etag);
    expect((await http.aep("DELETE", `${F}/connections/${id}/`)).status).toBe(204);
    expect(code(await http.aep("GET", `${F}/connections/${id}`))).toBe("404 FLOW-1439-404");
  });

  it("stay while a flow uses them", async () => {
    expect(code(await http.aep("DELETE", `${F}/connections/${ends.base}`))).toBe("400 FLOW-1418-400");
  });

  it("can be tested, and explored only where there is something to see", async () => {
    expect((await http.aep("GET", `${F}/connections/${polled.base}/test`)).body).toEqual({ result: true });
    emulator.world.settings.capillaryClients = {};
    expect(code(await http.aep("GET", `${F}/connections/${polled.base}/test`))).toBe("400 FLOW-1100-400");
    emulator.world.settings.capillaryClients = null;
    expect(code(await http.aep("GET", `${F}/connections/${polled.base}/explore?objectType=root`))).toBe(
      "400 CONNECTOR-1336-400",
    );
  });
});

describe("source and target connections", () => {
  const source = () => ({ name: "s", baseConnectionId: polled.base, connectionSpec: CAPILLARY });
  it.each<[string, () => unknown, string]>([
    ["a target's spec", () => ({ ...source(), connectionSpec: DATA_LAKE }), "400 FLOW-1413-400"],
    ["no base connection", () => ({ ...source(), baseConnectionId: undefined }), "400 CONNECTOR-1304-400"],
    ["an unknown base connection", () => ({ ...source(), baseConnectionId: "x" }), "400 FLOW-1439-400"],
    ["a base connection of another spec", () => ({ ...source(), baseConnectionId: ends.base }), "400 FLOW-1413-400"],
    ["an unknown format", () => ({ ...source(), data: { format: "xml" } }), "400 CONNECTOR-1327-400"],
    [
      "a long delimiter",
      () => ({ ...source(), data: { format: "delimited", properties: { columnDelimiter: "||" } } }),
      "400 CONNECTOR-1331-400",
    ],
    [
      "properties twice",
      () => ({ ...source(), data: { format: "delimited", determineProperties: true, properties: {} } }),
      "400 CONNECTOR-1374-400",
    ],
    [
      "an encoding of another kind",
      () => ({ ...source(), data: { format: "delimited", properties: { encoding: "UTF-16" } } }),
      "400 FLOW-1100-400",
    ],
    ["a parameter its spec forbids", () => ({ ...source(), params: { stream: 7 } }), "400 FLOW-1100-400"],
  ])("refuse a source with %s", async (_what, body, expected) => {
    expect(code(await create("sourceConnections", body()))).toBe(expected);
  });

  const target = () => targetBody(ends.dataset, ends.schema);
  it.each<[string, () => unknown, string]>([
    ["another spec", () => ({ ...target(), connectionSpec: CAPILLARY }), "400 CONNECTOR-1307-400"],
    ["no dataset", () => ({ ...target(), params: {} }), "400 CONNECTOR-1325-400"],
    ["no schema", () => ({ ...target(), data: {} }), "400 CONNECTOR-1304-400"],
    ["an unknown format", () => ({ ...target(), data: { ...target().data, format: "xml" } }), "400 CONNECTOR-1327-400"],
  ])("refuse a target with %s", async (_what, body, expected) => {
    expect(code(await create("targetConnections", body()))).toBe(expected);
  });

  it("stay while a flow uses them, and change without the flow noticing", async () => {
    expect(code(await http.aep("DELETE", `${F}/sourceConnections/${ends.source}`))).toBe("400 FLOW-1447-400");
    expect(code(await http.aep("DELETE", `${F}/targetConnections/${ends.target}`))).toBe("400 FLOW-1447-400");
    const [read] = (await http.aep("GET", `${F}/sourceConnections/${ends.source}`)).body.items;
    expect(read.inheritedAttributes.baseConnection).toEqual({ id: ends.base, connectionSpec: HTTP_API });
    const answer = await http.aep("PATCH", `${F}/sourceConnections/${ends.source}`, {
      headers: { "if-match": read.etag },
      body: [{ op: "add", path: "/params", value: { x: 1 } }],
    });
    expect(answer.status).toBe(200);
  });
});

describe("flows", () => {
  const body = (rest: object = {}) => flowBody(polled, { flowSpec: REST_TO_AEP, scheduleParams: schedule(), ...rest });
  const mapping = (params: object) => ({ transformations: [{ name: "Mapping", params }] });
  it.each<[string, () => unknown, string]>([
    ["state in the body", () => body({ state: "enabled" }), "400 FLOW-1410-400"],
    ["an unknown flow spec", () => body({ flowSpec: { id: "x", version: "1.0" } }), "400 FLOW-1413-400"],
    ["a flow spec for other sources", () => body({ flowSpec: CLOUD }), "400 FLOW-1413-400"],
    ["no source", () => body({ sourceConnectionIds: [] }), "400 CONNECTOR-1320-400"],
    ["two sources", () => body({ sourceConnectionIds: [polled.source, polled.source] }), "400 CONNECTOR-1321-400"],
    ["an unknown target", () => body({ targetConnectionIds: ["x"] }), "400 FLOW-1439-400"],
    ["an unknown mapping set", () => body(mapping({ mappingId: "x", mappingVersion: 0 })), "400 FLOW-1419-400"],
    [
      "a version that does not exist",
      () => body(mapping({ mappingId: polled.mapping, mappingVersion: "7" })),
      "400 FLOW-1412-400",
    ],
    [
      "a mapping to another schema",
      () => body(mapping({ mappingId: ends.mapping, mappingVersion: 0 })),
      "400 FLOW-1425-400",
    ],
    ["no mapping", () => body({ transformations: [] }), "400 FLOW-1419-400"],
    ["no schedule", () => body({ scheduleParams: undefined }), "400 CONNECTOR-1317-400"],
    [
      "a start in the past",
      () => body({ scheduleParams: schedule({ startTime: "1625040887" }) }),
      "400 CONNECTOR-1360-400",
    ],
    ["interval with once", () => body({ scheduleParams: schedule({ frequency: "once" }) }), "400 CONNECTOR-1361-400"],
    [
      "backfill with once",
      () => body({ scheduleParams: { startTime: now() + 60, frequency: "once", backfill: true } }),
      "400 CONNECTOR-1364-400",
    ],
    ["a short interval", () => body({ scheduleParams: schedule({ interval: 14 }) }), "400 CONNECTOR-1362-400"],
    ["a broken interval", () => body({ scheduleParams: schedule({ interval: 1.5 }) }), "400 CONNECTOR-1363-400"],
    [
      "an unknown frequency",
      () => body({ scheduleParams: schedule({ frequency: "yearly" }) }),
      "400 CONNECTOR-1397-400",
    ],
    ["a schedule for a stream", () => flowBody(ends, { scheduleParams: schedule() }), "400 CONNECTOR-1397-400"],
    ["a mode that is none", () => body(), "400 CONNECTOR-1368-400"],
  ])("are refused with %s", async (what, make, expected) => {
    const mode = what.startsWith("a mode") ? "?mode=test" : "";
    expect(code(await create(`flows${mode}`, make()))).toBe(expected);
  });

  it("take the seed's plain id strings, and read numbers back as strings", async () => {
    const made = await create(
      "flows",
      body({ sourceConnectionIds: polled.source, targetConnectionIds: polled.target }),
    );
    expect(made.status).toBe(201);
    expect(made.headers.get("location")).toContain(made.body.id);
    const read = await readFlow(http, made.body.id);
    expect(read).toMatchObject({
      sourceConnectionIds: [polled.source],
      state: "enabled",
      scheduleParams: { frequency: "minute", interval: "15", startTime: expect.stringMatching(/^\d{10}$/) },
      transformations: [{ name: "Mapping", params: { mappingId: polled.mapping, mappingVersion: "0" } }],
      runs: `/runs?property=flowId==${made.body.id}`,
      inheritedAttributes: {
        properties: { isSourceFlow: true },
        sourceConnections: [{ id: polled.source, connectionSpec: CAPILLARY, baseConnection: { id: polled.base } }],
      },
      lastOperation: { operation: "create" },
    });
    expect(read).not.toHaveProperty("bound");
    expect(read.options.inletUrl).toContain("/collection/");
    expect((await http.aep("DELETE", `${F}/flows/${made.body.id}`)).status).toBe(204);
  });

  it("change along the documented paths only", async () => {
    const { id } = await post(http, `${F}/flows`, body());
    const patch = async (...operations: Body[]) =>
      http.aep("PATCH", `${F}/flows/${id}`, {
        headers: { "if-match": (await readFlow(http, id)).etag },
        body: operations,
      });
    const replace = (path: string, value: unknown) => patch({ op: "replace", path, value });
    expect(code(await replace("/flowSpec/id", "x"))).toBe("400 CONNECTOR-1365-400");
    expect(code(await replace("/sourceConnectionIds", ["x"]))).toBe("400 CONNECTOR-1365-400");
    expect(code(await replace("/state", "disabled"))).toBe("400 CONNECTOR-1365-400");
    expect(code(await replace("/description", "d"))).toBe("400 FLOW-1455-400");
    expect(code(await replace("/transformations/3", {}))).toBe("400 FLOW-1455-400");
    expect(code(await replace("/scheduleParams/interval", 5))).toBe("400 CONNECTOR-1362-400");
    expect(
      code(
        await replace("/transformations/0", {
          name: "Mapping",
          params: { mappingId: polled.mapping, mappingVersion: 9 },
        }),
      ),
    ).toBe("400 FLOW-1412-400");
    expect(code(await replace("/scheduleParams/startTime", 1))).toBe("400 CONNECTOR-1360-400");
    expect(
      (
        await patch(
          { op: "replace", path: "/scheduleParams/frequency", value: "hour" },
          { op: "replace", path: "/scheduleParams/interval", value: 1 },
        )
      ).status,
    ).toBe(200);
    expect((await replace("/scheduleParams/startTime", now() + 1200)).status).toBe(200);
    expect((await patch({ op: "add", path: "/scheduleParams/backfill", value: false })).status).toBe(200);
    await http.control("POST", "clock", { advanceMs: 1_300_000 });
    expect(code(await replace("/scheduleParams/startTime", now() + 9000))).toBe("400 CONNECTOR-1366-400");
    expect(code(await replace("/scheduleParams/backfill", true))).toBe("400 CONNECTOR-1404-400");
    expect(
      code(
        await replace("/scheduleParams", {
          startTime: (await readFlow(http, id)).scheduleParams.startTime,
          frequency: "once",
        }),
      ),
    ).toBe("400 CONNECTOR-1403-400");
    expect((await replace("/scheduleParams/interval", 2)).status).toBe(200);
    expect((await readFlow(http, id)).scheduleParams).toMatchObject({
      frequency: "hour",
      interval: "2",
      backfill: "false",
    });
  });

  it("move between states by actions", async () => {
    const act = (query: string, headers = {}) => http.aep("POST", `${F}/flows/${flow}/action?${query}`, { headers });
    expect(code(await act("op=enable"))).toBe("400 FLOW-1422-400");
    expect(code(await act("op=DISABLE", { "if-match": '"stale"' }))).toBe("412 FLOW-1404-412");
    expect((await act("op=DISABLE")).status).toBe(200);
    expect((await readFlow(http, flow)).state).toBe("disabled");
    expect(code(await act("op=enable&subOp=PROGRESS"))).toBe("400 FLOW-1436-400");
    expect(code(await act("op=enable&subOp=NOW"))).toBe("400 FLOW-1435-400");
    expect(code(await act("op=delete"))).toBe("400 FLOW-1434-400");
    expect((await act("op=enable")).status).toBe(200);
  });

  it("begin as drafts and are published base first", async () => {
    const draft = async (kind: string, entity: object) =>
      (await create(`${kind}?mode=draft`, entity)).body.id as string;
    const publish = (kind: string, id: string) => http.aep("POST", `${F}/${kind}/${id}/action?op=publish`);
    const base = await draft("connections", { name: "d", connectionSpec: CAPILLARY, auth: CAPILLARY_AUTH });
    const source = await draft("sourceConnections", { name: "d", baseConnectionId: base, connectionSpec: CAPILLARY });
    const id = await draft("flows", {
      name: "d",
      flowSpec: REST_TO_AEP,
      sourceConnectionIds: [source],
      targetConnectionIds: [polled.target],
    });
    expect((await readFlow(http, id)).state).toBe("draft");
    expect(code(await publish("flows", id))).toBe("400 FLOW-1409-400");
    expect(code(await publish("sourceConnections", source))).toBe("400 FLOW-1409-400");
    expect((await publish("connections", base)).status).toBe(200);
    expect((await publish("sourceConnections", source)).status).toBe(200);
    expect(code(await publish("flows", id))).toBe("400 CONNECTOR-1317-400");
    const value = [{ name: "Mapping", params: { mappingId: polled.mapping, mappingVersion: 0 } }];
    const patch = await http.aep("PATCH", `${F}/flows/${id}`, {
      headers: { "if-match": (await readFlow(http, id)).etag },
      body: [
        { op: "add", path: "/transformations", value },
        { op: "add", path: "/scheduleParams", value: schedule() },
      ],
    });
    expect(patch.status).toBe(200);
    expect((await publish("flows", id)).status).toBe(200);
    expect((await readFlow(http, id)).state).toBe("enabled");
  });

  it("must write to the dataset's own schema, with rows that can work", async () => {
    const other = await makeDataset(http, "other", polled.schema);
    const target = (await post(http, `${F}/targetConnections`, targetBody(other, ends.schema))).id;
    expect(code(await create("flows", body({ targetConnectionIds: [target] })))).toBe("400 FLOW-1425-400");
    const schemaRef = { id: polled.schema, contentType: "application/vnd.adobe.xed-full+json;version=1" };
    const bad = {
      outputSchema: { schemaRef },
      mappings: [{ sourceType: "ATTRIBUTE", source: "a", destination: "no.such.field" }],
    };
    const { id } = await post(http, "conversion/mappingSets", bad);
    expect(code(await create("flows", body(mapping({ mappingId: id, mappingVersion: 0 }))))).toBe("400 FLOW-1419-400");
  });
});

describe("runs", () => {
  it("are created for flows of frequency once only", async () => {
    const params = { startTime: now(), windowStartTime: 0, windowEndTime: now() };
    const run = (flowId: unknown) => create("runs", { flowId, params });
    expect(code(await run(""))).toBe("400 FLOW-1446-400");
    expect(code(await run("x"))).toBe("400 FLOW-1430-400");
    expect(code(await run(flow))).toBe("400 CONNECTOR-1385-400");
    const periodic = await post(
      http,
      `${F}/flows`,
      flowBody(polled, { flowSpec: REST_TO_AEP, scheduleParams: schedule() }),
    );
    expect(code(await run(periodic.id))).toBe("400 CONNECTOR-1386-400");
    const once = await post(
      http,
      `${F}/flows`,
      flowBody(polled, { flowSpec: REST_TO_AEP, scheduleParams: { startTime: now() + 9000, frequency: "once" } }),
    );
    expect(code(await create("runs", { flowId: once.id, params: {} }))).toBe("400 CONNECTOR-1304-400");
    const made = await run(once.id);
    expect(made).toMatchObject({ status: 201, body: { id: expect.any(String), etag: expect.any(String) } });
    await http.control("POST", "settle");
    const [read] = (await http.aep("GET", `${F}/runs/${made.body.id}`)).body.items;
    expect(read.metrics.statusSummary.status).toBe("success");
    expect(code(await http.aep("PUT", `${F}/runs/${made.body.id}`, { body: {} }))).toBe("400 FLOW-1427-400");
    expect(code(await http.aep("POST", `${F}/runs/${made.body.id}/action?op=RE_TRIGGER`))).toBe(
      "400 CONNECTOR-1388-400",
    );
    const found = await http.aep("GET", `${F}/runs?property=flowId==${once.id}&property=state==Success`);
    expect(found.body.items).toHaveLength(1);
  });
});

describe("lists", () => {
  it.each([
    ["property=color==red", "1449"],
    ["property=name~x", "1440"],
    ["property=name", "1440"],
    ["property===x", "1441"],
    ["property=name==", "1452"],
    ["property=name<a,b", "1450"],
    ["limit=0", "1453"],
    ["limit=101", "1453"],
    ["limit=5&count=true", "1401"],
    ["orderby=state", "1432"],
    ["orderby=--", "1433"],
    ["colour=red", "1451"],
    ["continuationToken=nonsense", "1454"],
    ["property=sourceConnectionIds==x", "1449"],
  ])("refuse %s with %s", async (query, number) => {
    expect(code(await http.aep("GET", `${F}/flows?${query}`))).toBe(`400 FLOW-${number}-400`);
  });

  it("page, order, filter and count", async () => {
    for (const name of ["p3", "p1", "p2"])
      await post(http, `${F}/connections`, { name, connectionSpec: CAPILLARY, auth: CAPILLARY_AUTH });
    const filter = "property=name==p1,p2,p3";
    expect((await http.aep("GET", `${F}/connections?${filter}&count=true`)).body).toEqual({ count: 3 });
    const names: string[] = [];
    let path: string | undefined = `/connections?${filter}&orderby=-name&limit=2`;
    while (path) {
      const { body } = await http.aep("GET", `${F}${path}`);
      names.push(...body.items.map((item: Body) => item.name));
      path = body._links.next?.href;
    }
    expect(names).toEqual(["p3", "p2", "p1"]);
    const byArray = await http.aep("GET", `${F}/flows?property=sourceConnectionIds[]==${ends.source}`);
    expect(byArray.body.items.map((item: Body) => item.id)).toContain(flow);
    const searched = await http.aep("POST", `${F}/flows/search`, {
      body: { queryString: `property=id==${flow}`, limit: 1000 },
    });
    expect(searched.body.items).toHaveLength(1);
    expect((await http.aep("GET", `${F}/connectionSpecs?property=name=="sftp"`)).body.items[0]).toMatchObject({
      id: SFTP.id,
      authSpec: [{ name: "Basic Authentication for sftp" }, {}],
    });
    expect((await http.aep("GET", `${F}/flowSpecs/${CLOUD.id}`)).body.items[0]).toMatchObject({
      name: "CloudStorageToAEP",
      scheduleSpec: { name: "PeriodicSchedule" },
    });
    expect(code(await http.aep("GET", `${F}/flowSpecs/x`))).toBe("404 FLOW-1439-404");
  });
});

it("two sandboxes do not see each other's objects", async () => {
  const stage = { "x-sandbox-name": "stage" };
  expect(code(await http.aep("GET", `${F}/flows/${flow}`, { headers: stage }))).toBe("404 FLOW-1439-404");
  expect((await http.aep("GET", `${F}/flows`, { headers: stage })).body.items).toEqual([]);
});

it("a schema and a mapping can be made twice in another sandbox", async () => {
  const prod: AepHttp = {
    ...http,
    aep: (method, path, call = {}) =>
      http.aep(method, path, { ...call, headers: { "x-sandbox-name": "prod", ...call.headers } }),
  };
  const schema = await makeSchema(prod, "capillary-loyalty-profile");
  expect(await makeMapping(prod, "capillary-profile", schema)).toMatch(/^[0-9a-f]{32}$/);
});

describe("while a flow changes its state", () => {
  it("it is read as such, and refuses everything until it rests", async () => {
    const { id } = await post(http, `${F}/flows`, flowBody(ends, { name: "slow" }));
    await http.control("POST", "settings", { transitionMs: 30_000 });
    expect((await http.aep("POST", `${F}/flows/${id}/action?op=disable`)).status).toBe(200);
    const { state, etag, settles } = await readFlow(http, id);
    expect([state, settles]).toEqual(["disabling", undefined]);
    const patch = await http.aep("PATCH", `${F}/flows/${id}`, {
      headers: { "if-match": etag },
      body: [{ op: "replace", path: "/name", value: "n" }],
    });
    expect(code(patch)).toBe("400 FLOW-1420-400");
    expect(code(await http.aep("POST", `${F}/flows/${id}/action?op=enable`))).toBe("400 FLOW-1421-400");
    expect(code(await http.aep("DELETE", `${F}/flows/${id}`))).toBe("400 FLOW-1458-400");
    await http.control("POST", "clock", { advanceMs: 31_000 });
    expect((await readFlow(http, id)).state).toBe("disabled");
    await http.control("POST", "settings", { transitionMs: 0 });
    expect((await http.aep("DELETE", `${F}/flows/${id}`)).status).toBe(204);
  });
});
