/** From a registry schema (a list of `$ref`s) to one self-contained JSON Schema, as `xed-full+json` shows it. */
import { AepError } from "../../errors.ts";
import type { ComposedSchema, JsonSchema } from "./json-schema.ts";
import { xdmTypeOf } from "./json-schema.ts";
import { standardResources } from "./standard/index.ts";

/** Finds a resource's body by `$id`; Adobe's global resources are known without it. */
export type ResolveResource = ($id: string) => Record<string, unknown> | undefined;

/** Deeper nesting than this is a cycle or nonsense; real XDM stays below ten. */
const MAX_DEPTH = 40;

interface Scope {
  resolve: ResolveResource;
  /** The document that `#/definitions/...` points into. */
  root: JsonSchema;
  depth: number;
  /** `$ref`s being resolved, to name a cycle. */
  trail: string[];
}

/**
 * Resolves `allOf` and `$ref` (absolute, `#/definitions/...`, and both together) into one schema and closes every object that
 * names its properties: XDM refuses fields the schema does not have. Tenant fields of several groups merge under `_{tenant}`.
 *
 * @throws AepError XDM_SCHEMA for a reference that leads nowhere or round in circles.
 */
export function composeSchema(
  schema: Record<string, unknown>,
  resolve: ResolveResource = () => undefined,
): ComposedSchema {
  const known: ResolveResource = ($id) => resolve($id) ?? standardResources.get($id);
  const root = schema as JsonSchema;
  const composed = close(expand(root, { resolve: known, root, depth: 0, trail: [] }));
  return { ...composed, type: "object", properties: composed.properties ?? {}, required: composed.required ?? [] };
}

/** `node` with its own `allOf` and `$ref` merged in, and its children expanded the same way. */
function expand(node: JsonSchema, scope: Scope): JsonSchema {
  if (scope.depth > MAX_DEPTH) throw new AepError("XDM_SCHEMA", `the schema nests deeper than ${MAX_DEPTH} levels`);
  const { $ref, allOf, definitions: _definitions, ...own } = node;
  let merged: JsonSchema = {};
  if ($ref) merged = follow($ref, scope);
  for (const part of allOf ?? []) merged = merge(merged, expand(part, scope));
  return merge(merged, expandChildren(own, scope));
}

function expandChildren(node: JsonSchema, scope: Scope): JsonSchema {
  const inner = { ...scope, depth: scope.depth + 1 };
  const out: JsonSchema = { ...node };
  if (node.properties) {
    out.properties = Object.fromEntries(
      Object.entries(node.properties).map(([key, value]) => [key, expand(value, inner)]),
    );
  }
  if (node.items) out.items = expand(node.items, inner);
  if (typeof node.additionalProperties === "object")
    out.additionalProperties = expand(node.additionalProperties, inner);
  return out;
}

function follow($ref: string, scope: Scope): JsonSchema {
  const [id = "", fragment = ""] = $ref.split("#");
  const root = id === "" ? scope.root : (scope.resolve(id) as JsonSchema | undefined);
  if (!root) throw new AepError("XDM_SCHEMA", `no class, field group or data type has the $id ${id}`, { where: $ref });
  const target = id === "" && fragment === "" ? undefined : pointer(root, fragment);
  if (!target) throw new AepError("XDM_SCHEMA", `the reference ${$ref} leads nowhere`);
  const step = `${root.$id ?? ""}#${fragment}`;
  if (scope.trail.includes(step)) {
    throw new AepError("XDM_SCHEMA", `the reference ${$ref} leads back to itself`, { where: scope.trail.join(" -> ") });
  }
  const found = expand(target, { ...scope, root, depth: scope.depth + 1, trail: [...scope.trail, step] });
  return id === "" || fragment !== "" ? found : withoutIdentity(found);
}

/** A resource's own names (`$id`, title, ...) belong to it, not to the schema or field that refers to it. */
function withoutIdentity(resource: JsonSchema): JsonSchema {
  const own = ["$id", "$schema", "title", "description", "version", "imsOrg", "meta:altId", "meta:resourceType"];
  own.push("meta:containerId", "meta:extensible", "meta:abstract", "meta:intendedToExtend", "meta:extends");
  own.push("meta:sandboxId", "meta:sandboxType", "meta:tenantNamespace", "meta:registryMetadata");
  return Object.fromEntries(Object.entries(resource).filter(([key]) => !own.includes(key)));
}

function pointer(root: JsonSchema, fragment: string): JsonSchema | undefined {
  let node: unknown = root;
  for (const raw of fragment.split("/").filter(Boolean)) {
    const key = decodeURIComponent(raw).replaceAll("~1", "/").replaceAll("~0", "~");
    node =
      typeof node === "object" && node !== null && Object.hasOwn(node, key) ? (node as JsonSchema)[key] : undefined;
  }
  return node as JsonSchema | undefined;
}

/** `b` over `a`; properties and items merge key by key, requireds add up. */
function merge(a: JsonSchema, b: JsonSchema): JsonSchema {
  const out: JsonSchema = { ...a, ...b };
  if (a.properties && b.properties) {
    out.properties = { ...a.properties };
    for (const [key, value] of Object.entries(b.properties)) {
      const before = Object.hasOwn(a.properties, key) ? a.properties[key] : undefined;
      out.properties[key] = before ? merge(before, value) : value;
    }
  }
  if (a.items && b.items) out.items = merge(a.items, b.items);
  if (typeof a.additionalProperties === "object" && typeof b.additionalProperties === "object") {
    out.additionalProperties = merge(a.additionalProperties, b.additionalProperties);
  }
  if (a.required && b.required) out.required = [...new Set([...a.required, ...b.required])];
  return out;
}

/** Objects that name their properties refuse others; every field says its XDM type. */
function close(node: JsonSchema): JsonSchema {
  const out: JsonSchema = { ...node };
  if (out.properties) {
    out.type ??= "object";
    out.properties = Object.fromEntries(Object.entries(out.properties).map(([key, value]) => [key, close(value)]));
    out.additionalProperties ??= false;
  }
  if (out.items) out.items = close(out.items);
  if (typeof out.additionalProperties === "object") out.additionalProperties = close(out.additionalProperties);
  out["meta:xdmType"] = xdmTypeOf(out);
  return out;
}
