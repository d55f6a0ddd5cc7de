/** Rows of datasets that are enabled for Profile: on which profile each landed, over real HTTP. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import { flowBody, makeEnds, post, readFlow, sample, streamingAuth } from "./support/flow-chain.ts";

let emulator: Emulator;
let http: AepHttp;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 11 });
  http = aepHttp(emulator);
});
afterAll(() => emulator.close());

const PATCH = { "content-type": "application/json-patch+json" };

async function enable(schema: string, dataset: string, identity?: Body): Promise<void> {
  if (identity)
    await post(http, "schemaregistry/tenant/descriptors", {
      "@type": "xdm:descriptorIdentity",
      "xdm:sourceSchema": schema,
      "xdm:sourceVersion": 1,
      "xdm:property": "xdm:code",
      "xdm:isPrimary": true,
      ...identity,
    });
  const altId = `_${schema.replace("https://ns.adobe.com/", "").replaceAll("/", ".")}`;
  const union = [{ op: "add", path: "/meta:immutableTags", value: ["union"] }];
  const tagged = await http.aep("PATCH", `schemaregistry/tenant/schemas/${altId}`, { body: union, headers: PATCH });
  expect(tagged.status).toBe(200);
  const tags = ["unifiedProfile", "unifiedIdentity"].map((tag) => ({
    op: "add",
    path: `/tags/${tag}`,
    value: ["enabled:true"],
  }));
  expect((await http.aep("PATCH", `catalog/dataSets/${dataset}`, { body: tags, headers: PATCH })).status).toBe(200);
}

async function sender(kind: "profile" | "transaction") {
  const ends = await makeEnds(http, { kind, auth: streamingAuth({ sourceId: kind }) });
  const flow = (await post(http, "flowservice/flows", flowBody(ends))).id;
  const { inletUrl } = (await readFlow(http, flow)).options;
  const send = async (event: Body) => {
    const headers = { "content-type": "application/json", "x-adobe-flow-id": flow };
    expect((await fetch(inletUrl, { method: "POST", headers, body: JSON.stringify(event) })).status).toBe(200);
    await http.control("POST", "settle");
  };
  return { ...ends, send };
}
const profiles = async (): Promise<Body> => (await http.control("GET", "sandboxes/dev/profiles")).body;
const landed = async (dataset: string): Promise<Body[]> =>
  (await http.control("GET", `sandboxes/dev/datasets/${dataset}/rows`)).body.rows;

it("shows which profile a row landed on, its records merged and its events with it", async () => {
  const members = await sender("profile");
  const event = sample("guide-profile");
  const email = event.identityMap.email[0].id;
  await members.send(event);
  expect((await landed(members.dataset))[0]).not.toHaveProperty("profile");
  expect(await profiles()).toEqual({ count: 0, complete: true, ignored: 0, profiles: [] });

  await enable(members.schema, members.dataset, {
    "xdm:sourceProperty": "/personalEmail/address",
    "xdm:namespace": "Email",
  });
  await members.send(event);
  await members.send({ ...event, loyalty: { ...event.loyalty, points: 999 } });
  expect((await landed(members.dataset)).map(({ profile }) => profile)).toEqual([
    undefined,
    { namespace: "Email", id: email },
    { namespace: "Email", id: email },
  ]);

  const purchases = await sender("transaction");
  await enable(purchases.schema, purchases.dataset);
  const purchase = sample("guide-transaction");
  purchase.identityMap.email[0].id = email;
  await purchases.send(purchase);
  const nobody = structuredClone(purchase);
  nobody.identityMap.email[0].primary = false;
  await purchases.send(nobody);
  expect((await landed(purchases.dataset)).map(({ profile }) => profile)).toEqual([
    { namespace: "Email", id: email },
    null,
  ]);

  const list = await profiles();
  expect(list).toMatchObject({ ignored: 1 });
  expect(list.profiles).toEqual([
    { namespace: "Email", id: email, records: 2, events: 1, updatedAt: expect.any(Number) },
  ]);
  const { body } = await http.control("GET", `sandboxes/dev/profiles/Email/${encodeURIComponent(email)}`);
  expect(body.attributes.loyalty.points).toBe(999);
  expect(body.fragments).toMatchObject([{ datasetId: members.dataset }]);
  expect(body).toMatchObject({ eventCount: 1, events: [{ event: { _id: purchase._id } }] });
  expect((await http.control("GET", "sandboxes/dev/profiles/Email/nobody")).status).toBe(404);
});
