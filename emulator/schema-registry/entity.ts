/** What the registry makes of a client's body: ids, `meta:` keys and normalised fields. */
import { type JsonSchema, xdmTypeOf } from "../../mapping/xdm/model.ts";
import { isObject } from "../http.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { KINDS, type ResourceKind } from "./kinds.ts";
import { findResource } from "./lookup.ts";

const GLOBAL_LIBRARY = "1.52.0";

/** Keys only the registry writes; in a client's body they are ignored. */
const SERVER_KEYS = new Set([
  "$id",
  "meta:altId",
  "meta:resourceType",
  "version",
  "imsOrg",
  "meta:extensible",
  "meta:abstract",
  "meta:extends",
  "meta:xdmType",
  "meta:registryMetadata",
  "meta:class",
  "meta:containerId",
  "meta:sandboxId",
  "meta:sandboxType",
  "meta:tenantNamespace",
  "refs",
]);

/** A new resource at version 1.0. Not stored yet. */
export function newResource(world: World, sandbox: SandboxState, kind: ResourceKind, body: Entity): Entity {
  const { segment } = KINDS[kind];
  const hash = world.ids.hex(48);
  const identity = {
    $id: `https://ns.adobe.com/${world.tenant}/${segment}/${hash}`,
    "meta:altId": `_${world.tenant}.${segment}.${hash}`,
    "meta:resourceType": segment,
    version: "1.0",
  };
  return assemble(world, sandbox, kind, { ...identity, "meta:registryMetadata": metadata(world) }, body);
}

/** The same resource with another body, at the same version: `touchResource` bumps it once the change is accepted. */
export function withBody(
  world: World,
  sandbox: SandboxState,
  kind: ResourceKind,
  before: Entity,
  body: Entity,
): Entity {
  return assemble(world, sandbox, kind, before, body);
}

/** After an accepted change: the next minor version, a new eTag, new dates. */
export function touchResource(world: World, entity: Entity): void {
  const [major, minor] = String(entity["version"]).split(".");
  entity["version"] = `${major}.${Number(minor ?? 0) + 1}`;
  entity["meta:registryMetadata"] = {
    ...entity["meta:registryMetadata"],
    ...modified(world),
    eTag: world.ids.hex(64),
  };
}

/** Who made and changed it, when; `eTag` is information only, the registry knows no `If-Match`. */
export function metadata(world: World): Entity {
  return {
    "repo:createdDate": world.clock.now(),
    ...modified(world),
    "xdm:createdClientId": world.clientId,
    "xdm:createdUserId": "emulator@AdobeID",
    eTag: world.ids.hex(64),
    "meta:globalLibVersion": GLOBAL_LIBRARY,
  };
}

function modified(world: World): Entity {
  return {
    "repo:lastModifiedDate": world.clock.now(),
    "xdm:lastModifiedClientId": world.clientId,
    "xdm:lastModifiedUserId": "emulator@AdobeID",
  };
}

function assemble(world: World, sandbox: SandboxState, kind: ResourceKind, identity: Entity, body: Entity): Entity {
  const own = Object.fromEntries(Object.entries(body).filter(([key]) => !SERVER_KEYS.has(key)));
  const fields = annotate(structuredClone(own)) as Entity;
  const { abstract } = KINDS[kind];
  const entity: Entity = {
    $id: identity["$id"],
    "meta:altId": identity["meta:altId"],
    "meta:resourceType": identity["meta:resourceType"],
    version: identity["version"],
    ...fields,
    imsOrg: world.org,
    "meta:extensible": abstract,
    "meta:abstract": abstract,
    "meta:extends": extended(sandbox, fields),
    "meta:xdmType": fields["type"] === "array" ? "array" : "object",
    "meta:registryMetadata": identity["meta:registryMetadata"],
    "meta:containerId": "tenant",
    "meta:sandboxId": sandbox.entity["id"],
    "meta:sandboxType": sandbox.entity["type"],
    "meta:tenantNamespace": `_${world.tenant}`,
  };
  if (kind === "schemas") Object.assign(entity, { "meta:class": classOf(sandbox, fields), refs: refsOf(fields) });
  return entity;
}

/** Every `$ref` of the resource's own `allOf` that names another resource. */
export function refsOf(body: Entity): string[] {
  const parts = Array.isArray(body["allOf"]) ? body["allOf"] : [];
  return parts.map((part) => (isObject(part) ? part["$ref"] : undefined)).filter(isResourceRef);
}

/** The one class among the references. */
export function classOf(sandbox: SandboxState, body: Entity): string | undefined {
  return refsOf(body).find((ref) => findResource(sandbox, ref)?.["meta:resourceType"] === "classes");
}

/** What it extends: its references with their own behaviours before them. */
function extended(sandbox: SandboxState, body: Entity): string[] {
  const refs = refsOf(body);
  const inherited = refs.flatMap((ref) => (findResource(sandbox, ref)?.["meta:extends"] as string[] | undefined) ?? []);
  return [...new Set([...inherited, ...refs])];
}

function isResourceRef(ref: unknown): ref is string {
  return typeof ref === "string" && !ref.startsWith("#");
}

/** Every field says its XDM type; references and `allOf` items gain `type` and `meta:xdmType` too. In place. */
function annotate(node: unknown): unknown {
  if (!isObject(node)) return node;
  for (const holder of ["properties", "definitions"])
    if (isObject(node[holder])) for (const child of Object.values(node[holder])) describe(child);
  for (const key of ["items", "additionalProperties"]) if (isObject(node[key])) describe(node[key]);
  if (Array.isArray(node["allOf"])) for (const part of node["allOf"]) describe(part);
  return node;
}

function describe(field: unknown): void {
  if (!isObject(field)) return;
  annotate(field);
  if (field["type"] === undefined && (field["properties"] || field["$ref"] || field["allOf"])) field["type"] = "object";
  field["meta:xdmType"] = xdmTypeOf(field as JsonSchema);
}
