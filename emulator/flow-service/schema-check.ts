/** JSON Schema checks of auth parameters and schedules against the specs' own schemas. */
import { createRequire } from "node:module";
import type { Ajv, ValidateFunction } from "ajv";
import type { Entity } from "../store.ts";

// The validator takes a while to load: the first check pays, not the start.
const load = createRequire(import.meta.url);
let ajv: Ajv | undefined;
function checker(): Ajv {
  if (ajv) return ajv;
  const { Ajv } = load("ajv") as typeof import("ajv");
  ajv = new Ajv({ allErrors: true, strict: false, validateSchema: false, validateFormats: false });
  return ajv;
}
const compiled = new WeakMap<Entity, ValidateFunction>();

export interface SchemaFault {
  /** Dotted path of the property at fault; empty for the object itself. */
  property: string;
  keyword: string;
  message: string;
}

/** Faults of a value, in words that never repeat the value: it may hold secrets. */
export function schemaFaults(schema: Entity, value: unknown): SchemaFault[] {
  let validate = compiled.get(schema);
  if (!validate) {
    validate = checker().compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => ({
    property: property(error.instancePath, error.params),
    keyword: error.keyword,
    message: error.message ?? error.keyword,
  }));
}

function property(pointer: string, params: Record<string, unknown>): string {
  const path = pointer.slice(1).replaceAll("/", ".");
  const missing = params["missingProperty"];
  if (typeof missing !== "string") return path;
  return path === "" ? missing : `${path}.${missing}`;
}
