/** Composed XDM schemas of a sandbox: Adobe's standard resources plus the tenant's own. */
import { type ComposedSchema, composeSchema, standardResources } from "../mapping/xdm/model.ts";
import { altIdOf } from "./schema-registry/lookup.ts";
import type { Entity, SandboxState } from "./store.ts";

const MAX_CACHED = 200;
const KINDS = ["schemas", "fieldgroups", "classes", "datatypes", "globals"] as const;
const byContent = new Map<string, ComposedSchema>();
/** What was composed of a registry as it is: the sum of its versions goes up with every change. */
const byVersion = new WeakMap<SandboxState["registry"], { version: number; schemas: Map<string, ComposedSchema> }>();

/**
 * The schema with every reference resolved; undefined when the registry does not have it. Throws AepError when a reference
 * leads nowhere. A change of the schema or of a field group is seen at once.
 */
export function composedSchema(sandbox: SandboxState, schemaId: string): ComposedSchema | undefined {
  const { registry } = sandbox;
  const version = KINDS.reduce((sum, kind) => sum + registry[kind].version, 0);
  let known = byVersion.get(registry);
  if (known?.version !== version) {
    known = { version, schemas: new Map() };
    byVersion.set(registry, known);
  }
  const composed = known.schemas.get(schemaId) ?? compose(sandbox, schemaId);
  if (composed) known.schemas.set(schemaId, composed);
  return composed;
}

/** By content: most changes of a registry leave a schema as it was, and what is compiled from it too. */
function compose(sandbox: SandboxState, schemaId: string): ComposedSchema | undefined {
  const resolve = (id: string) => (tenantResource(sandbox, id) ?? standardResources.get(id)) as Entity | undefined;
  const schema = resolve(schemaId);
  if (!schema) return undefined;
  const seen: Entity[] = [schema];
  collect(schema, resolve, seen);
  const key = JSON.stringify(seen);
  const known = byContent.get(key);
  if (known) return known;
  if (byContent.size >= MAX_CACHED) byContent.delete(byContent.keys().next().value as string);
  const composed = composeSchema(schema, resolve);
  byContent.set(key, composed);
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
  const altId = altIdOf(id);
  for (const kind of KINDS) {
    const found = sandbox.registry[kind].get(altId);
    if (found) return found;
  }
  return undefined;
}
