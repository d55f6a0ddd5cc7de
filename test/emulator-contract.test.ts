/** The emulator's answers and this project's way of asking, held against Adobe's OpenAPI files where these are at hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp } from "./support/aep-http.ts";
import { CAPILLARY, flowBody, makeEnds, post, REST_TO_AEP, readFlow, sample } from "./support/flow-chain.ts";
import { deviations, specsFound } from "./support/openapi.ts";

const DATES = "samples and docs have epoch milliseconds";
const READ_FORM = "reads answer text/x.schema-path and text/x.aep-xl, as in the specification's own sample";
const RAW = "a raw message is any JSON; the specification has only XDM messages";
const DOCS_ARRAY = "an array in Adobe's docs";

/** Every deviation from the files, with the document that is followed instead. */
const KNOWN: Record<string, string> = {
  "GET /flows: answer/items/n/scheduleParams/startTime must be integer":
    "the docs' samples read numbers back as strings",
  "GET /flows/{FLOW_ID}: answer/items/n/scheduleParams/startTime must be integer":
    "the docs' samples read numbers back as strings",
  "GET /flowSpecs: answer/items/n/transformationSpecs must be object": DOCS_ARRAY,
  "GET /flowSpecs/{FLOW_SPEC_ID}: answer/items/n/transformationSpecs must be object": DOCS_ARRAY,
  'POST /collection/{CONNECTION_ID}: answer/receivedTimeMs must match format "int32"':
    "epoch milliseconds do not fit 32 bits, as in the specification's own sample",
  "POST /mappingSets: answer/createdDate must be string": DATES,
  "POST /mappingSets: answer/modifiedDate must be string": DATES,
  "GET /mappingSets: answer/data/n/createdDate must be string": DATES,
  "GET /mappingSets: answer/data/n/mappings/n/createdDate must be string": DATES,
  "GET /mappingSets: answer/data/n/mappings/n/modifiedDate must be string": DATES,
  "GET /mappingSets: answer/data/n/mappings/n/sourceType must be equal to one of the allowed values": READ_FORM,
  "GET /mappingSets/{MAPPING_SET_ID}: answer/createdDate must be string": DATES,
  "GET /mappingSets/{MAPPING_SET_ID}: answer/mappings/n/createdDate must be string": DATES,
  "GET /mappingSets/{MAPPING_SET_ID}: answer/mappings/n/modifiedDate must be string": DATES,
  "GET /mappingSets/{MAPPING_SET_ID}: answer/mappings/n/sourceType must be equal to one of the allowed values":
    READ_FORM,
  "GET /mappingSets/{MAPPING_SET_ID}/mappings: answer must be object": DOCS_ARRAY,
  "GET /mappingSets/{MAPPING_SET_ID}/mappings/{MAPPING_ID}: answer/createdDate must be string": DATES,
  "GET /mappingSets/{MAPPING_SET_ID}/mappings/{MAPPING_ID}: answer/modifiedDate must be string": DATES,
  "GET /mappingSets/{MAPPING_SET_ID}/mappings/{MAPPING_ID}: answer/sourceType must be equal to one of the allowed values":
    READ_FORM,
  "PUT /mappingSets/{MAPPING_SET_ID}: answer/createdDate must be string": DATES,
  "PUT /mappingSets/{MAPPING_SET_ID}: answer/mappings/n/createdDate must be string": DATES,
  "PUT /mappingSets/{MAPPING_SET_ID}: answer/mappings/n/modifiedDate must be string": DATES,
  "PUT /mappingSets/{MAPPING_SET_ID}: answer/mappings/n/sourceType must be equal to one of the allowed values":
    READ_FORM,
  "POST /mappingSets/validate: answer/validationResponse/n/errors must be array": "null in the docs' sample",
  "POST /mappingSets/preview: answer must be object": DOCS_ARRAY,
  "POST /languages/el/validate: answer must be boolean": "an object in Adobe's docs",
  "GET /mappingSets: answer/data/n/modifiedDate must be string": DATES,
  "GET /mappingSets/{MAPPING_SET_ID}: answer/modifiedDate must be string": DATES,
  "PUT /mappingSets/{MAPPING_SET_ID}: answer/modifiedDate must be string": DATES,
  "PATCH /flows/{FLOW_ID}: request/n/op must be equal to one of the allowed values": "lower case in Adobe's docs",
  "PATCH /flows/{FLOW_ID}: request/n/value must be object": "names are replaced by strings in Adobe's docs",
  "POST /flows: request/scheduleParams/interval must be string": "a number in Adobe's docs; both are taken",
  "POST /flows: request/transformations/n/params/mappingVersion must be string":
    "a number in Adobe's docs; both are taken",
  "POST /sourceConnections: request must have required property 'data'":
    "Adobe's guides for streaming sources send none",
  "POST /collection/{CONNECTION_ID}: request must have required property 'body'": RAW,
  "POST /collection/{CONNECTION_ID}: request must have required property 'header'": RAW,
  "POST /collection/batch/{CONNECTION_ID}: request/messages/n must be object":
    "the test sends one message that is none",
  "POST /collection/batch/{CONNECTION_ID}: request/messages/n must have required property 'body'": RAW,
  "POST /collection/batch/{CONNECTION_ID}: request/messages/n must have required property 'header'": RAW,
};

