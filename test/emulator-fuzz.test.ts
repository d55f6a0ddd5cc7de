/** Nonsense on every route: the emulator answers with a documented refusal or 501, never with a failure of its own. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, OPERATIONS, startEmulator } from "../emulator/index.ts";
import { aepHttp } from "./support/aep-http.ts";

let emulator: Emulator;
let token: string;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 3 });
  token = await aepHttp(emulator).token();
  await plant();
});
afterAll(() => emulator.close());

/** A few real objects, so that ids in paths and bodies can hit something. */
const ids: string[] = ["x", "%00", "..", "__proto__", "constructor", "%E0%A4%A", "a%2Fb", "-1"];
async function plant(): Promise<void> {
  const http = aepHttp(emulator);
  const refs = ["https://ns.adobe.com/xdm/context/profile", "https://ns.adobe.com/xdm/context/identitymap"];
  const schema = await http.aep("POST", "schemaregistry/tenant/schemas", {
    body: { type: "object", title: "S", description: "", allOf: refs.map(($ref) => ({ $ref })) },
  });
  const schemaRef = { id: schema.body.$id, contentType: "application/vnd.adobe.xed+json;version=1" };
  const dataset = await http.aep("POST", "catalog/dataSets", { body: { name: "d", schemaRef } });
  const connectionSpec = { id: "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", version: "1.0" };
  const params = { sourceId: "s", dataType: "raw", name: "n", authenticationRequired: false };
  const base = await http.aep("POST", "flowservice/connections", {
    body: { name: "b", connectionSpec, auth: { specName: "Streaming Connection", params } },
  });
  const mapping = await http.aep("POST", "conversion/mappingSets", {
    body: { name: "m", outputSchema: { schemaRef }, mappings: [] },
  });
  for (const answer of [schema, dataset, base, mapping])
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  ids.push(schema.body["meta:altId"], dataset.body[0].split("/").pop(), base.body.id, mapping.body.id);
}

const KEYS = [
  "name",
  "title",
  "type",
  "allOf",
  "definitions",
  "properties",
  "tags",
  "schemaRef",
  "auth",
  "params",
  "connectionSpec",
  "flowSpec",
  "mappings",
  "outputSchema",
  "sourceConnectionIds",
  "transformations",
  "scheduleParams",
  "data",
  "header",
  "body",
  "messages",
  "expression",
  "meta:immutableTags",
  "@type",
  "xdm:sourceProperty",
  "__proto__",
  "op",
  "path",
  "value",
  "id",
];
const body = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, 0, -1, 1e308, "", "object", "/name", "add", "1.0", "enabled"),
    fc.string(),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie("any"), { maxKeys: 6 }),
  ),
})).any;
const call = fc.record({
  operation: fc.constantFrom(...OPERATIONS),
  id: fc.nat(30),
  query: fc.dictionary(
    fc.constantFrom(
      "property",
      "limit",
      "start",
      "orderby",
      "orderBy",
      "version",
      "op",
      "tags",
      "continuationToken",
      "count",
    ),
    fc.oneof(fc.string(), fc.constantFrom("name==x", "0", "-1", "99999999999999999999", "~(", "title", "enable")),
    { maxKeys: 3 },
  ),
  body: fc.option(
    fc.oneof(
      body,
      fc.string().map((text) => ({ text })),
    ),
  ),
  accept: fc.constantFrom("*/*", "application/vnd.adobe.xed+json", "application/vnd.adobe.xed-full+json; version=1"),
});

it("every route survives nonsense", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(call, async ({ operation, id, query, body, accept }) => {
      const path = operation.path.replace(/:(\w+)/g, (_, name) =>
        name === "container" ? "tenant" : (ids[id % ids.length] as string),
      );
      const answer = await fetch(`${emulator.url}${path}?${new URLSearchParams(query)}`, {
        method: operation.method,
        headers: headers(accept),
        ...(operation.method === "GET" || body === null ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      expect(answer.status === 501 || answer.status < 500, `${operation.id} ${answer.status}: ${text}`).toBe(true);
    }),
    { numRuns: 1500, seed: 42 },
  );
});

it("bodies that are not JSON, and paths that do not decode", async () => {
  for (const text of ["{", "\u0000", '{"a":', "[".repeat(50_000), `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`])
    for (const operation of OPERATIONS.filter(({ method }) => method !== "GET")) {
      const url = emulator.url + operation.path.replace(/:\w+/g, "x");
      const answer = await fetch(url, { method: operation.method, headers: headers("*/*"), body: text });
      const seen = await answer.text();
      expect(answer.status === 501 || answer.status < 500, `${operation.id} ${answer.status}: ${seen}`).toBe(true);
    }
});

function headers(accept: string): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    "x-api-key": "emulator",
    "x-gw-ims-org-id": "EMULATOR@AdobeOrg",
    "x-sandbox-name": "dev",
    "content-type": "application/json",
    "if-match": '"x"',
    accept,
  };
}
