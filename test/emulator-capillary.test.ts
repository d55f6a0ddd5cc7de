/** Capillary's API as the emulator offers it, over real HTTP. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVENT_NAMES, makeEvent } from "../emulator/capillary/events.ts";
import { Ids } from "../emulator/ids.ts";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { compileMapping, compileXdmValidator, loadMappingFile, loadSchema } from "../mapping/index.ts";
import type { Body } from "./support/aep-http.ts";

let emulator: Emulator;
let token: string;
const call = async (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { "x-cap-api-oauth-token": token },
) => {
  const answer = await fetch(`${emulator.url}/capillary${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
};
const generate = (key = "key", secret = "secret") => call("POST", "/v3/oauth/token/generate", { key, secret }, {});

beforeAll(async () => {
  emulator = await startEmulator({ seed: 2 });
  token = (await generate()).body.data.accessToken;
});
afterAll(() => emulator.close());

describe("tokens", () => {
  it("are given for key and secret and live as long as they say", async () => {
    const { body } = await generate();
    expect(body).toMatchObject({ data: { ttlSeconds: 300 }, errors: null });
    const claims = JSON.parse(Buffer.from(body.data.accessToken.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({ iss: "Capillary", token_use: "token_access" });
    expect(claims.exp - claims.iat).toBe(300);
    const headers = { "x-cap-api-oauth-token": body.data.accessToken };
    expect((await call("GET", "/v2/events", undefined, headers)).status).toBe(200);
    emulator.world.clock.advance(301_000);
    expect((await call("GET", "/v2/events", undefined, headers)).status).toBe(401);
    token = (await generate()).body.data.accessToken;
  });

  it("are refused for a wrong pair once pairs are set, and for none", async () => {
    emulator.world.settings.capillaryClients = { key: "right" };
    expect((await generate("key", "wrong")).status).toBe(401);
    expect((await generate("key", "right")).status).toBe(200);
    emulator.world.settings.capillaryClients = null;
    expect((await generate("", "")).status).toBe(400);
  });

  it("may be replaced by the documented Basic form, and nothing else", async () => {
    const basic = Buffer.from("store.server:8a16a6b70505eb1f1ff7cdc0cd5559a7").toString("base64");
    expect((await call("GET", "/v2/events", undefined, { authorization: `Basic ${basic}` })).status).toBe(200);
    expect((await call("GET", "/v2/events", undefined, { "cap-api-access-token": token })).status).toBe(200);
    expect((await call("GET", "/v2/events", undefined, {})).status).toBe(401);
  });
});

it("answers carry the request id in both documented spellings", async () => {
  const { headers } = await call("GET", "/v2/events");
  expect(headers.get("X-Cap-Requestid")).toBeTruthy();
  expect(headers.get("X-CAP-REQUEST-ID")).toBe(headers.get("X-Cap-Requestid"));
});

it("endpoints answer 429 beyond their limit, each for itself", async () => {
  emulator.world.settings.capillaryPerMinute = 2;
  const path = `/v2/customers/lookup?identifierName=mobile&identifierValue=${Date.now()}`;
  const statuses = [await call("GET", path), await call("GET", path), await call("GET", path)].map(
    ({ status }) => status,
  );
  emulator.world.settings.capillaryPerMinute = null;
  expect(statuses).toEqual([404, 404, 429]);
});

describe("customers and transactions", () => {
  const register = (mobile: string) =>
    call("POST", "/v2/customers", {
      profiles: [{ firstName: "Tom", source: "INSTORE", identifiers: [{ type: "mobile", value: mobile }] }],
    });
  const bill = (billNumber: string, rest: object = {}) => ({
    identifierType: "mobile",
    identifierValue: "919010000022",
    source: "INSTORE",
    type: "REGULAR",
    billNumber,
    billAmount: "600.5",
    lineItemsV2: [{ itemCode: "a", qty: 2, rate: 300.25, value: 600.5, discount: 0, amount: 600.5 }],
    ...rest,
  });

  it("are registered once and found by their identifier", async () => {
    const first = await register("919010000022");
    expect(first.body).toMatchObject({ createdId: expect.any(Number), warnings: [] });
    expect((await register("919010000022")).body).toMatchObject({
      createdId: first.body.createdId,
      warnings: [{ code: 8050 }],
    });
    const lookup = "source=INSTORE&identifierName=mobile&identifierValue=919010000022";
    expect((await call("GET", `/v2/customers/lookup?${lookup}`)).body).toEqual({
      entity: first.body.createdId,
      warnings: [],
    });
    expect((await call("GET", `/v2/customers/lookup?${lookup}9`)).body.errors[0].code).toBe(8015);
    expect((await call("GET", "/v2/customers/lookup")).status).toBe(400);
    expect((await call("GET", `/v2/customers/lookup/tierDetails?${lookup}`)).body.programTiers[0].currentTierName).toBe(
      "Silver",
    );
  });

  it("answer a bulk item by item: 201 as soon as one failed, the failure count 0 all the same", async () => {
    const good = await call("POST", "/v2/transactions/bulk", [bill("b-1")]);
    expect(good.status).toBe(200);
    expect(good.body.response[0]).toMatchObject({
      result: { sideEffects: [{ type: "points", awardedPoints: 600 }] },
      errors: [],
    });
    const mixed = await call("POST", "/v2/transactions/bulk", [
      bill("b-2"),
      bill("b-1"),
      bill("b-3", { identifierValue: "1" }),
      bill(""),
    ]);
    expect(mixed.status).toBe(201);
    expect(mixed.body).toMatchObject({ totalCount: 4, failureCount: 0 });
    expect(mixed.body.response.map((item: Body) => item.errors[0]?.code)).toEqual([undefined, 604, 8015, 8084]);
    const uneven = await call("POST", "/v2/transactions/bulk", [
      bill("b-4", { lineItemsV2: [{ qty: 2, rate: 1, value: 3 }] }),
    ]);
    expect(uneven.body.response[0].warnings).toHaveLength(1);
    expect((await call("POST", "/v2/transactions/bulk", Array(101).fill({}))).body.errors[0].code).toBe(1060);
  });

  it("give details with the line items", async () => {
    const single = await call(
      "POST",
      "/v2/transactions?source=INSTORE&identifierName=mobile&identifierValue=919010000022",
      { type: "REGULAR", billNumber: "s-1", billAmount: 10 },
    );
    const { body } = await call("GET", `/v2/transactions/${single.body.createdId}?type=REGULAR`);
    expect(body).toMatchObject({ billDetails: { billNumber: "s-1", amount: 10 }, lineItems: [] });
    expect((await call("GET", `/v2/transactions/${single.body.createdId}?type=RETURN`)).status).toBe(404);
  });
});

it("refuses a body it cannot read with its own statuses, and limits an endpoint whatever its id", async () => {
  const send = (type: string, body: string) =>
    fetch(`${emulator.url}/capillary/v2/transactions/bulk`, {
      method: "POST",
      headers: { "x-cap-api-oauth-token": token, "content-type": type },
      body,
    });
  for (const [type, body, status] of [
    ["text/plain", "[]", 415],
    ["application/json", "[", 400],
    ["application/json", "", 400],
  ] as const) {
    const answer = await send(type, body);
    expect([type, body, answer.status]).toEqual([type, body, status]);
    expect(await answer.json()).toMatchObject({ data: null, errors: [{ status: false, code: status }] });
  }
  const missing = await call("GET", "/v2/transactions/1");
  expect(missing.body.errors[0].code).toBe(404);
  emulator.world.settings.capillaryPerMinute = 2;
  const statuses = [];
  for (const id of [1, 2, 3]) statuses.push((await call("GET", `/v2/transactions/${id}?type=REGULAR`)).status);
  emulator.world.settings.capillaryPerMinute = null;
  expect(statuses).toEqual([404, 404, 429]);
});

it("registers customers in bulk, on both documented paths, item by item", async () => {
  const one = (value: string) => ({ profiles: [{ identifiers: [{ type: "mobile", value }] }] });
  for (const path of ["/v2/customers/bulk", "/v2/bulk/addCustomers"]) {
    expect((await call("POST", path, [one(`1${path}`)])).status).toBe(200);
    const { status, body } = await call("POST", path, [one(`2${path}`), {}, 7]);
    expect(status).toBe(201);
    expect(body.response.map((item: Body) => [typeof item.entityId, item.errors.length])).toEqual([
      ["number", 0],
      ["object", 1],
      ["object", 1],
    ]);
    expect((await call("POST", path, {})).status).toBe(400);
    expect((await call("POST", path, Array(101).fill({}))).body.errors[0].code).toBe(1060);
  }
});

describe("webhooks", () => {
  const answers: number[] = [];
  const received: { event: Body; auth: string | undefined }[] = [];
  const receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      received.push({ event: JSON.parse(text), auth: request.headers["x-auth"] as string | undefined });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterAll(() => new Promise<void>((resolve) => void receiver.close(() => resolve())));
  const control = (path: string, body: unknown) =>
    fetch(`${emulator.url}/__emulator/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const log = async (eventId: string) => (await call("GET", `/v3/webHooks/eventLog/${eventId}`)).body.data[0];
  const hook = (name: string, eventNames: string[]) => ({
    name,
    eventNames,
    webHookType: "HTTP",
    webHookUrl: url,
    webHookHeaders: { "x-auth": "static" },
    active: true,
  });

  it("get the events they ask for, again after 429 and never again after 400", async () => {
    const made = await call("POST", "/v3/webHooks", hook("adobe", ["pointsIssued", "tierUpgraded"]));
    expect(made.body.data).toMatchObject({
      webHookId: expect.any(String),
      consumerGroupId: expect.any(String),
      noOfRetryAttempts: expect.any(Number),
    });
    answers.push(429, 400, 200);
    await control("capillary/events", [
      { generate: 1, eventName: "pointsIssued" },
      { generate: 1, eventName: "tierUpgraded" },
      { generate: 1, eventName: "customerAdded" },
    ]);
    await emulator.settle();
    expect(received.map(({ event }) => event.eventName)).toEqual(["pointsIssued", "tierUpgraded"]);
    expect(received[0]?.auth).toBe("static");
    const [issued, upgraded] = received.map(({ event }) => event.eventId);
    expect(await log(issued)).toMatchObject({
      status: "pending",
      attempts: 1,
      consumerResponse: { webhookHttpStatus: 429 },
    });
    expect(await log(upgraded)).toMatchObject({ status: "failed", consumerResponse: { webhookHttpStatus: 400 } });
    emulator.world.clock.advance(2000);
    await emulator.settle();
    expect(await log(issued)).toMatchObject({ status: "delivered", attempts: 2 });
    expect(received).toHaveLength(3);
  });

  it("get what the API's own calls lead to, found again by the request's id", async () => {
    await call("POST", "/v3/webHooks", hook("activity", ["customerAdded", "transactionAdded"]));
    received.length = 0;
    const identifiers = [
      { type: "mobile", value: "4915551" },
      { type: "email", value: "ada@example.com" },
    ];
    const customer = { profiles: [{ firstName: "Ada", source: "INSTORE", identifiers }] };
    const silent = { "x-cap-api-oauth-token": token, "skip-downstream": "true" };
    await call("POST", "/v2/customers", { profiles: [{ identifiers: [{ type: "mobile", value: "5" }] }] }, silent);
    const { createdId } = (await call("POST", "/v2/customers", customer)).body;
    const bill = { identifierType: "mobile", identifierValue: "4915551", source: "INSTORE", type: "REGULAR" };
    const sold = await call("POST", "/v2/transactions/bulk", [{ ...bill, billNumber: "hooked", billAmount: 12 }]);
    await emulator.settle();
    // The webhook above has asked for the points.
    const [added, entered, ...more] = received
      .map(({ event }) => event)
      .filter((event) => event.eventName !== "pointsIssued");
    expect([added?.eventName, entered?.eventName, more]).toEqual(["customerAdded", "transactionAdded", []]);
    expect(added?.data).toMatchObject({
      firstName: "Ada",
      customerIdentifiers: { customerId: createdId, instore: { mobile: "4915551", email: "ada@example.com" } },
    });
    expect(entered?.data).toMatchObject({
      billNumber: "hooked",
      amount: 12,
      customerIdentifiers: { customerId: createdId },
    });
    const requestId = sold.headers.get("X-CAP-REQUEST-ID");
    const log = (await call("GET", `/v3/webHooks/eventLog/requestId/${requestId}`)).body.data;
    expect(log).toContainEqual(
      expect.objectContaining({ eventName: "transactionAdded", requestId, status: "delivered" }),
    );
    const fed = (await call("GET", "/v2/events?stream=transactions")).body.data.map(
      (item: Body) => item.event.eventName,
    );
    expect(fed.slice(-2)).toEqual(["transactionAdded", "pointsIssued"]);
  });

  it("are given up after seven days", async () => {
    const { body } = await call("POST", "/v3/webHooks", hook("deaf", ["tierRenewed"]));
    answers.push(503, 503);
    await control("capillary/events", { generate: 1, eventName: "tierRenewed" });
    await emulator.settle();
    const id = received.at(-1)?.event.eventId;
    emulator.world.clock.advance(8 * 86_400_000);
    token = (await generate()).body.data.accessToken;
    await emulator.settle();
    expect(await log(id)).toMatchObject({ status: "failed", attempts: 2 });
    const changed = await call("PUT", `/v3/webHooks/${body.data.webHookId}`, hook("deaf", ["tierDowngraded"]));
    expect(changed.body.data.eventNames).toEqual(["tierDowngraded"]);
  });

  it("are refused without a name of their own, for unknown events and without a URL", async () => {
    expect((await call("POST", "/v3/webHooks", hook("adobe", ["pointsIssued"]))).status).toBe(400);
    expect((await call("POST", "/v3/webHooks", hook("x", ["nothing"]))).status).toBe(400);
    expect(
      (await call("POST", "/v3/webHooks", { ...hook("x", ["pointsIssued"]), webHookUrl: "file:///etc" })).status,
    ).toBe(400);
    expect((await call("GET", "/v3/webHooks/none")).status).toBe(404);
  });

  it("say what an event looks like", async () => {
    expect((await call("GET", "/v3/webHooks/eventMetaData")).body.data).toHaveLength(14);
    const { body } = await call("GET", "/v3/webHooks/eventMetaData/transactionAdded");
    expect(body.data.schema).toMatchObject({
      type: "object",
      properties: { data: { properties: { amount: { type: "number" } } } },
    });
  });
});

describe("generated events", () => {
  const tenant = { tenant: "acme" };
  it("are the 14 kinds, the same for the same seed", () => {
    expect(EVENT_NAMES).toHaveLength(14);
    expect(makeEvent(new Ids(4), 0)).toEqual(makeEvent(new Ids(4), 0));
    expect(() => makeEvent(new Ids(1), 0, "unknown")).toThrow(RangeError);
  });

  it("fit the project's mapping of raw events and its schema", () => {
    const { schema } = loadSchema("xdm/capillary-loyalty-event.yaml", tenant);
    const mapping = compileMapping(loadMappingFile("mappings/capillary-events.yaml", tenant).rows, { schema });
    const check = compileXdmValidator(schema);
    const ids = new Ids(9);
    const own = emulator.world.capillary.events.filter(({ event }) => event["apiRequestId"]?.includes("-"));
    expect(new Set(own.map(({ event }) => event["eventName"]))).toContain("pointsIssued");
    for (const { event } of own) {
      const { data, errors } = mapping.apply(event);
      expect([event["eventName"], errors, check(data)]).toEqual([event["eventName"], [], []]);
    }
    for (const name of EVENT_NAMES)
      for (let round = 0; round < 5; round += 1) {
        const { data, errors } = mapping.apply(makeEvent(ids, Date.UTC(2026, 2, 2), name));
        expect([name, errors, check(data)]).toEqual([name, [], []]);
      }
  });
});
