/** The table of docs/config.md: every key of a stack file, from the schema that reads it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { settingOrigins } from "../../aep/settings.ts";
import { stackJsonSchema } from "./editor-schemas.ts";
import { table } from "./resource-page.ts";

const STACKS = resolve(import.meta.dirname, "../../stacks");

interface Schema {
  type?: string;
  enum?: unknown[];
  anyOf?: Schema[];
  default?: unknown;
  description?: string;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
}

interface Row {
  key: string;
  schema: Schema;
  required: boolean;
}

/** The page with its tables made anew; the text around them stays. */
export function configPage(page: string): string {
  const rows = allRows();
  const top = rows.filter(({ key }) => !key.includes("pipelines[]"));
  const below = rows.filter(({ key }) => key.includes("pipelines[]"));
  const parts: Record<string, string> = { keys: keyTable(top), pipelines: keyTable(below, "aep:pipelines[].") };
  return page.replaceAll(/(<!-- generated: (\w+) -->)[\s\S]*?(<!-- end -->)/g, (_, open, name: string, close) => {
    const made = parts[name];
    if (made === undefined) throw new Error(`docs/config.md asks for an unknown part: ${name}`);
    return `${open}\n\n${made}\n\n${close}`;
  });
}

/** Every key with its path. */
function allRows(): Row[] {
  const config = (stackJsonSchema()["properties"] as Record<string, Schema>)["config"] as Schema;
  return Object.entries(config.properties ?? {}).flatMap(([key, schema]) => rowsOf(key, schema, MUST.has(key)));
}

/** The program's own demands: of the file or of the environment. */
const MUST = new Set(["aep:orgId", "aep:sandbox", "aep:tenantId", "aep:pipelines"]);

function rowsOf(key: string, schema: Schema, required: boolean): Row[] {
  const own = { key, schema, required };
  const members = (at: string, of: Schema) =>
    Object.entries(of.properties ?? {}).flatMap(([name, one]) =>
      rowsOf(`${at}.${name}`, one, of.required?.includes(name) ?? false),
    );
  if (schema.items?.properties) return [own, ...members(`${key}[]`, schema.items)];
  return [own, ...(schema.properties ? members(key, schema) : [])];
}

function keyTable(rows: Row[], prefix = ""): string {
  const examples = stackValues();
  const variables = new Map(Object.values(settingOrigins(() => undefined, {})).map((one) => [one.key, one.variable]));
  return table(
    ["key", "type", "default", "meaning", "example", ...(prefix === "" ? ["variable that comes before it"] : [])],
    rows.map(({ key, schema, required }) => [
      `\`${key.slice(prefix.length)}\``,
      typeOf(schema),
      required ? "required" : shown(schema.default),
      meaning(schema),
      shown(examples.get(key) ?? schema.examples?.[0]),
      ...(prefix === "" ? [variables.has(key) ? `\`${variables.get(key)}\`` : ""] : []),
    ]),
  );
}

function typeOf(schema: Schema): string {
  if (schema.enum) {
    const words = schema.enum.filter((one) => typeof one === "boolean" || !["true", "false"].includes(String(one)));
    return words.every((one) => typeof one === "boolean") ? "boolean" : words.map((one) => `\`${one}\``).join(" or ");
  }
  if (schema.anyOf?.some(({ properties }) => properties?.["secure"])) return "string, or Pulumi's `secure:`";
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object") return `map of ${typeOf(schema.additionalProperties)}`;
  return schema.type === "object" ? "map" : (schema.type ?? "any");
}

/** The schema speaks to whoever writes the value ("Write a name"); a table speaks of it. */
function meaning(schema: Schema): string {
  const text = schema.description ?? schema.anyOf?.find(({ description }) => description)?.description ?? "";
  return text.replace(/^Write (\w)/, (_, first: string) => first.toUpperCase());
}

function shown(value: unknown): string {
  if (value === undefined || value === "" || (typeof value === "object" && Object.keys(value ?? {}).length === 0))
    return "";
  return `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
}

/** The first value that a stack of this project gives a key, by the key's path. */
function stackValues(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (path: string, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(typeof one === "object" ? `${path}[]` : path, one);
    else if (typeof value === "object" && value !== null)
      for (const [name, one] of Object.entries(value)) visit(path === "" ? name : `${path}.${name}`, one);
    else if (!found.has(path) && !/<.*>/.test(String(value))) found.set(path, value);
  };
  for (const file of readdirSync(STACKS).sort((a, b) => Number(b.includes("local")) - Number(a.includes("local"))))
    visit("", parse(readFileSync(join(STACKS, file), "utf8")).config);
  return found;
}
