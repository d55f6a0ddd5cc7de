/** Builds what a flow needs through the emulator's public API, from the project's own XDM and mapping files. */
import { readFileSync } from "node:fs";
import { loadMappingFile, loadSchema, standardFieldGroups, unflattenFields } from "../../mapping/index.ts";
import type { AepHttp, Body } from "./aep-http.ts";

export const CAPILLARY = { id: "6360f136-5980-4111-8bdf-15d29eab3b5a", version: "1.0" };
export const HTTP_API = { id: "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", version: "1.0" };
export const DATA_LAKE = { id: "c604ff05-7f1a-43c0-8e18-33bf874cb11c", version: "1.0" };
export const REST_TO_AEP = { id: "6499120c-0b15-42dc-936e-847ea3c24d72", version: "1.0" };
export const HTTP_WITH_MAPPING = { id: "c1a19761-d2c7-4702-b9fa-fe91f0613e81", version: "1.0" };
export const HTTP_WITHOUT_MAPPING = { id: "d8a6f005-7eaf-4153-983e-e8574508b877", version: "1.0" };

const TENANT = { tenant: "acme" };
const FLOW = "flowservice";

/** A sample event or expected row of `events/`, for the emulator's tenant. */
export function sample(name: string): Body {
  const text = readFileSync(new URL(`../../events/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text.replaceAll("{tenant}", TENANT.tenant));
}

async function expectOk(answer: { status: number; body: Body }): Promise<Body> {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

export const post = async (http: AepHttp, path: string, body: unknown): Promise<Body> =>
  expectOk(await http.aep("POST", path, { body }));

/** The schema of `xdm/<name>.yaml` with its field groups; gives back its $id. */
export async function makeSchema(http: AepHttp, name: string): Promise<string> {
  const { file, groups } = loadSchema(`xdm/${name}.yaml`, TENANT);
  const refs: string[] = [];
  for (const group of file.fieldGroups) {
    const tenant = groups[group];
    if (!tenant) {
      refs.push(standardFieldGroups[group as keyof typeof standardFieldGroups]);
      continue;
    }
    const body = {
      type: "object",
      title: tenant.title,
      description: "test",
      "meta:intendedToExtend": tenant.extends,
      ...unflattenFields(tenant.fields),
    };
    refs.push((await post(http, "schemaregistry/tenant/fieldgroups", body)).$id);
  }
  const allOf = [file.class, ...refs].map(($ref) => ({ $ref }));
  return (
    await post(http, "schemaregistry/tenant/schemas", { type: "object", title: file.title, description: "test", allOf })
  ).$id;
}

export async function makeDataset(http: AepHttp, name: string, schema: string): Promise<string> {
  const schemaRef = { id: schema, contentType: "application/vnd.adobe.xed+json;version=1" };
  const [link] = await post(http, "catalog/dataSets", { name, schemaRef });
  return link.split("/").pop();
}

/** The rows of `mappings/<name>.yaml` as a mapping set. */
export async function makeMapping(http: AepHttp, name: string, schema: string): Promise<string> {
  const rows = loadMappingFile(`mappings/${name}.yaml`, TENANT).rows;
  const mappings = rows.map(({ destination, sourceType, source }) => ({ destination, sourceType, source }));
  const contentType = "application/vnd.adobe.xed-full+json;version=1";
  return (
    await post(http, "conversion/mappingSets", {
      name,
      outputSchema: { schemaRef: { id: schema, contentType } },
      mappings,
    })
  ).id;
}

export interface Ends {
  schema: string;
  dataset: string;
  base: string;
  source: string;
  target: string;
  mapping: string;
}

export const CAPILLARY_AUTH = {
  specName: "OAuth generic-rest-connector",
  params: { clientId: "key", clientSecret: "canary-secret", accessToken: "canary-token" },
};
export const streamingAuth = (params: object = {}) => ({
  specName: "Streaming Connection",
  params: { sourceId: "test-source", dataType: "raw", name: "test", ...params },
});

/** Everything before the flow: schema, dataset, base, source and target connection, mapping set. */
export async function makeEnds(
  http: AepHttp,
  options: { kind?: "profile" | "transaction"; spec?: typeof CAPILLARY; auth?: object; base?: string } = {},
): Promise<Ends> {
  const { kind = "profile", spec = HTTP_API } = options;
  const schema = await makeSchema(http, kind === "profile" ? "capillary-loyalty-profile" : "capillary-loyalty-event");
  const dataset = await makeDataset(http, kind, schema);
  const auth = options.auth ?? (spec === HTTP_API ? streamingAuth() : CAPILLARY_AUTH);
  const base =
    options.base ?? (await post(http, `${FLOW}/connections`, { name: "base", connectionSpec: spec, auth })).id;
  const source = (
    await post(http, `${FLOW}/sourceConnections`, { name: "source", baseConnectionId: base, connectionSpec: spec })
  ).id;
  const target = (await post(http, `${FLOW}/targetConnections`, targetBody(dataset, schema))).id;
  const mapping = await makeMapping(http, kind === "profile" ? "capillary-profile" : "capillary-transaction", schema);
  return { schema, dataset, base, source, target, mapping };
}

export function targetBody(dataset: string, schema: string) {
  return {
    name: "target",
    connectionSpec: DATA_LAKE,
    params: { dataSetId: dataset },
    data: { schema: { id: schema, version: "application/vnd.adobe.xed-full+json;version=1" } },
  };
}

export function flowBody(ends: Ends, rest: object = {}) {
  return {
    name: "flow",
    flowSpec: HTTP_WITH_MAPPING,
    sourceConnectionIds: [ends.source],
    targetConnectionIds: [ends.target],
    transformations: [{ name: "Mapping", params: { mappingId: ends.mapping, mappingVersion: 0 } }],
    ...rest,
  };
}

/** The flow as GET answers it. */
export async function readFlow(http: AepHttp, id: string): Promise<Body> {
  return (await expectOk(await http.aep("GET", `${FLOW}/flows/${id}`))).items[0];
}
