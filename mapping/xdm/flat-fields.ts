/**
 * A tenant field group as one flat map from dotted path to field, and back to the registry's nested body.
 *
 * `_acme.capillary.expiredPoints: {type: "number"}` is a leaf, `_acme.stores[].code` a leaf of an array's items,
 * `_acme.tags[]` the items of an array of scalars, `_acme.codes{}` the values of a map. Objects and arrays in between are implied;
 * one gets an entry of its own only when it says more than its type (a title, a list of required names).
 */
import type { JsonSchema } from "./json-schema.ts";

export type FlatFields = Record<string, JsonSchema>;

const DEFINITION = "customFields";

/** Nested registry body of a field group: what POST /tenant/fieldgroups takes beside title and `meta:intendedToExtend`. */
export function unflattenFields(fields: FlatFields): { definitions: Record<string, JsonSchema>; allOf: JsonSchema[] } {
  const root: JsonSchema = { type: "object", properties: {} };
  for (const [path, field] of Object.entries(fields)) {
    const node = reach(root, path);
    const { properties, items, ...rest } = field;
    Object.assign(node, rest);
    if (properties) node.properties = { ...properties, ...node.properties };
    if (items) node.items = { ...items, ...node.items };
  }
  return { definitions: { [DEFINITION]: root }, allOf: [{ $ref: `#/definitions/${DEFINITION}` }] };
}

/** The node at `path`, making the objects, arrays and maps on the way. */
function reach(root: JsonSchema, path: string): JsonSchema {
  let node = root;
  for (const segment of splitFlat(path)) {
    const [, name = segment, containers = ""] = /^(.*?)((?:\[\]|\{\})*)$/.exec(segment) ?? [];
    node.type ??= "object";
    node.properties ??= {};
    if (!Object.hasOwn(node.properties, name)) node.properties[name] = {};
    node = node.properties[name]!;
    for (const container of containers.match(/\[\]|\{\}/g) ?? []) node = inside(node, container);
  }
  return node;
}

function inside(node: JsonSchema, container: string): JsonSchema {
  if (container === "[]") {
    node.type = "array";
    node.items ??= {};
    return node.items;
  }
  node.type = "object";
  if (typeof node.additionalProperties !== "object") node.additionalProperties = {};
  return node.additionalProperties as JsonSchema;
}

/** Splits at dots; a dot inside a name is escaped with a backslash. */
function splitFlat(path: string): string[] {
  return path.split(/(?<!\\)\./).map((segment) => segment.replaceAll("\\.", "."));
}

/**
 * The flat map of a field group's body as the registry answers it. What the registry adds by itself (`meta:xdmType`) is left
 * out, so that what was declared comes back unchanged.
 */
export function flattenFields(body: Record<string, unknown>): FlatFields {
  const schema = body as JsonSchema;
  const out: FlatFields = {};
  const parts = [schema, ...(schema.allOf ?? []).map((part) => (part.$ref ? local(schema, part.$ref) : part))];
  for (const part of parts) {
    for (const [name, child] of Object.entries(part?.properties ?? {})) flatten(child, escapeName(name), out);
  }
  return out;
}

function local(schema: JsonSchema, $ref: string): JsonSchema | undefined {
  const name = /^#\/definitions\/(.+)$/.exec($ref)?.[1];
  return name === undefined ? undefined : schema.definitions?.[decodeURIComponent(name)];
}

const escapeName = (name: string): string => name.replaceAll(".", "\\.");

function flatten(node: JsonSchema, path: string, out: FlatFields): void {
  const { properties, items, additionalProperties, "meta:xdmType": _xdmType, ...own } = node;
  const children = Object.entries(properties ?? {});
  const values = typeof additionalProperties === "object" ? additionalProperties : undefined;
  const implied = children.length > 0 || items !== undefined || values !== undefined;
  if (!implied || Object.keys(own).some((key) => key !== "type")) {
    out[path] = additionalProperties === undefined || values ? own : { ...own, additionalProperties };
  }
  for (const [name, child] of children) flatten(child, `${path}.${escapeName(name)}`, out);
  if (items) flatten(items, `${path}[]`, out);
  if (values) flatten(values, `${path}{}`, out);
}
