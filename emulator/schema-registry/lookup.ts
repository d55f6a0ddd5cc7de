/** Finding resources by any of their ids, Adobe's own included. */
import { type ComposedSchema, composeSchema, standardResources } from "../../mapping/xdm/model.ts";
import { registryProblem } from "../problem.ts";
import type { Entity, SandboxState } from "../store.ts";
import { KINDS, type ResourceKind } from "./kinds.ts";

const HOST = "https://ns.adobe.com/";

/** `https://ns.adobe.com/acme/mixins/8f…` -> `_acme.mixins.8f…`; a `meta:altId` stays as it is. */
export function altIdOf(id: string): string {
  return id.startsWith(HOST) ? `_${id.slice(HOST.length).replaceAll("/", ".")}` : id;
}

const globalByAltId = new Map<string, Entity>(
  [...standardResources.values()].map((resource) => [resource["meta:altId"], resource as Entity]),
);

/** A tenant's or Adobe's class, field group, data type or schema; undefined when nobody has it. */
export function findResource(sandbox: SandboxState, id: string): Entity | undefined {
  const altId = altIdOf(id);
  for (const kind of Object.keys(KINDS) as ResourceKind[]) {
    const found = sandbox.registry[kind].get(altId);
    if (found) return found;
  }
  return globalResource(sandbox, altId);
}

/** One of Adobe's own resources by its `meta:altId`, in the version this sandbox has. */
function globalResource(sandbox: SandboxState, altId: string): Entity | undefined {
  return sandbox.registry.globals.get(altId) ?? globalByAltId.get(altId);
}

/** Adobe's resources of one kind, in the order of their `$id`s. */
export function globalResources(sandbox: SandboxState, resourceType: string): Entity[] {
  const all = [...globalByAltId.keys()]
    .map((altId) => globalResource(sandbox, altId) as Entity)
    .filter((resource) => resource["meta:resourceType"] === resourceType);
  return all.sort((a, b) => (String(a["$id"]) < String(b["$id"]) ? -1 : 1));
}

/** The resource of this kind in the container. Throws the kind's 404. */
export function existing(sandbox: SandboxState, container: string, kind: ResourceKind, id: string): Entity {
  const altId = altIdOf(id);
  const { segment, notFound } = KINDS[kind];
  const global = container === "global" ? globalResource(sandbox, altId) : undefined;
  const found = container === "tenant" ? sandbox.registry[kind].get(altId) : global;
  if (found?.["meta:resourceType"] !== segment) throw missing(notFound, id);
  return found;
}

export function missing(code: number, id: string, version = "1"): ReturnType<typeof registryProblem> {
  const detail = `Requested resource ${id} with version ${version} is not found`;
  return registryProblem(code, 404, "Resource Not Found", detail);
}

/** The schema with every reference resolved, or undefined when it does not exist. Throws AepError XDM_SCHEMA when broken. */
export function composedSchema(sandbox: SandboxState, id: string): ComposedSchema | undefined {
  const schema = sandbox.registry.schemas.get(altIdOf(id));
  return schema && composeSchema(schema, ($id) => findResource(sandbox, $id));
}
