/** The union tag: what puts a schema into Real-Time Customer Profile, for good. */
import { composeSchema, type JsonSchema } from "../../mapping/xdm/model.ts";
import { registryProblem } from "../problem.ts";
import type { Entity, SandboxState } from "../store.ts";
import { findResource } from "./lookup.ts";
import { invalid } from "./rules.ts";

const TAGS = "meta:immutableTags";
const TITLE = "Real-Time Customer Profile error";
const IDENTITY = "xdm:descriptorIdentity";

export function isInProfile(schema: Entity): boolean {
  return Array.isArray(schema[TAGS]) && schema[TAGS].includes("union");
}

/** XDM-1526 (tag removed), XDM-1527 (unknown tag), XDM-1528 (no identity): numbers documented as a family, cases assumed. */
export function checkUnionTag(sandbox: SandboxState, before: Entity | undefined, after: Entity): void {
  const tags = after[TAGS];
  if (tags !== undefined && !(Array.isArray(tags) && tags.every((tag) => typeof tag === "string")))
    throw invalid(`${TAGS} must be an array of strings`);
  const unknown = (tags as string[] | undefined)?.find((tag) => tag !== "union");
  if (unknown !== undefined) throw registryProblem(1527, 400, TITLE, `Tag ${unknown} is not known; there is union`);
  if (before && isInProfile(before) && !isInProfile(after))
    throw registryProblem(1526, 400, TITLE, "A schema cannot be taken out of Profile: the union tag cannot be removed");
  if (!isInProfile(after)) return;
  if (!hasIdentity(sandbox, after))
    throw registryProblem(
      1528,
      400,
      TITLE,
      "To enable Profile the schema needs a primary identity descriptor or the identityMap field group",
    );
  checkMerge(sandbox, after);
}

/** A primary identity descriptor, or the identity map among the fields. */
export function hasIdentity(sandbox: SandboxState, schema: Entity, without?: string): boolean {
  const primary = [...sandbox.registry.descriptors.values()].some(
    (item) =>
      item["@type"] === IDENTITY &&
      item["xdm:sourceSchema"] === schema["$id"] &&
      item["xdm:isPrimary"] === true &&
      item["@id"] !== without,
  );
  return primary || composed(sandbox, schema).properties?.["identityMap"] !== undefined;
}

/** XDM-1413-400: two Profile schemas of one class must not give a field two types. */
function checkMerge(sandbox: SandboxState, schema: Entity): void {
  const mine = composed(sandbox, schema);
  for (const other of sandbox.registry.schemas.values()) {
    if (other["$id"] === schema["$id"] || !isInProfile(other) || other["meta:class"] !== schema["meta:class"]) continue;
    const path = conflict(mine, composed(sandbox, other), "");
    if (path === undefined) continue;
    const detail = `Field ${path} has another type in schema ${other["$id"]}, which is in the same union`;
    throw registryProblem(1413, 400, "Merge conflict", detail);
  }
}

function conflict(a: JsonSchema, b: JsonSchema, path: string): string | undefined {
  if (a.type !== b.type) return path;
  if (a.items && b.items) return conflict(a.items, b.items, `${path}[*]`);
  for (const [key, child] of Object.entries(a.properties ?? {})) {
    const other = b.properties?.[key];
    const found = other && conflict(child, other, `${path}/${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function composed(sandbox: SandboxState, schema: Entity): JsonSchema {
  return composeSchema(schema, ($id) => findResource(sandbox, $id));
}
