/** Does a row fit its XDM schema? Answers in the words of AEP's streaming validation. */
import { createRequire } from "node:module";
import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import type { ComposedSchema, JsonSchema } from "./json-schema.ts";

export interface XdmViolation {
  /** URI fragment of the place, as `pointerToViolation` writes it: `#/loyalty/points`, `#` for the row itself. */
  pointer: string;
  /** JSON Schema keyword that failed: `type`, `required`, `additionalProperties`, `enum`, `format`, ... */
  keyword: string;
  /** What is wrong, never quoting the value: `expected type: Number, found: String`. */
  message: string;
}

const cache = new WeakMap<JsonSchema, (row: unknown) => XdmViolation[]>();
// The validator takes a while to load: only who validates a row pays.
const load = createRequire(import.meta.url);

/**
 * Compiles a composed schema once (kept as long as the schema object lives) to a function that lists every violation of a row.
 * Formats are checked too: `date-time` needs an offset or Z. Message texts for `additionalProperties` and `type` are documented
 * by Adobe's streaming validation page, the others follow their pattern (assumed).
 */
export function compileXdmValidator(schema: ComposedSchema): (row: unknown) => XdmViolation[] {
  let check = cache.get(schema);
  if (!check) {
    check = compile(schema);
    cache.set(schema, check);
  }
  return check;
}

function compile(schema: ComposedSchema): (row: unknown) => XdmViolation[] {
  let validate: ValidateFunction | undefined;
  return (row) => {
    validate ??= newAjv().compile(plain(schema));
    return validate(row) ? [] : (validate.errors ?? []).map(violation);
  };
}

function newAjv(): Ajv {
  const { Ajv } = load("ajv") as typeof import("ajv");
  const addFormats = (load("ajv-formats") as typeof import("ajv-formats")).default as unknown as (ajv: Ajv) => Ajv;
  return addFormats(new Ajv({ allErrors: true, strict: false, verbose: true, logger: false }));
}

/** The schema without identifiers and `meta:` keys, which ajv would try to register or understand. */
function plain(node: JsonSchema): JsonSchema {
  const out: JsonSchema = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === "$id" || key === "$schema" || key.startsWith("meta:") || key === "title" || key === "description")
      continue;
    out[key] = value;
  }
  if (node.properties) {
    out.properties = Object.fromEntries(Object.entries(node.properties).map(([key, value]) => [key, plain(value)]));
  }
  if (node.items) out.items = plain(node.items);
  if (typeof node.additionalProperties === "object") out.additionalProperties = plain(node.additionalProperties);
  return out;
}

function violation(error: ErrorObject): XdmViolation {
  return { pointer: `#${error.instancePath}`, keyword: error.keyword, message: message(error) };
}

function message(error: ErrorObject): string {
  const { params } = error;
  switch (error.keyword) {
    case "additionalProperties":
      return `extraneous key [${params["additionalProperty"]}] is not permitted`;
    case "required":
      return `required key [${params["missingProperty"]}] not found`;
    case "type":
      return `expected type: ${TYPE_NAMES[params["type"] as string] ?? params["type"]}, found: ${foundType(error.data)}`;
    case "enum":
      return `the value is not a valid enum value (one of ${(params["allowedValues"] as unknown[]).join(", ")})`;
    case "format":
      return `the value is not a valid ${params["format"]}`;
    default:
      return error.message ?? error.keyword;
  }
}

const TYPE_NAMES: Record<string, string> = {
  string: "String",
  number: "Number",
  integer: "Integer",
  boolean: "Boolean",
  object: "JSONObject",
  array: "JSONArray",
  null: "Null",
};

function foundType(value: unknown): string {
  if (value === null) return "Null";
  if (Array.isArray(value)) return "JSONArray";
  if (typeof value === "number") return Number.isInteger(value) ? "Long" : "Double";
  return { string: "String", boolean: "Boolean", object: "JSONObject" }[typeof value as string] ?? typeof value;
}
