/** What the registry refuses about a descriptor. Rules are documented, the code XDM-1000-400 for most is assumed. */
import { fieldAt, type JsonSchema } from "../../mapping/xdm/model.ts";
import { registryProblem } from "../problem.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { composedSchema, findResource } from "./lookup.ts";
import { invalid } from "./rules.ts";

const MAX_DESCRIPTORS = 4000;
const TYPES = new Set([
  "xdm:alternateDisplayInfo",
  "xdm:descriptorIdentity",
  "xdm:descriptorReferenceIdentity",
  "xdm:descriptorOneToOne",
  "xdm:descriptorOneToMany",
  "xdm:descriptorManyToMany",
  "xdm:descriptorRelationship",
  "xdm:descriptorPrimaryKey",
]);

export function checkDescriptor(world: World, sandbox: SandboxState, entity: Entity): void {
  const type = entity["@type"];
  if (typeof type !== "string" || !TYPES.has(type)) throw invalid(`@type must be one of ${[...TYPES].join(", ")}`);
  const schema = entity["xdm:sourceSchema"];
  if (typeof schema !== "string" || !findResource(sandbox, schema)) throw invalid(`Schema ${schema} does not exist`);
  if (String(entity["xdm:sourceVersion"]) !== "1") throw invalid("xdm:sourceVersion must be 1");
  const isNew = !sandbox.registry.descriptors.has(entity["@id"]);
  if (isNew && sandbox.registry.descriptors.size >= MAX_DESCRIPTORS)
    throw invalid(`A sandbox holds at most ${MAX_DESCRIPTORS} descriptors`);
  if (entity["xdm:sourceProperty"] !== undefined || type === "xdm:descriptorIdentity")
    checkProperty(world, sandbox, entity);
  if (type === "xdm:descriptorIdentity") checkIdentity(sandbox, entity);
}

/** A path of field names from `/`, without the word properties and without an end slash; it must exist. */
function checkProperty(world: World, sandbox: SandboxState, entity: Entity): void {
  const path = entity["xdm:sourceProperty"];
  if (typeof path !== "string" || !/^\/./.test(path) || path.endsWith("/"))
    throw invalid("xdm:sourceProperty must begin with / and not end with it");
  const names = path.slice(1).split("/");
  if (names.includes("properties")) throw invalid("xdm:sourceProperty must not hold the word properties");
  if (path === `/_${world.tenant}`) throw invalid("A descriptor cannot sit on the tenant object itself");
  if (!fieldOf(sandbox, entity)) throw invalid(`Field ${path} does not exist in schema ${entity["xdm:sourceSchema"]}`);
}

function fieldOf(sandbox: SandboxState, entity: Entity): JsonSchema | undefined {
  const schema = composedSchema(sandbox, entity["xdm:sourceSchema"]);
  const path = String(entity["xdm:sourceProperty"]).slice(1).replaceAll("/", ".");
  return schema && fieldAt(schema, path);
}

function checkIdentity(sandbox: SandboxState, entity: Entity): void {
  const property = entity["xdm:property"];
  if (property !== "xdm:code" && property !== "xdm:id") throw invalid("xdm:property must be xdm:code or xdm:id");
  const namespace = entity["xdm:namespace"];
  if (property === "xdm:code" ? typeof namespace !== "string" || namespace === "" : !Number.isInteger(namespace))
    throw invalid("xdm:namespace must be the namespace's code, or its number with xdm:property xdm:id");
  if (typeof entity["xdm:isPrimary"] !== "boolean") throw invalid("xdm:isPrimary must be true or false");
  if (fieldOf(sandbox, entity)?.type !== "string") throw invalid("An identity must be a string field");
  if (!entity["xdm:isPrimary"]) return;
  for (const other of sandbox.registry.descriptors.values()) {
    const same = other["xdm:sourceSchema"] === entity["xdm:sourceSchema"] && other["xdm:isPrimary"] === true;
    if (same && other["@id"] !== entity["@id"])
      throw registryProblem(
        1527,
        400,
        "Identity descriptor error",
        `Schema ${entity["xdm:sourceSchema"]} has a primary identity: descriptor ${other["@id"]}`,
      );
  }
}
