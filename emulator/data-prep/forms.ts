/**
 * Mapping sets in and out. Two generations of the body are in use: `outputSchema` with `source`/`destination`, and
 * `xdmSchema` with `sourceAttribute`/`destinationXdmPath`; both are taken, reads carry both. `sourceType` is answered in its
 * read form (`text/x.schema-path`, `text/x.aep-xl`), whichever spelling came in.
 */
import type { MappingRow } from "../../mapping/index.ts";
import { standardResources } from "../../mapping/xdm/model.ts";
import { isObject } from "../http.ts";
import { dataPrepProblem } from "../problem.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { tenantResource } from "../xdm-schemas.ts";

const READ_FORM = { ATTRIBUTE: "text/x.schema-path", EXPRESSION: "text/x.aep-xl", STATIC: "STATIC" } as const;
const WRITE_FORM: Record<string, MappingRow["sourceType"]> = {
  attribute: "ATTRIBUTE",
  "text/x.schema-path": "ATTRIBUTE",
  expression: "EXPRESSION",
  "text/x.aep-xl": "EXPRESSION",
  static: "STATIC",
};
const DEFAULT_CONTENT_TYPE = "application/vnd.adobe.xed-full+json;version=1";

/** The stored form of a mapping set from a POST or PUT body. Throws 400 for what neither generation knows. */
export function parseMappingSet(
  world: World,
  sandbox: SandboxState,
  body: Entity,
  id: string,
  version: number,
): Entity {
  const now = world.clock.now();
  const who = `${world.clientId}@AdobeID`;
  const schemaRef = schemaRefOf(sandbox, body);
  const items: unknown = body["mappings"] ?? [];
  if (!Array.isArray(items)) throw dataPrepProblem(400, "mappings must be an array");
  const stamp = { createdDate: now, createdBy: who, modifiedDate: now, modifiedBy: who };
  return {
    id,
    version,
    supportVersion: "1.1",
    ...(typeof body["name"] === "string" ? { name: body["name"] } : {}),
    status: "PUBLISHED",
    ...stamp,
    ...(isObject(body["inputSchema"]) ? { inputSchema: body["inputSchema"] } : {}),
    outputSchema: { id: body["outputSchema"]?.id ?? world.ids.hex(32), version: 0, schemaRef },
    schemaRef,
    mappings: items.map((item, index) => parseItem(item, index, { id: world.ids.hex(32), version: 0, ...stamp })),
    ...(Array.isArray(body["tags"]) ? { tags: body["tags"] } : {}),
    strictMapping: body["strictMapping"] === true,
    allowNullValues: body["allowNullValues"] === true,
    xdmVersion: String(body["xdmVersion"] ?? "1.0"),
    xdmSchema: schemaRef["id"],
  };
}

/** The schema the set maps to, by `$id` whichever id came in. An unknown one is refused (assumed). */
export function schemaRefOf(sandbox: SandboxState, body: Entity): Entity {
  const ref: unknown = body["outputSchema"]?.schemaRef ?? body["schemaRef"];
  const id = isObject(ref) ? ref["id"] : body["xdmSchema"];
  if (typeof id !== "string" || id === "")
    throw dataPrepProblem(400, "outputSchema.schemaRef.id (or xdmSchema) is mandatory");
  const $id = (tenantResource(sandbox, id) ?? standardResources.get(id))?.["$id"];
  if ($id === undefined) throw dataPrepProblem(400, `Schema ${id} was not found`);
  return {
    id: $id,
    contentType: isObject(ref) && typeof ref["contentType"] === "string" ? ref["contentType"] : DEFAULT_CONTENT_TYPE,
  };
}

function parseItem(item: unknown, index: number, stamp: Entity): Entity {
  const row = toRow(item, index);
  return {
    ...stamp,
    sourceType: READ_FORM[row.sourceType],
    source: row.source,
    destination: row.destination,
    ...(row.name === undefined ? {} : { name: row.name }),
    ...(row.description === undefined ? {} : { description: row.description }),
    identity: isObject(item) && item["identity"] === true,
    primaryIdentity: isObject(item) && item["primaryIdentity"] === true,
    matchScore: 0,
    functionVersion: 1,
    sourceAttribute: row.source,
    destinationXdmPath: row.destination,
  };
}

/** A mapping item of either generation as the mapping language takes it. Throws 400 with the item's index. */
export function toRow(item: unknown, index: number): MappingRow {
  if (!isObject(item)) throw dataPrepProblem(400, `mappings[${index}] must be an object`);
  const source = item["source"] ?? item["sourceAttribute"];
  const destination = item["destination"] ?? item["destinationXdmPath"];
  const spelled = String(item["sourceType"] ?? "ATTRIBUTE").toLowerCase();
  const sourceType = Object.hasOwn(WRITE_FORM, spelled) ? WRITE_FORM[spelled] : undefined;
  if (!sourceType) throw dataPrepProblem(400, `mappings[${index}].sourceType ${item["sourceType"]} is not supported`);
  if (typeof source !== "string") throw dataPrepProblem(400, `mappings[${index}].source must be a string`);
  if (typeof destination !== "string" || destination === "")
    throw dataPrepProblem(400, `mappings[${index}].destination must be a string`);
  return {
    sourceType,
    source,
    destination,
    ...(typeof item["name"] === "string" ? { name: item["name"] } : {}),
    ...(typeof item["description"] === "string" ? { description: item["description"] } : {}),
  };
}

/** The rows of a stored mapping set. */
export function rowsOf(mappingSet: Entity): MappingRow[] {
  return (mappingSet["mappings"] as Entity[]).map(toRow);
}
