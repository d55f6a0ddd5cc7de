/** The emulated Schema Registry over real HTTP: conventions, rules and refusals. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, type Answer, aepHttp, type Body } from "./support/aep-http.ts";

const PROFILE = "https://ns.adobe.com/xdm/context/profile";
const EVENT = "https://ns.adobe.com/xdm/context/experienceevent";
const IDENTITY_MAP = "https://ns.adobe.com/xdm/context/identitymap";
const XED = "application/vnd.adobe.xed+json";
const LOOKUP = `${XED}; version=1`;

let emulator: Emulator;
let http: AepHttp;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
});
afterAll(() => emulator.close());

const registry = (method: string, path: string, body?: unknown, accept?: string): Promise<Answer> =>
  http.aep(method, `schemaregistry/${path}`, { body, headers: { accept: accept ?? "*/*" } });
const fields = (properties: Body, tenant = "_acme") => ({
  customFields: { type: "object", properties: { [tenant]: { type: "object", properties } } },
});
const fieldGroup = (title: string, properties: Body = { tier: { type: "string" } }) => ({
  type: "object",
  title,
  description: "d",
  "meta:intendedToExtend": [PROFILE],
  definitions: fields(properties),
  allOf: [{ $ref: "#/definitions/customFields" }],
});
const schema = (title: string, ...refs: string[]) => ({
  type: "object",
  title,
  description: "d",
  allOf: [PROFILE, ...refs].map(($ref) => ({ $ref })),
});
const identity = (source: string, property: string, more: Body = {}) => ({
  "@type": "xdm:descriptorIdentity",
  "xdm:sourceSchema": source,
  "xdm:sourceVersion": 1,
  "xdm:sourceProperty": property,
  "xdm:namespace": "Email",
  "xdm:property": "xdm:code",
  "xdm:isPrimary": true,
  ...more,
});
const made = async (path: string, body: unknown): Promise<Body> => {
  const answer = await registry("POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const code = (answer: Answer) => [answer.status, /XDM-\d+-\d+/.exec(answer.body.type)?.[0]];

describe("resources", () => {
  it("a field group is a mixin by id, and every field says its XDM type", async () => {
    const group = await made(
      "tenant/fieldgroups",
      fieldGroup("Loyalty", { tier: { type: "string" }, at: { type: "string", format: "date-time" } }),
    );
    expect(group.$id).toMatch(/^https:\/\/ns\.adobe\.com\/acme\/mixins\/[0-9a-f]{48}$/);
    expect(group).toMatchObject({
      "meta:resourceType": "mixins",
      version: "1.0",
      "meta:extensible": true,
      "meta:abstract": true,
      "meta:containerId": "tenant",
      "meta:tenantNamespace": "_acme",
      allOf: [{ $ref: "#/definitions/customFields", type: "object", "meta:xdmType": "object" }],
    });
    const tenant = group.definitions.customFields.properties._acme.properties;
    expect([tenant.tier["meta:xdmType"], tenant.at["meta:xdmType"]]).toEqual(["string", "date-time"]);
    const alias = await registry("GET", `tenant/mixins/${group["meta:altId"]}`, undefined, LOOKUP);
    expect(alias.body).toEqual(group);
  });

  it("a schema derives class, extends and refs, and is found by both ids", async () => {
    const group = await made("tenant/fieldgroups", fieldGroup("Loyalty"));
    const made1 = await made("tenant/schemas", schema("Customers", group.$id, IDENTITY_MAP));
    expect(made1).toMatchObject({ "meta:class": PROFILE, version: "1.0", "meta:abstract": false });
    expect(made1["meta:extends"]).toEqual(expect.arrayContaining([PROFILE, group.$id, IDENTITY_MAP]));
    expect(made1.refs).toEqual([PROFILE, group.$id, IDENTITY_MAP]);
    for (const id of [made1["meta:altId"], encodeURIComponent(made1.$id)])
      expect((await registry("GET", `tenant/schemas/${id}`, undefined, LOOKUP)).body.$id).toBe(made1.$id);
    const full = "application/vnd.adobe.xed-full+json; version=1";
    const resolved = (await registry("GET", `tenant/schemas/${made1["meta:altId"]}`, undefined, full)).body;
    expect(resolved.allOf).toBeUndefined();
    expect(resolved.properties._acme.properties.tier.type).toBe("string");
    expect(resolved.properties.identityMap.additionalProperties.type).toBe("array");
    expect(JSON.stringify(resolved)).not.toContain('"additionalProperties":false');
    const bare = await registry(
      "GET",
      `tenant/schemas/${made1["meta:altId"]}`,
      undefined,
      `application/vnd.adobe.xed-full-notext+json; version=1`,
    );
    expect(bare.body.title).toBeUndefined();
    const withDescriptors = await registry(
      "GET",
      `tenant/schemas/${made1["meta:altId"]}`,
      undefined,
      "application/vnd.adobe.xed-full-desc+json; version=1",
    );
    expect(withDescriptors.body).toEqual({ ...resolved, "meta:descriptors": [] });
    const deprecated = "application/vnd.adobe.xed-deprecatefield+json; version=1";
    expect((await registry("GET", `tenant/schemas/${made1["meta:altId"]}`, undefined, deprecated)).body).toEqual(
      resolved,
    );
  });

  it("PATCH and PUT answer the whole object with the next minor version; delete answers 204", async () => {
    const group = await made("tenant/fieldgroups", fieldGroup("Loyalty"));
    const path = `tenant/fieldgroups/${group["meta:altId"]}`;
    const patched = await registry("PATCH", path, [
      { op: "ADD", path: "/definitions/customFields/properties/_acme/properties/points", value: { type: "integer" } },
    ]);
    expect([patched.status, patched.body.version]).toEqual([200, "1.1"]);
    expect(patched.body.definitions.customFields.properties._acme.properties.points["meta:xdmType"]).toBe("int");
    const put = await registry("PUT", path, fieldGroup("Loyalty 2"));
    expect([put.status, put.body.version, put.body.title]).toEqual([200, "1.2", "Loyalty 2"]);
    expect((await registry("DELETE", path)).status).toBe(204);
    expect(code(await registry("DELETE", path))).toEqual([404, "XDM-1013-404"]);
    expect(code(await registry("GET", "tenant/schemas/_acme.schemas.0", undefined, LOOKUP))).toEqual([
      404,
      "XDM-1012-404",
    ]);
  });

  it("Adobe's own are served from the global container, read only", async () => {
    const one = await registry("GET", `global/classes/${encodeURIComponent(PROFILE)}`, undefined, LOOKUP);
    expect([one.status, one.body["meta:altId"]]).toEqual([200, "_xdm.context.profile"]);
    const list = await registry("GET", "global/fieldgroups", undefined, "application/vnd.adobe.xed-id+json");
    expect(list.body.results.map((item: Body) => item.$id)).toContain(IDENTITY_MAP);
    expect((await registry("GET", "global/behaviors", undefined, XED)).body.results.length).toBeGreaterThan(1);
    expect((await registry("POST", "global/schemas", schema("x"))).status).toBe(501);
  });

  it("stats tell the tenant", async () => {
    await made("tenant/schemas", schema("Customers"));
    const { body } = await registry("GET", "stats");
    expect(body).toMatchObject({ imsOrg: "EMULATOR@AdobeOrg", tenantId: "acme", counts: { schemas: 1, unions: 0 } });
    expect(body.classUsage[PROFILE].numberOfSchemas).toBe(1);
    expect(body.recentlyCreatedResources[0].title).toBe("Customers");
  });
});

describe("Accept", () => {
  it.each([
    ["tenant/schemas", LOOKUP, 400, "XDM-1006-400"],
    ["tenant/schemas", "*/*", 400, "XDM-1006-400"],
    ["tenant/schemas", "application/json", 406, "XDM-1006-406"],
    ["global/classes/_xdm.context.profile", XED, 400, "XDM-1007-400"],
    ["global/classes/_xdm.context.profile", "text/html", 406, "XDM-1007-406"],
    ["tenant/descriptors", XED, 400, "XDM-1008-400"],
    ["tenant/descriptors/x", LOOKUP, 400, "XDM-1009-400"],
    ["global/classes/_xdm.context.profile", `${XED}; version=2`, 404, "XDM-1011-404"],
  ])("GET %s with %s: %i %s", async (path, accept, status, error) => {
    const answer = await registry("GET", path, undefined, accept);
    expect(code(answer)).toEqual([status, error]);
    expect(answer.body.report.registryRequestId).toBe(answer.headers.get("x-request-id"));
    expect(answer.body.report.timestamp).toMatch(/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/);
  });
});

describe("lists", () => {
  it("page by the last sort value, filter, and use the short form", async () => {
    for (const title of ["c", "a", "b"]) await made("tenant/fieldgroups", fieldGroup(title));
    const seen: string[] = [];
    let start = "";
    for (let page = 0; page < 5; page += 1) {
      const path = `tenant/fieldgroups?orderby=title&limit=1${start}`;
      const { body } = await registry("GET", path, undefined, "application/vnd.adobe.xed-id+json");
      seen.push(...body.results.map((item: Body) => item.title));
      expect(Object.keys(body.results[0])).toEqual(["title", "$id", "meta:altId", "version"]);
      if (body._page.next === null) break;
      start = `&start=${body._page.next}`;
    }
    expect(seen).toEqual(["a", "b", "c"]);
    const down = await registry("GET", "tenant/fieldgroups?orderby=-title", undefined, XED);
    expect(down.body.results.map((item: Body) => item.title)).toEqual(["c", "b", "a"]);
    const filtered = await registry("GET", "tenant/fieldgroups?property=title==b", undefined, XED);
    expect(filtered.body._page.count).toBe(1);
    const byClass = `tenant/fieldgroups?property=meta:intendedToExtend==${PROFILE}`;
    expect((await registry("GET", byClass, undefined, XED)).body.results).toHaveLength(3);
  });

  it("the page cap of the settings applies", async () => {
    for (const title of ["a", "b"]) await made("tenant/fieldgroups", fieldGroup(title));
    await http.control("POST", "settings", { maxPageSize: 1 });
    const { body } = await registry("GET", "tenant/fieldgroups?orderby=title&limit=300", undefined, XED);
    expect([body.results.length, body._page.next]).toEqual([1, "a"]);
  });
});

describe("refusals", () => {
  it("a title is unique across all kinds", async () => {
    await made("tenant/fieldgroups", fieldGroup("Loyalty"));
    expect(code(await registry("POST", "tenant/schemas", schema("Loyalty")))).toEqual([400, "XDM-1521-400"]);
  });

  it("custom fields live under the tenant and have plain names", async () => {
    const outside = { ...fieldGroup("A"), definitions: fields({ x: { type: "string" } }, "_other") };
    expect(code(await registry("POST", "tenant/fieldgroups", outside))).toEqual([400, "XDM-1021-400"]);
    const named = fieldGroup("A", { _x: { type: "string" } });
    expect(code(await registry("POST", "tenant/fieldgroups", named))).toEqual([400, "XDM-1022-400"]);
  });

  it.each([
    ["no class", { ...schema("S"), allOf: [{ $ref: IDENTITY_MAP }] }, "exactly one class"],
    ["two classes", schema("S", EVENT), "exactly one class"],
    ["an unknown reference", schema("S", "https://ns.adobe.com/acme/mixins/0"), "does not exist"],
    ["no title", { ...schema("S"), title: undefined }, "title"],
    ["another type", { ...schema("S"), type: "string" }, "type must be object"],
  ])("a schema with %s", async (_name, body, text) => {
    const answer = await registry("POST", "tenant/schemas", body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain(text);
  });

  it("a field group of another class", async () => {
    const group = await made("tenant/fieldgroups", { ...fieldGroup("E"), "meta:intendedToExtend": [EVENT] });
    const answer = await registry("POST", "tenant/schemas", schema("S", group.$id));
    expect(answer.body.detail).toContain("cannot extend class");
  });

  it("a patch that cannot be applied", async () => {
    const made1 = await made("tenant/schemas", schema("S"));
    const path = `tenant/schemas/${made1["meta:altId"]}`;
    for (const patch of [{}, [{ op: "move", path: "/a", from: "/b" }], [{ op: "replace", path: "/none", value: 1 }]])
      expect((await registry("PATCH", path, patch)).status).toBe(400);
  });
});

describe("identity, Profile and evolution", () => {
  const union = [{ op: "add", path: "/meta:immutableTags", value: ["union"] }];
  const setUp = async () => {
    const group = await made(
      "tenant/fieldgroups",
      fieldGroup("G", { email: { type: "string" }, n: { type: "integer" } }),
    );
    const target = await made("tenant/schemas", schema("S", group.$id));
    return { group, target, path: `tenant/schemas/${target["meta:altId"]}` };
  };

  it("descriptors: create, list in three forms, replace with 201, delete", async () => {
    const { target } = await setUp();
    const one = await made("tenant/descriptors", identity(target.$id, "/_acme/email"));
    expect(one).toMatchObject({ "meta:containerId": "tenant", version: "1", "xdm:isPrimary": true });
    const list = (accept: string) =>
      registry("GET", "tenant/descriptors", undefined, `application/vnd.adobe.${accept}`);
    expect((await list("xdm+json")).body).toEqual({ "xdm:descriptorIdentity": [one] });
    expect((await list("xdm-id+json")).body).toEqual({ "xdm:descriptorIdentity": [one["@id"]] });
    expect((await list("xdm-v2+json")).body).toMatchObject({ results: [one], _page: { count: 1, next: null } });
    expect((await registry("GET", `tenant/descriptors/${one["@id"]}`)).body).toEqual(one);
    const put = await registry("PUT", `tenant/descriptors/${one["@id"]}`, {
      ...identity(target.$id, "/_acme/email"),
      "xdm:isPrimary": false,
    });
    expect([put.status, put.body]).toEqual([201, { "@id": one["@id"] }]);
    expect((await registry("DELETE", `tenant/descriptors/${one["@id"]}`)).status).toBe(204);
    expect(code(await registry("DELETE", `tenant/descriptors/${one["@id"]}`))).toEqual([404, "XDM-1015-404"]);
  });

  it.each([
    ["/_acme/properties/email", {}, "properties"],
    ["_acme/email", {}, "begin with /"],
    ["/_acme/email/", {}, "not end with it"],
    ["/_acme", {}, "tenant object"],
    ["/_acme/none", {}, "does not exist"],
    ["/_acme/n", {}, "string field"],
    ["/_acme/email", { "xdm:property": "code" }, "xdm:property"],
    ["/_acme/email", { "xdm:namespace": 6 }, "xdm:namespace"],
    ["/_acme/email", { "@type": "xdm:other" }, "@type"],
    ["/_acme/email", { "xdm:sourceSchema": "https://ns.adobe.com/acme/schemas/0" }, "does not exist"],
  ])("descriptor on %s with %j is refused", async (property, more, text) => {
    const { target } = await setUp();
    const answer = await registry("POST", "tenant/descriptors", identity(target.$id, property, more));
    expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining(text)]);
  });

  it("one primary identity, which opens the way to Profile; there is none back", async () => {
    const { target, path } = await setUp();
    expect(code(await registry("PATCH", path, union))).toEqual([400, "XDM-1528-400"]);
    const one = await made("tenant/descriptors", identity(target.$id, "/_acme/email"));
    expect((await registry("POST", "tenant/descriptors", identity(target.$id, "/_acme/email"))).status).toBe(400);
    const tagged = await registry("PATCH", path, union);
    expect([tagged.status, tagged.body["meta:immutableTags"]]).toEqual([200, ["union"]]);
    expect(code(await registry("PATCH", path, [{ op: "remove", path: "/meta:immutableTags" }]))[1]).toBe(
      "XDM-1526-400",
    );
    expect(code(await registry("DELETE", `tenant/descriptors/${one["@id"]}`))[1]).toBe("XDM-1528-400");
    expect((await registry("DELETE", path)).body.title).toBe("Schema cannot be deleted");
    const listed = await registry("GET", "tenant/unions", undefined, XED);
    expect(listed.body.results[0].$id).toBe(`${PROFILE}__union`);
    const id = encodeURIComponent(`${PROFILE}__union`);
    const full = await registry(
      "GET",
      `tenant/unions/${id}`,
      undefined,
      "application/vnd.adobe.xed-full+json;version=1",
    );
    expect(full.body.properties._acme.properties.email.type).toBe("string");
    await http.control("POST", "settings", { profileDelete: "allowed" });
    expect((await registry("DELETE", `tenant/descriptors/${one["@id"]}`)).status).toBe(204);
    expect((await registry("DELETE", path)).status).toBe(204);
  });

  it("an identity map is identity enough, and clashing types in a union are refused", async () => {
    const first = await made("tenant/schemas", schema("S1", IDENTITY_MAP, await group("A", "string")));
    const second = await made("tenant/schemas", schema("S2", IDENTITY_MAP, await group("B", "integer")));
    expect((await registry("PATCH", `tenant/schemas/${first["meta:altId"]}`, union)).status).toBe(200);
    expect(code(await registry("PATCH", `tenant/schemas/${second["meta:altId"]}`, union))[1]).toBe("XDM-1413-400");
    async function group(title: string, type: string): Promise<string> {
      return (await made("tenant/fieldgroups", fieldGroup(title, { x: { type } }))).$id;
    }
  });

  it("in use, a schema may grow and nothing may be taken away", async () => {
    const { group, target, path } = await setUp();
    const groupPath = `tenant/fieldgroups/${group["meta:altId"]}`;
    expect((await registry("DELETE", groupPath)).body.title).toBe("Resource cannot be deleted");
    expect((await registry("PUT", groupPath, fieldGroup("G", { n: { type: "integer" } }))).status).toBe(200);
    const contentType = "application/vnd.adobe.xed+json;version=1";
    const dataset = { name: "d", schemaRef: { id: target.$id, contentType } };
    expect((await http.aep("POST", "catalog/dataSets", { body: dataset })).status).toBe(201);
    const fieldsNow = { n: { type: "integer" }, more: { type: "string" } };
    expect((await registry("PUT", groupPath, fieldGroup("G", fieldsNow))).status).toBe(200);
    for (const broken of [{ n: { type: "integer" } }, { ...fieldsNow, n: { type: "string" } }]) {
      const answer = await registry("PUT", groupPath, fieldGroup("G", broken));
      expect([answer.status, answer.body.title]).toEqual([400, "Schema cannot be modified"]);
    }
    expect((await registry("PUT", path, schema("S"))).body.detail).toContain("is removed");
    expect((await registry("PUT", path, schema("S renamed", group.$id))).status).toBe(200);
    expect((await registry("DELETE", path)).body.title).toBe("Schema cannot be deleted");
  });
});
