/**
 * The JSON Schema an editor checks and completes mapping files with: the format, every function of the language as a snippet
 * of `expr`, and, for one target schema, its fields as keys of `rows`.
 */
import { z } from "zod";
import { FUNCTIONS } from "../functions/table.ts";
import { type FunctionSpec, signatureOf } from "../functions/types.ts";
import { listFields } from "../xdm/field-path.ts";
import type { JsonSchema } from "../xdm/json-schema.ts";
import type { LoadedSchema } from "../xdm/load-schema.ts";
import { mappingFormat } from "../yaml/mapping-format.ts";

type Json = Record<string, unknown>;

/** For any target schema, or for one whose fields are then offered. `tenant` is the id the schema was loaded with. */
export function mappingJsonSchema(target?: { loaded: LoadedSchema; tenant: string }): Json {
  const format = z.toJSONSchema(mappingFormat, { io: "input", target: "draft-7", override: offerFunctions }) as Json;
  const properties = format["properties"] as Record<string, Json>;
  const { additionalProperties: row, ...rows } = properties["rows"] ?? {};
  const ref = { $ref: "#/definitions/row" };
  const fields = target && { properties: fieldKeys(target.loaded, target.tenant, ref) };
  return {
    ...format,
    properties: { ...properties, rows: { ...rows, ...fields, additionalProperties: ref } },
    definitions: { row },
  };
}

/** JSON with lists of scalars on one line, as this project's formatter wants it. */
export function printJsonSchema(schema: unknown): string {
  const text = JSON.stringify(schema, null, 2);
  return `${text.replaceAll(/( *"[^"]+": )?\[\n([^[\]{}]*?)\n\s*\]/g, (whole, key = "", items: string) => {
    const line = `${key}[${items
      .split("\n")
      .map((item) => item.trim())
      .join(" ")}]`;
    return line.length < 119 ? line : whole;
  })}\n`;
}

function offerFunctions({ jsonSchema }: { jsonSchema: unknown }): void {
  const expr = (jsonSchema as JsonSchema).properties?.["expr"];
  if (expr)
    expr["defaultSnippets"] = FUNCTIONS.filter((spec) => !spec.deprecated && !spec.destinationsOnly).map(snippet);
}

/** The body is a template: its arguments are the stops of the editor's Tab key. */
function snippet(spec: FunctionSpec): Json {
  const stops = spec.params
    .map(({ name, optional }, index) => (optional ? "" : `\${${index + 1}:${name}}`))
    .filter(Boolean);
  return {
    label: spec.name,
    description: `${signatureOf(spec)}: ${spec.doc}`,
    body: `${spec.name}(${stops.join(", ")})`,
  };
}

/** Fields that hold values, by the path a mapping writes them with. */
function fieldKeys({ schema, file }: LoadedSchema, tenant: string, row: Json): Record<string, Json> {
  const namespaces = [...new Set(["Email", ...file.identities.map((one) => one.namespace)])];
  const leaves = listFields(schema).filter(({ field }) => !field.properties && !field.items && !isMap(field));
  return Object.fromEntries(
    leaves.flatMap(({ path, field, required }) => {
      const type = String(field["meta:xdmType"] ?? field.type ?? "any");
      const description = `${field.title ?? path} (${type}${required ? ", required" : ""})`;
      return spellings(path.replace(`_${tenant}.`, "_{tenant}."), namespaces).map((key) => [
        key,
        { ...row, description },
      ]);
    }),
  );
}

const isMap = (field: JsonSchema): boolean => typeof field.additionalProperties === "object";

/** An item of a list is the first one, or every one; keys of a map are the identity namespaces the schema names. */
function spellings(path: string, namespaces: readonly string[]): string[] {
  const items = path.includes("[*]") ? [path.replaceAll("[*]", "[0]"), path] : [path];
  return items.flatMap((one) => (one.includes("{key}") ? namespaces.map((name) => one.replace("{key}", name)) : [one]));
}
