/** What the registry refuses about a body: shape, title, tenant namespace, references, the union tag. */
import { composeSchema, type JsonSchema } from "../../mapping/xdm/model.ts";
import { isObject } from "../http.ts";
import { type Problem, registryProblem } from "../problem.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { classOf, refsOf } from "./entity.ts";
import { KINDS, type ResourceKind } from "./kinds.ts";
import { findResource } from "./lookup.ts";

/** Undocumented number for a body of the wrong shape; assumed. */
const INVALID = 1000;

/** A body of the wrong shape: XDM-1000-400, assumed. */
export function invalid(detail: string): Problem {
  return registryProblem(INVALID, 400, "Invalid request", detail);
}

/** Everything but the rules that compare with the resource as it was. */
export function checkResource(world: World, sandbox: SandboxState, kind: ResourceKind, entity: Entity): void {
  checkShape(kind, entity);
  checkTitle(sandbox, entity);
  checkReferences(sandbox, kind, entity);
  if (kind === "fieldgroups" || kind === "classes") checkNamespace(world, entity);
  checkComposes(sandbox, entity);
}

function checkShape(kind: ResourceKind, entity: Entity): void {
  const absent = KINDS[kind].required.filter((key) => entity[key] === undefined);
  if (absent.length > 0) throw invalid(`Missing required ${absent.join(", ")}`);
  if (typeof entity["title"] !== "string" || entity["title"].trim() === "") throw invalid("title must not be empty");
  if (entity["description"] !== undefined && typeof entity["description"] !== "string")
    throw invalid("description must be a string");
  if (entity["type"] !== "object" && !(kind === "datatypes" && entity["type"] === "array"))
    throw invalid("type must be object");
  if (entity["allOf"] !== undefined && !Array.isArray(entity["allOf"])) throw invalid("allOf must be an array");
  for (const key of ["properties", "definitions"])
    if (entity[key] !== undefined && !isObject(entity[key])) throw invalid(`${key} must be an object`);
}

/** XDM-1521-400 (documented): a title is unique across every kind of the tenant's resources. */
function checkTitle(sandbox: SandboxState, entity: Entity): void {
  for (const kind of Object.keys(KINDS) as ResourceKind[])
    for (const other of sandbox.registry[kind].values())
      if (other["title"] === entity["title"] && other["$id"] !== entity["$id"]) {
        const detail = `Title must be unique. An object ${other["$id"]} already exists with the same title`;
        throw registryProblem(1521, 400, "Title not unique", detail);
      }
}

function checkReferences(sandbox: SandboxState, kind: ResourceKind, entity: Entity): void {
  const refs = refsOf(entity);
  const unknown = refs.find((ref) => !findResource(sandbox, ref));
  if (unknown !== undefined) throw invalid(`Reference ${unknown} does not exist`);
  if (kind !== "schemas") return;
  const types = refs.map((ref) => String(findResource(sandbox, ref)?.["meta:resourceType"]));
  if (types.filter((type) => type === "classes").length !== 1) throw invalid("allOf must hold exactly one class");
  const stranger = refs.find((_ref, index) => types[index] !== "classes" && types[index] !== "mixins");
  if (stranger !== undefined) throw invalid(`Reference ${stranger} is no class and no field group`);
  checkExtends(sandbox, entity, refs);
}

/** A field group can only join a class it is intended to extend (documented; the code is assumed). */
function checkExtends(sandbox: SandboxState, entity: Entity, refs: string[]): void {
  const ownClass = classOf(sandbox, entity) as string;
  const family = new Set([ownClass, ...((findResource(sandbox, ownClass)?.["meta:extends"] as string[]) ?? [])]);
  for (const ref of refs) {
    const intended = findResource(sandbox, ref)?.["meta:intendedToExtend"];
    if (Array.isArray(intended) && intended.length > 0 && !intended.some((id) => family.has(id)))
      throw invalid(`Field group ${ref} cannot extend class ${ownClass}`);
  }
}

/** XDM-1020..1024-400 are namespace violations; which number stands for which case is assumed. */
function checkNamespace(world: World, entity: Entity): void {
  const tenant = `_${world.tenant}`;
  const roots = [entity, ...Object.values((entity["definitions"] as Entity | undefined) ?? {})];
  for (const root of roots) {
    const outside = fieldOutside(root, tenant, "");
    if (outside === undefined) continue;
    const detail = `Field ${outside} must be under the tenant namespace ${tenant}`;
    throw registryProblem(1021, 400, "Namespace validation error", detail);
  }
  for (const root of roots) checkNames(isObject(root) ? root["properties"]?.[tenant] : undefined, tenant);
}

/** Path of the first field that is not below the tenant's object; standard objects may be passed through on the way. */
function fieldOutside(node: unknown, tenant: string, path: string): string | undefined {
  if (!isObject(node) || !isObject(node["properties"])) return undefined;
  for (const [key, child] of Object.entries(node["properties"])) {
    if (key === tenant) continue;
    const here = `${path}/${key}`;
    if (!isObject(child) || !isObject(child["properties"])) return here;
    const found = fieldOutside(child, tenant, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Custom field names: letters, digits, hyphen, underscore, none in front (documented). */
function checkNames(node: unknown, path: string): void {
  if (!isObject(node)) return;
  if (isObject(node["items"])) checkNames(node["items"], path);
  if (!isObject(node["properties"])) return;
  for (const [key, child] of Object.entries(node["properties"])) {
    if (!/^[A-Za-z0-9-][A-Za-z0-9_-]*$/.test(key)) {
      const detail = `Field name ${path}/${key} may only hold letters, digits, - and _, and must not begin with _`;
      throw registryProblem(1022, 400, "Namespace validation error", detail);
    }
    checkNames(child, `${path}/${key}`);
  }
}

function checkComposes(sandbox: SandboxState, entity: Entity): void {
  try {
    composeSchema(entity as JsonSchema, ($id) => findResource(sandbox, $id));
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
}
