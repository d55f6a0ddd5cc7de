/** Whatever is sent to whichever route: the emulator answers something documented, or 501, and never fails itself. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, OPERATIONS, type Operation, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import {
  CAPILLARY,
  flowBody,
  makeEnds,
  post,
  REST_TO_AEP,
  readFlow,
  sample,
  targetBody,
} from "./support/flow-chain.ts";

/** Requests an operation; more on demand. */
const RUNS = Number(process.env["AEP_FUZZ_RUNS"] ?? 12);

let emulator: Emulator;
let headers: Record<string, string>;
let ids: string[];
/** Good bodies: what fuzzing starts from, so that it gets past the first check. */
let seeds: Body[];
beforeAll(async () => {
  emulator = await startEmulator({ seed: 13 });
  const http: AepHttp = aepHttp(emulator);
  const stream = await makeEnds(http);
  const polled = await makeEnds(http, { kind: "transaction", spec: CAPILLARY });
  const flow = (await post(http, "flowservice/flows", flowBody(stream))).id;
  const inletId = (await readFlow(http, flow)).options.inletUrl.split("/").pop();
  const scheduleParams = {
    startTime: Math.floor(emulator.world.clock.now() / 1000) + 60,
    frequency: "minute",
    interval: 15,
  };
  const mappingSet = (await http.aep("GET", `conversion/mappingSets/${stream.mapping}`)).body;
  ids = [
    ...Object.values(stream),
    ...Object.values(polled),
    flow,
    inletId,
    "dev",
    "tenant",
    "global",
    "constructor",
    "__proto__",
    "%00",
    "..",
    "x",
  ];
  seeds = [
    flowBody(polled, { flowSpec: REST_TO_AEP, scheduleParams }),
    targetBody(stream.dataset, stream.schema),
    {
      name: "b",
      connectionSpec: CAPILLARY,
      auth: { specName: "OAuth generic-rest-connector", params: { clientId: "a", clientSecret: "b" } },
    },
    [
      { op: "replace", path: "/name", value: "n" },
      { op: "add", path: "/scheduleParams/interval", value: 20 },
    ],
    mappingSet,
    { data: [sample("guide-profile")], mappingSet },
    sample("transaction-added"),
    { messages: [sample("guide-profile"), sample("invalid-profile")] },
    { header: { schemaRef: { id: stream.schema }, flowId: flow }, body: { xdmEntity: {} } },
    { expression: "concat(a, b)" },
    { flowId: flow, params: { startTime: 1, windowStartTime: 0, windowEndTime: 2 } },
    { profiles: [{ source: "INSTORE", identifiers: [{ type: "mobile", value: "1" }] }] },
    [
      {
        identifierType: "mobile",
        identifierValue: "1",
        source: "INSTORE",
        type: "REGULAR",
        billNumber: "1",
        billAmount: "1",
      },
    ],
    { name: "w", eventNames: ["pointsIssued"], webHookUrl: "http://127.0.0.1:1/x" },
    { queryString: "property=name==x", limit: 10, orderby: "name" },
    { key: "a", secret: "b" },
  ];
  const capillary: Body = await (
    await fetch(`${emulator.url}/capillary/v3/oauth/token/generate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"key":"a","secret":"b"}',
    })
  ).json();
  headers = {
    authorization: `Bearer ${await http.token()}`,
    "x-api-key": "emulator",
    "x-gw-ims-org-id": "EMULATOR@AdobeOrg",
    "x-sandbox-name": "dev",
    "x-cap-api-oauth-token": capillary.data.accessToken,
    "content-type": "application/json",
    accept: "application/vnd.adobe.xed+json; version=1",
  };
});
afterAll(() => emulator.close());

const scalar = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 1e300, "", "x", "__proto__", "\u0000", "${x", "a[*].b[0]", "*".repeat(300)),
  fc.integer(),
  fc.string(),
);
const junk = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom("id", "name", "params", "data", "op", "path", "value", "mappings", "__proto__"),
    scalar,
    { maxKeys: 4 },
  ),
);

/** A copy with the value at a random place replaced or taken away. */
function mutated(value: unknown, choices: number[], replacement: unknown): unknown {
  const [choice = 0, ...rest] = choices;
  if (typeof value !== "object" || value === null || choices.length === 0) return replacement;
  const keys = Object.keys(value);
  if (keys.length === 0) return replacement;
  const key = keys[choice % keys.length] as string;
  const copy: Body = structuredClone(value);
  if (rest.length === 0 && replacement === undefined) delete copy[key];
  else copy[key] = mutated(copy[key], rest, replacement);
  return copy;
}

const query = fc.oneof(
  fc.constant(""),
  fc
    .dictionary(
      fc.constantFrom(
        "limit",
        "start",
        "property",
        "orderby",
        "orderBy",
        "count",
        "continuationToken",
        "version",
        "mode",
        "op",
        "objectType",
        "object",
        "syncValidation",
        "x-adobe-flow-id",
        "since",
      ),
      fc.oneof(fc.string(), fc.constantFrom("1", "true", "draft", "name==x", "name", "enable", "root", "file")),
      { maxKeys: 3 },
    )
    .map((entries) => `?${new URLSearchParams(entries)}`),
);

describe("fuzzed requests", () => {
  // Waiting for servers that do not exist is not what is tested here.
  const operations = OPERATIONS.filter((operation) => operation.support !== "refused");
  it.each(operations.map((operation): [string, Operation] => [`${operation.method} ${operation.path}`, operation]))(
    "%s",
    async (_name, operation) => {
      const request = fc.record({
        seed: fc.nat(),
        choices: fc.array(fc.nat(20), { maxLength: 4 }),
        replacement: fc.option(junk, { nil: undefined }),
        path: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
        query,
        raw: fc.option(fc.constantFrom("", "{", "null", "[]", '"x"', "\u0000"), { nil: undefined, freq: 4 }),
      });
      const send = async ({ seed, choices, replacement, path, query: search, raw }: Body) => {
        let index = 0;
        const filled = operation.path.replace(/:[a-zA-Z]+/g, () =>
          encodeURIComponent(ids[path[index++] % ids.length] as string),
        );
        const body = raw ?? JSON.stringify(mutated(seeds[seed % seeds.length], choices, replacement)) ?? "";
        const bodiless = operation.method === "GET" || operation.method === "DELETE";
        const answer = await fetch(`${emulator.url}${filled}${search}`, {
          method: operation.method,
          headers,
          redirect: "manual",
          ...(bodiless ? {} : { body }),
        });
        const text = await answer.text();
        if (answer.status >= 500 && answer.status !== 501)
          throw new Error(`${answer.status} ${operation.method} ${filled}${search} ${body}\n${text}`);
      };
      await fc.assert(fc.asyncProperty(request, send), { numRuns: RUNS });
    },
  );

  it("leave the data plane able to settle", async () => {
    await emulator.settle();
    expect(emulator.world.calls.length).toBeGreaterThan(0);
  });
});
