/** Composed XDM schemas of a sandbox: Adobe's standard resources plus the tenant's own. */
import { type ComposedSchema, composeSchema, standardResources } from "../mapping/xdm/model.ts";
import type { Entity, SandboxState } from "./store.ts";

const MAX_CACHED = 200;
const cache = new Map<string, ComposedSchema>();

/**
 * The schema with every reference resolved; undefined when the registry does not have it. Throws AepError when a reference
 * leads nowhere. Cached by content, so a change of the schema or of a field group is seen at once.
 */
export function composedSchema(sandbox: SandboxState, schemaId: string): ComposedSchema | undefined {
  const schema = tenantResource(sandbox, schemaId) ?? standardResources.get(schemaId);
  if (!schema) return undefined;
  const seen: Entity[] = [schema];
  const resolve = (id: string) => {
    const found = tenantResource(sandbox, id) ?? standardResources.get(id);
    return found as Entity | undefined;
  };
  collect(schema, resolve, seen);
  const key = JSON.stringify(seen);
  let composed = cache.get(key);
  if (!composed) {
    if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value as string);
    composed = composeSchema(schema, resolve);
    cache.set(key, composed);
  }
  return composed;
}

/** Every resource of the sandbox's own that the schema reaches, as the cache key's material; those of the emulator never change. */
function collect(node: unknown, resolve: (id: string) => Entity | undefined, seen: Entity[]): void {
  if (Array.isArray(node)) for (const item of node) collect(item, resolve, seen);
  if (typeof node !== "object" || node === null || Array.isArray(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key !== "$ref" || typeof value !== "string") {
      collect(value, resolve, seen);
      continue;
    }
    const target = resolve(value.split("#")[0] ?? "");
    if (!target || seen.includes(target) || standardResources.get(target["$id"]) === target) continue;
    seen.push(target);
    collect(target, resolve, seen);
  }
}

/** A resource of the tenant container, or one of Adobe's that this sandbox has in another version, by its `$id` or `meta:altId`. */
export function tenantResource(sandbox: SandboxState, id: string): Entity | undefined {
  for (const kind of ["schemas", "fieldgroups", "classes", "datatypes", "globals"] as const) {
    const map = sandbox.registry[kind];
    const direct = map.get(id);
    if (direct) return direct;
    for (const entity of map.values()) if (entity["$id"] === id || entity["meta:altId"] === id) return entity;
  }
  return undefined;
}