if (!specsFound)
  process.stdout.write("emulator-contract.test.ts skipped: Adobe's OpenAPI files are not in ../shared/specs\n");

describe.runIf(specsFound)("against Adobe's OpenAPI files", () => {
  let emulator: Emulator;
  let http: AepHttp;
  beforeAll(async () => {
    emulator = await startEmulator({ seed: 21 });
    http = aepHttp(emulator);
    await exercise();
  });
  afterAll(() => emulator.close());

  it("every deviation of an answer or a request is a known one, and every known one is there", () => {
    const found = [...deviations(emulator.world.calls)].sort();
    expect(found).toEqual(Object.keys(KNOWN).sort());
  });

  async function exercise(): Promise<void> {
    const streaming = await makeEnds(http);
    const { id } = await post(http, "flowservice/flows", flowBody(streaming));
    const polled = await makeEnds(http, { kind: "transaction", spec: CAPILLARY });
    const scheduleParams = {
      startTime: Math.floor(emulator.world.clock.now() / 1000) + 60,
      frequency: "minute",
      interval: 15,
    };
    await post(http, "flowservice/flows", flowBody(polled, { flowSpec: REST_TO_AEP, scheduleParams }));
    const { options, etag } = await readFlow(http, id);
    const send = (url: string, body: unknown) =>
      fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    await send(options.inletUrl, sample("guide-profile"));
    await send(`${options.inletUrl}?syncValidation=true`, sample("invalid-profile"));
    await send(options.inletUrl.replace("/collection/", "/collection/batch/"), {
      messages: [sample("guide-profile"), 1],
    });
    emulator.world.clock.advance(120_000);
    await emulator.settle();
    for (const kind of [
      "connections",
      "sourceConnections",
      "targetConnections",
      "flows",
      "runs",
      "connectionSpecs",
      "flowSpecs",
    ]) {
      const { body } = await http.aep("GET", `flowservice/${kind}`);
      for (const item of body.items) await http.aep("GET", `flowservice/${kind}/${item.id}`);
    }
    await http.aep("GET", `flowservice/connections/${polled.base}/test`);
    await http.aep("PATCH", `flowservice/flows/${id}`, {
      headers: { "if-match": etag },
      body: [{ op: "replace", path: "/name", value: "x" }],
    });
    await http.aep("POST", `flowservice/flows/${id}/action?op=disable`);
    await http.aep("POST", "flowservice/flows/search", { body: { queryString: `property=id==${id}` } });
    await mappingSets(streaming.mapping);
    await http.aep("DELETE", `flowservice/flows/${id}`);
    await http.aep("DELETE", `flowservice/sourceConnections/${streaming.source}`);
  }

  async function mappingSets(id: string): Promise<void> {
    const { body } = await http.aep("GET", `conversion/mappingSets/${id}`);
    await http.aep("GET", "conversion/mappingSets?limit=5&start=0");
    await http.aep("GET", `conversion/mappingSets/${id}/mappings`);
    await http.aep("GET", `conversion/mappingSets/${id}/mappings/${body.mappings[0].id}`);
    const mappings = [{ sourceType: "ATTRIBUTE", source: "a", destination: "loyalty.tier" }];
    const set = { outputSchema: body.outputSchema, mappings };
    await http.aep("PUT", `conversion/mappingSets/${id}`, { body: set });
    await http.aep("POST", "conversion/mappingSets/validate", { body: set });
    await http.aep("POST", "conversion/mappingSets/preview", {
      body: { data: [sample("guide-profile")], mappingSet: set },
    });
    await http.aep("POST", "conversion/languages/el/validate", { body: { expression: "a" } });
    await http.aep("GET", "conversion/languages/el/functions");
    await http.aep("GET", "conversion/languages/el/operators");
  }
});
