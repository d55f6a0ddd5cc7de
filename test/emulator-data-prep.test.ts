/** Mapping sets and the expression endpoints over real HTTP. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import { makeMapping, makeSchema, post, sample } from "./support/flow-chain.ts";

const SETS = "conversion/mappingSets";
let emulator: Emulator;
let http: AepHttp;
let schema: string;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 8 });
  http = aepHttp(emulator);
  schema = await makeSchema(http, "capillary-loyalty-profile");
});
afterAll(() => emulator.close());

const set = (mappings: unknown[], rest: object = {}) => ({
  name: "set",
  outputSchema: { schemaRef: { id: schema, contentType: "application/vnd.adobe.xed-full+json;version=1" } },
  mappings,
  ...rest,
});
const tier = { sourceType: "ATTRIBUTE", source: "loyalty.tier", destination: "loyalty.tier" };

describe("mapping sets", () => {
  it("are created with 200 and version 0, and read in both generations of names", async () => {
    const created = await http.aep("POST", SETS, {
      body: set([tier, { sourceType: "EXPRESSION", source: "upper(x)", destination: "loyalty.program", name: "p" }]),
    });
    expect(created).toMatchObject({ status: 200, body: { id: expect.stringMatching(/^[0-9a-f]{32}$/), version: 0 } });
    const { body } = await http.aep("GET", `${SETS}/${created.body.id}?version=0`);
    expect(body).toMatchObject({
      id: created.body.id,
      name: "set",
      version: 0,
      status: "PUBLISHED",
      xdmSchema: schema,
      outputSchema: { schemaRef: { id: schema } },
    });
    expect(body.mappings).toMatchObject([
      {
        sourceType: "text/x.schema-path",
        source: "loyalty.tier",
        destination: "loyalty.tier",
        sourceAttribute: "loyalty.tier",
        destinationXdmPath: "loyalty.tier",
      },
      { sourceType: "text/x.aep-xl", name: "p" },
    ]);
    const mappings = await http.aep("GET", `${SETS}/${created.body.id}/mappings`);
    expect(mappings.body).toEqual(body.mappings);
    const one = await http.aep("GET", `${SETS}/${created.body.id}/mappings/${body.mappings[1].id}`);
    expect(one.body).toEqual(body.mappings[1]);
  });

  it("take the older generation and the read forms", async () => {
    const old = {
      version: 0,
      xdmSchema: schema,
      xdmVersion: "1.0",
      mappings: [{ destinationXdmPath: "loyalty.tier", sourceAttribute: "t", identity: false }],
    };
    const { id } = await post(http, SETS, old);
    expect((await http.aep("GET", `${SETS}/${id}`)).body.mappings[0]).toMatchObject({
      sourceType: "text/x.schema-path",
      source: "t",
    });
    const echoed = (await http.aep("GET", `${SETS}/${id}`)).body;
    expect((await http.aep("PUT", `${SETS}/${id}`, { body: echoed })).body).toMatchObject({
      version: 1,
      mappings: [{ source: "t" }],
    });
  });

  it("keep every version", async () => {
    const { id } = await post(http, SETS, set([tier]));
    await http.aep("PUT", `${SETS}/${id}`, { body: set([{ ...tier, source: "other" }]) });
    const source = async (query: string) => (await http.aep("GET", `${SETS}/${id}${query}`)).body.mappings[0].source;
    expect([await source("?version=0"), await source("?version=1"), await source("")]).toEqual([
      "loyalty.tier",
      "other",
      "other",
    ]);
    expect((await http.aep("GET", `${SETS}/${id}?version=2`)).status).toBe(404);
  });

  it("are listed with limit and start only", async () => {
    expect((await http.aep("GET", SETS)).status).toBe(400);
    expect((await http.aep("GET", `${SETS}?limit=5`)).status).toBe(400);
    const { body } = await http.aep("GET", `${SETS}?limit=2&start=0&orderBy=-createdDate`);
    expect(body.data).toHaveLength(2);
    expect(body._page).toEqual({ count: 2, limit: 2 });
    expect(body._links.next.href).toContain("start=2");
    expect((await http.aep("GET", `${SETS}?limit=2&start=0&orderBy=-lastUpdateDate`)).status).toBe(200);
    const withStatus = async (status: string) =>
      (await http.aep("GET", `${SETS}?limit=2&start=0&property=status==${status}`)).body.data.length;
    expect([await withStatus("PUBLISHED"), await withStatus("DRAFT")]).toEqual([2, 0]);
  });

  it.each<[string, () => Body]>([
    ["no schema", () => ({ mappings: [] })],
    [
      "an unknown schema",
      () => set([], { outputSchema: { schemaRef: { id: "https://ns.adobe.com/acme/schemas/0" } } }),
    ],
    ["an unknown sourceType", () => set([{ ...tier, sourceType: "MAGIC" }])],
    ["a row without destination", () => set([{ sourceType: "ATTRIBUTE", source: "a" }])],
    ["rows that are no list", () => set({} as never)],
  ])("are refused with %s", async (_what, body) => {
    expect((await http.aep("POST", SETS, { body: body() })).status).toBe(400);
  });

  it("are deleted, or not, by the setting", async () => {
    const { id } = await post(http, SETS, set([tier]));
    await http.control("POST", "settings", { mappingSetDelete: "405" });
    expect((await http.aep("DELETE", `${SETS}/${id}`)).status).toBe(405);
    await http.control("POST", "settings", { mappingSetDelete: "204" });
    expect((await http.aep("DELETE", `${SETS}/${id}`)).status).toBe(204);
    expect((await http.aep("DELETE", `${SETS}/${id}`)).status).toBe(404);
  });
});

describe("validate and preview", () => {
  const bad = { sourceType: "EXPRESSION", source: "nosuch(x)", destination: "loyalty.program" };
  const nowhere = { sourceType: "ATTRIBUTE", source: "a", destination: "xdm:loyalty.tier" };
  it("judge row by row, in order, with status 200", async () => {
    const { status, body } = await http.aep("POST", `${SETS}/validate`, { body: set([tier, bad, nowhere]) });
    expect(status).toBe(200);
    expect(body.validationResponse).toMatchObject([
      { status: "SUCCESS", errors: null },
      {
        status: "FAILED",
        errors: [{ source: "nosuch(x)", destination: "loyalty.program", exception: expect.stringContaining("nosuch") }],
      },
      { status: "FAILED", errors: [{ destination: "xdm:loyalty.tier" }] },
    ]);
    expect((await http.aep("POST", `${SETS}?validate=true`, { body: set([bad]) })).status).toBe(400);
  });

  it("show what becomes of sample events", async () => {
    const id = await makeMapping(http, "capillary-profile", schema);
    const mappingSet = (await http.aep("GET", `${SETS}/${id}`)).body;
    const { body } = await http.aep("POST", `${SETS}/preview`, {
      body: { data: [sample("guide-profile")], mappingSet },
    });
    expect(body).toEqual([{ data: sample("guide-profile.xdm"), errors: null }]);
    const broken = await http.aep("POST", `${SETS}/preview`, { body: { data: [{}], mappingSet: set([bad]) } });
    expect(broken.body[0].errors).toMatchObject([{ destination: "loyalty.program" }]);
  });
});

describe("expressions", () => {
  it("are validated", async () => {
    const validate = async (expression: unknown) =>
      http.aep("POST", "conversion/languages/el/validate", { body: { expression } });
    expect((await validate("concat(a,b)")).body).toEqual({ validationStatus: "succeeded", error: "none" });
    expect((await validate("concat(a,")).body).toMatchObject({ validationStatus: "failed" });
    expect((await validate("")).status).toBe(400);
  });

  it("have functions and operators", async () => {
    const functions: Body[] = (await http.aep("GET", "conversion/languages/el/functions")).body;
    expect(functions.find((item) => item.function === "lower")).toMatchObject({
      category: "String",
      params: [{ position: 1 }],
      since: 1,
    });
    const operators: Body[] = (await http.aep("GET", "conversion/languages/el/operators")).body;
    expect(operators[0]).toMatchObject({ operatorSymbol: "+", methodName: "add", numberOfOperands: 2 });
  });
});
