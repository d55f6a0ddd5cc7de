/** Short constructors for XDM fields, so that a definition reads as a list of names and types. */
import type { JsonSchema, XdmResource } from "./json-schema.ts";

type Extra = Partial<JsonSchema>;

const field =
  (type: string, xdmType: JsonSchema["meta:xdmType"]) =>
  (title: string, extra: Extra = {}): JsonSchema => ({
    type,
    title,
    "meta:xdmType": xdmType,
    ...extra,
  });

export const text = field("string", "string");
export const decimal = field("number", "double");
export const whole = field("integer", "int");
export const flag = field("boolean", "boolean");
export const date = (title: string): JsonSchema => ({ type: "string", format: "date", title, "meta:xdmType": "date" });
export const dateTime = (title: string): JsonSchema => ({
  type: "string",
  format: "date-time",
  title,
  "meta:xdmType": "date-time",
});

/** A closed list of values: anything else is refused. */
export function choice(title: string, labels: Record<string, string>): JsonSchema {
  return text(title, { enum: Object.keys(labels), "meta:enum": labels });
}

/** A list of usual values: others are allowed too. */
export function suggestion(title: string, labels: Record<string, string>): JsonSchema {
  return text(title, { "meta:enum": labels });
}

export function object(title: string, properties: Record<string, JsonSchema>, extra: Extra = {}): JsonSchema {
  return { type: "object", title, "meta:xdmType": "object", properties, ...extra };
}

export function list(title: string, items: JsonSchema): JsonSchema {
  return { type: "array", title, "meta:xdmType": "array", items };
}

/** A map: free keys, one type of value. */
export function mapOf(title: string, values: JsonSchema): JsonSchema {
  return { type: "object", title, "meta:xdmType": "map", additionalProperties: values };
}

export const ref = (id: string, title?: string): JsonSchema => (title ? { $ref: id, title } : { $ref: id });

const HOST = "https://ns.adobe.com/xdm/";

/** Global `$id` from its path below `https://ns.adobe.com/xdm/`. */
export const xdm = (path: string): string => `${HOST}${path}`;

/** `https://ns.adobe.com/xdm/context/profile` -> `_xdm.context.profile`. */
const altIdOf = (id: string): string => `_${id.slice("https://ns.adobe.com/".length).replaceAll("/", ".")}`;

interface ResourceOptions {
  title: string;
  description: string;
  properties: Record<string, JsonSchema>;
  required?: string[];
  /** Other resources whose fields come along (`allOf`). */
  include?: string[];
  extend?: string[];
}

function resource(kind: XdmResource["meta:resourceType"], path: string, options: ResourceOptions): XdmResource {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const { title, description, properties, required, include = [], extend } = options;
  return {
    $id: xdm(path),
    "meta:altId": altIdOf(xdm(path)),
    "meta:resourceType": kind,
    version: "1.0",
    title,
    description,
    type: "object",
    "meta:xdmType": "object",
    "meta:containerId": "global",
    "meta:extensible": kind !== "datatypes",
    "meta:abstract": true,
    ...(extend ? { "meta:intendedToExtend": extend } : {}),
    ...(include.length ? { "meta:extends": include } : {}),
    definitions: { [name]: { type: "object", "meta:xdmType": "object", properties } },
    allOf: [...include.map((id) => ({ $ref: id })), { $ref: `#/definitions/${name}` }],
    ...(required ? { required } : {}),
  };
}

export const dataType = (path: string, options: ResourceOptions): XdmResource => resource("datatypes", path, options);
export const fieldGroup = (path: string, options: ResourceOptions): XdmResource => resource("mixins", path, options);
export const xdmClass = (path: string, options: ResourceOptions): XdmResource => resource("classes", path, options);
export const behavior = (path: string, options: ResourceOptions): XdmResource => resource("behaviors", path, options);
