/** The emulated Catalog over real HTTP: keyed answers, query parameters, three ways to change a dataset. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, type Answer, aepHttp, type Body } from "./support/aep-http.ts";

const CONTENT_TYPE = "application/vnd.adobe.xed+json;version=1";
let emulator: Emulator;
let http: AepHttp;
let schemaId: string;

beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
  schemaId = await schema("S", true);
});
afterAll(() => emulator.close());

async function schema(title: string, union: boolean): Promise<string> {
  const refs = ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/identitymap"];
  const body = {
    type: "object",
    title,
    description: "",
    allOf: refs.map(($ref) => ({ $ref })),
    ...(union ? { "meta:immutableTags": ["union"] } : {}),
  };
  const answer = await http.aep("POST", "schemaregistry/tenant/schemas", { body });
  expect(answer.status).toBe(201);
  return answer.body.$id;
}
const catalog = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
  http.aep(method, `catalog/${path}`, { body, headers });
const dataset = (name: string, more: Body = {}) => ({
  name,
  schemaRef: { id: schemaId, contentType: CONTENT_TYPE },
  ...more,
});
const make = async (name: string, more?: Body): Promise<string> => {
  const answer = await catalog("POST", "dataSets", dataset(name, more));
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body[0].split("/").pop();
};
const read = async (id: string): Promise<Body> => (await catalog("GET", `dataSets/${id}`)).body[id];

describe("a dataset", () => {
  it("is created as a list of one reference and read as a map keyed by its id", async () => {
    const answer = await catalog("POST", "dataSets", dataset("Capillary profiles", { enableErrorDiagnostics: true }));
    expect(answer.body).toEqual([expect.stringMatching(/^@\/dataSets\/[0-9a-f]{24}$/)]);
    const id = answer.body[0].split("/").pop();
    expect(answer.headers.get("location")).toContain(id);
    const got = await catalog("GET", `dataSets/${id}`);
    expect(Object.keys(got.body)).toEqual([id]);
    expect(got.headers.get("e-tag")).toBe("1.0.0");
    expect(got.body[id]).toMatchObject({
      name: "Capillary profiles",
      version: "1.0.0",
      imsOrg: "EMULATOR@AdobeOrg",
      enableErrorDiagnostics: true,
      state: "DRAFT",
      files: `@/dataSetFiles?dataSetId=${id}`,
      schemaRef: { id: schemaId, contentType: CONTENT_TYPE },
      fileDescription: { persisted: true, containerFormat: "parquet", format: "parquet" },
      tags: { "adobe/pqs/table": ["capillary_profiles"] },
    });
    expect(got.body[id].created).toBeGreaterThan(1e12);
    const some = await catalog("GET", `dataSets/${id}?properties=name,version`);
    expect(some.body[id]).toEqual({ name: "Capillary profiles", version: "1.0.0" });
  });

  it("changes by merge, JSON Patch, deep merge and PUT, each with a new version", async () => {
    const id = await make("d", { description: "one", tags: { a: ["1"], b: ["2"] } });
    const merged = await catalog("PATCH", `dataSets/${id}`, { name: "d2", tags: { a: ["3"] } });
    expect([merged.status, merged.body]).toEqual([200, [`@/dataSets/${id}`]]);
    expect(await read(id)).toMatchObject({ name: "d2", description: "one", version: "1.0.1", tags: { a: ["3"] } });
    expect((await read(id)).tags.b).toBeUndefined();
    const patch = [
      { op: "add", path: "/tags/unifiedProfile", value: ["enabled:true"] },
      { op: "add", path: "/tags/unifiedIdentity", value: ["enabled:true"] },
      { op: "remove", path: "/tags/a" },
    ];
    const patched = await catalog("PATCH", `dataSets/${id}`, patch, { "content-type": "application/json-patch+json" });
    expect(patched.status).toBe(200);
    expect((await read(id)).tags).toMatchObject({
      unifiedProfile: ["enabled:true"],
      unifiedIdentity: ["enabled:true"],
    });
    const deep = { extensions: { adobe_lakeHouse: { rowExpiration: { ttlValue: "P3Y" } } }, tags: { c: ["4"] } };
    expect((await catalog("PATCH", `v2/dataSets/${id}`, deep)).status).toBe(200);
    expect(await read(id)).toMatchObject({ ...deep, tags: { unifiedProfile: ["enabled:true"], c: ["4"] } });
    expect((await catalog("PATCH", `v2/dataSets/${id}`, { name: "x" })).status).toBe(400);
    expect((await catalog("PUT", `dataSets/${id}`, dataset("d3"))).status).toBe(200);
    const last = await read(id);
    expect(last).toMatchObject({ name: "d3", version: "1.0.4" });
    expect([last.description, last.extensions, last.tags.c]).toEqual([undefined, undefined, undefined]);
  });

  it("is deleted with 200, again with an empty list, then not found", async () => {
    const id = await make("d");
    expect((await catalog("DELETE", `dataSets/${id}`)).body).toEqual([`@/dataSets/${id}`]);
    const again = await catalog("DELETE", `dataSets/${id}`);
    expect([again.status, again.body]).toEqual([200, []]);
    const gone = await catalog("GET", `dataSets/${id}`);
    expect([gone.status, gone.body.status, gone.body.title]).toEqual([404, 404, "Resource not found"]);
  });

  it("keeps to If-Match and If-None-Match, and a dry run changes nothing", async () => {
    const id = await make("d");
    const stale = await catalog("PATCH", `dataSets/${id}`, { name: "x" }, { "if-match": "0.0.9" });
    expect(stale.status).toBe(412);
    expect((await catalog("PATCH", `dataSets/${id}`, { name: "x" }, { "if-none-match": "1.0.0" })).status).toBe(412);
    expect((await catalog("PATCH", `dataSets/${id}`, { name: "x" }, { "if-match": '"1.0.0"' })).status).toBe(200);
    const dry = { pragma: "validate-only" };
    expect((await catalog("POST", "dataSets", dataset("dry"), dry)).body).toEqual([]);
    expect((await catalog("PUT", `dataSets/${id}`, dataset("dry"), dry)).status).toBe(200);
    expect((await catalog("POST", "dataSets", { name: "dry" }, dry)).status).toBe(400);
    expect(Object.keys((await catalog("GET", "dataSets")).body)).toEqual([id]);
    expect((await read(id)).name).toBe("x");
  });

  it.each([
    ["no name", { name: "" }, "name"],
    ["no schema", { schemaRef: undefined }, "schemaRef"],
    [
      "an unknown schema",
      { schemaRef: { id: "https://ns.adobe.com/acme/schemas/0", contentType: CONTENT_TYPE } },
      "exist",
    ],
    ["a wrong media type", { schemaRef: { id: "x", contentType: "application/json" } }, "contentType"],
    ["a bare tag", { tags: { a: "b" } }, "tags"],
  ])("with %s is refused", async (_name, more, text) => {
    const answer = await catalog("POST", "dataSets", dataset("d", more));
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(text)]);
  });

  it("cannot change its schema, nor join Profile before its schema did", async () => {
    const other = await schema("Other", false);
    const id = await make("d");
    const moved = { schemaRef: { id: other, contentType: CONTENT_TYPE } };
    expect((await catalog("PATCH", `dataSets/${id}`, moved)).status).toBe(400);
    const early = dataset("p", { ...moved, tags: { unifiedProfile: ["enabled: true"] } });
    expect((await catalog("POST", "dataSets", early)).body.detail).toContain("union tag");
    expect(await make("p", { tags: { unifiedProfile: ["enabled: true"] } })).toMatch(/^[0-9a-f]{24}$/);
  });
});

describe("lists", () => {
  const names = async (query: string): Promise<string[]> => {
    const { status, body } = await catalog("GET", `dataSets${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return (Object.values(body) as Body[]).map((item) => item.name);
  };

  it("hold 20 unless told otherwise, at most 100, in pages by offset", async () => {
    expect(await names("")).toEqual([]);
    for (let index = 0; index < 25; index += 1) await make(`d${String(index).padStart(2, "0")}`);
    expect(await names("")).toHaveLength(20);
    expect(await names("?limit=100")).toHaveLength(25);
    expect(await names("?limit=10&start=20")).toHaveLength(5);
    for (const limit of ["0", "101", "x"])
      expect((await catalog("GET", `dataSets?limit=${limit}`)).status, limit).toBe(400);
    await http.control("POST", "settings", { maxPageSize: 3 });
    expect(await names("?limit=100")).toHaveLength(3);
  });

  it("filter by name, wildcard, negation, property, schema and tags, and sort", async () => {
    await make("alpha", { tags: { owner: ["iac"] } });
    await make("beta", { tags: { owner: ["hand"] } });
    await make("alpine");
    expect(await names("?name=alpha")).toEqual(["alpha"]);
    expect(await names("?name=alpha,beta&orderBy=desc:name")).toEqual(["beta", "alpha"]);
    expect(await names("?name=al*&orderBy=asc:name")).toEqual(["alpha", "alpine"]);
    expect(await names("?name=!alpha&orderBy=asc:name")).toEqual(["alpine", "beta"]);
    expect(await names("?property=name==beta")).toEqual(["beta"]);
    expect(await names(`?property=${encodeURIComponent("name~^al")}&orderBy=desc:name`)).toEqual(["alpine", "alpha"]);
    expect(await names(`?property=schemaRef.id==${encodeURIComponent(schemaId)}`)).toHaveLength(3);
    expect(await names("?tags=owner:iac")).toEqual(["alpha"]);
    expect(await names("?tags=owner:*&orderBy=asc:name")).toEqual(["alpha", "beta"]);
    expect((await catalog("GET", "dataSets?orderBy=up:name")).status).toBe(400);
  });
});

describe("batches", () => {
  it("are read by dataset, by id and as the last of each dataset", async () => {
    const id = await make("d");
    const { batches } = emulator.world.sandboxes.get("dev")!.catalog;
    const batch = (status: string, created: number) => ({
      status,
      created,
      updated: created,
      relatedObjects: [{ type: "dataSet", id }],
    });
    batches.set("b1", batch("success", 1)).set("b2", batch("failed", 2));
    expect(Object.keys((await catalog("GET", `batches?dataSet=${id}&orderBy=desc:created`)).body)).toEqual([
      "b2",
      "b1",
    ]);
    expect(Object.keys((await catalog("GET", "batches?status=success&createdAfter=0")).body)).toEqual(["b1"]);
    expect((await catalog("GET", "batches/b2")).body.b2.status).toBe("failed");
    expect((await catalog("GET", "batches/none")).status).toBe(404);
    expect((await catalog("GET", `lastBatches?dataSetId=${id}`)).body[id]).toMatchObject({
      lastBatchId: "b2",
      lastSuccessfulBatchId: "b1",
      lastFailedBatchId: "b2",
    });
    await catalog("DELETE", `dataSets/${id}`);
    expect((await catalog("GET", "batches")).body).toEqual({});
  });
});
