/** A dataset as Catalog keeps it. */
import { isObject } from "../http.ts";
import { catalogProblem } from "../problem.ts";
import { altIdOf } from "../schema-registry/lookup.ts";
import { isInProfile } from "../schema-registry/profile.ts";
import type { Entity, SandboxState, World } from "../store.ts";

/** What clients may write; everything else in a body is Catalog's own and is ignored. */
const WRITABLE = [
  "name",
  "description",
  "tags",
  "enableErrorDiagnostics",
  "schemaRef",
  "fileDescription",
  "observableSchema",
  "persistence",
  "unifiedTags",
  "systemLabels",
  "classification",
  "extensions",
];

const MEDIA_TYPE = /^application\/vnd\.adobe\.xed(-full)?(-notext)?\+json;\s*version=1(\.\d+)?$/;

/** A new dataset; not stored yet. Throws 400 for an unusable body. */
export function newDataset(world: World, sandbox: SandboxState, id: string, body: Entity): Entity {
  const now = world.clock.now();
  const entity: Entity = {
    ...writable(body),
    version: "1.0.0",
    imsOrg: world.org,
    sandboxId: sandbox.entity["id"],
    created: now,
    updated: now,
    createdClient: world.clientId,
    createdUser: "emulator@AdobeID",
    updatedUser: "emulator@AdobeID",
    viewId: world.ids.hex(24),
    files: `@/dataSetFiles?dataSetId=${id}`,
    state: "DRAFT",
  };
  entity["observableSchema"] ??= {};
  entity["enableErrorDiagnostics"] ??= false;
  entity["fileDescription"] ??= { persisted: true, containerFormat: "parquet", format: "parquet" };
  return completed(sandbox, entity);
}

/** The dataset with other writable fields; Catalog's own stay. Throws 400 for an unusable result or another schema. */
export function changedDataset(sandbox: SandboxState, before: Entity, fields: Entity): Entity {
  const own = Object.fromEntries(Object.entries(before).filter(([key]) => !WRITABLE.includes(key)));
  const after = completed(sandbox, { ...writable(fields), ...own });
  if (after["schemaRef"].id !== before["schemaRef"].id)
    throw catalogProblem(400, "The schema of a dataset cannot be changed");
  return after;
}

/** After an accepted change: the next patch version and the time. */
export function touchDataset(world: World, entity: Entity): void {
  const [major, minor, patch] = String(entity["version"]).split(".");
  entity["version"] = `${major}.${minor}.${Number(patch) + 1}`;
  entity["updated"] = Math.max(world.clock.now(), Number(entity["updated"]));
}

/** Whether the tag says `enabled:true`; a space after the colon is met in the wild and makes no difference. */
export function tagEnabled(dataset: Entity, tag: "unifiedProfile" | "unifiedIdentity"): boolean {
  const values: unknown = dataset["tags"]?.[tag];
  return Array.isArray(values) && values.some((value) => String(value).replaceAll(" ", "") === "enabled:true");
}

function writable(body: Entity): Entity {
  const kept = Object.entries(body).filter(([key]) => WRITABLE.includes(key));
  return structuredClone(Object.fromEntries(kept));
}

/** Checks the fields and adds the tags Catalog gives every dataset. */
function completed(sandbox: SandboxState, entity: Entity): Entity {
  if (typeof entity["name"] !== "string" || entity["name"] === "") throw catalogProblem(400, "name must not be empty");
  if (entity["description"] !== undefined && typeof entity["description"] !== "string")
    throw catalogProblem(400, "description must be a string");
  checkSchemaRef(sandbox, entity["schemaRef"]);
  const tags: unknown = entity["tags"] ?? {};
  if (!isObject(tags) || !Object.values(tags).every(isStrings))
    throw catalogProblem(400, "tags must be an object of arrays of strings");
  const table = entity["name"].toLowerCase().replace(/[^a-z0-9]+/g, "_");
  entity["tags"] = { "adobe/pqs/table": [table], "adobe/siphon/table/format": ["delta"], ...tags };
  checkProfileTag(sandbox, entity);
  return entity;
}

function checkSchemaRef(sandbox: SandboxState, ref: unknown): void {
  if (!isObject(ref) || typeof ref["id"] !== "string" || typeof ref["contentType"] !== "string")
    throw catalogProblem(400, "schemaRef must have id and contentType");
  if (!MEDIA_TYPE.test(ref["contentType"]))
    throw catalogProblem(400, `schemaRef.contentType ${ref["contentType"]} is no schema media type with version=1`);
  if (!sandbox.registry.schemas.has(altIdOf(ref["id"])))
    throw catalogProblem(400, `Schema ${ref["id"]} does not exist in sandbox ${sandbox.name}`);
}

/** A dataset cannot feed Profile before its schema is in it; that Catalog refuses the tag then is assumed. */
function checkProfileTag(sandbox: SandboxState, entity: Entity): void {
  const schema = sandbox.registry.schemas.get(altIdOf(entity["schemaRef"].id));
  if (tagEnabled(entity, "unifiedProfile") && !(schema && isInProfile(schema)))
    throw catalogProblem(400, `Schema ${entity["schemaRef"].id} is not enabled for Profile: add its union tag first`);
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
