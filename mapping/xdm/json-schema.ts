/** The shapes XDM resources take: JSON Schema draft 6 as the Schema Registry speaks it, with Adobe's `meta:` keys. */

/** What the registry calls a field's type, beside JSON Schema's own `type`. */
export type XdmType =
  | "string"
  | "byte"
  | "short"
  | "int"
  | "long"
  | "double"
  | "boolean"
  | "date"
  | "date-time"
  | "object"
  | "array"
  | "map";

/** One node of a JSON Schema; keys this project does not use are carried along untouched. */
export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  $ref?: string;
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
  "meta:xdmType"?: XdmType;
  "meta:enum"?: Record<string, string>;
  [key: string]: unknown;
}

/** A class, field group or data type as the registry's global container answers it. */
export interface XdmResource extends JsonSchema {
  $id: string;
  title: string;
  description: string;
  version: string;
  "meta:altId": string;
  "meta:resourceType": "classes" | "mixins" | "datatypes" | "behaviors";
  "meta:containerId": "global";
  "meta:extensible": boolean;
  "meta:abstract": boolean;
  "meta:intendedToExtend"?: string[];
  "meta:extends"?: string[];
}

/** One schema with every `$ref` and `allOf` resolved; objects with named properties take no others. */
export interface ComposedSchema extends JsonSchema {
  type: "object";
  properties: Record<string, JsonSchema>;
  required: string[];
}

const INTEGER_TYPES: Record<string, XdmType> = { "127": "byte", "128": "byte", "32767": "short", "32768": "short" };

/**
 * The `meta:xdmType` of a field, from its JSON Schema type, format and bounds.
 * A whole number without bounds is `int` (assumed: what the registry's own samples show); bounds beyond 32 bits make it `long`.
 */
export function xdmTypeOf(field: JsonSchema): XdmType {
  if (field["meta:xdmType"]) return field["meta:xdmType"];
  if (field.type === "integer") {
    if (field.maximum === undefined) return "int";
    return INTEGER_TYPES[String(field.maximum)] ?? (field.maximum > 2_147_483_648 ? "long" : "int");
  }
  if (field.type === "number") return "double";
  if (field.type === "boolean") return "boolean";
  if (field.type === "array") return "array";
  if (field.type === "string") return field.format === "date" || field.format === "date-time" ? field.format : "string";
  return typeof field.additionalProperties === "object" && !field.properties ? "map" : "object";
}
