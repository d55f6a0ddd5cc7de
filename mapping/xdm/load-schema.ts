/** A schema file of `xdm/` with its field groups, composed: what mappings are checked against without a sandbox. */
import { existsSync } from "node:fs";
import { dirname, join, resolve as resolvePath } from "node:path";
import { AepError } from "../../errors.ts";
import { composeSchema } from "./compose.ts";
import { closest } from "./field-path.ts";
import { unflattenFields } from "./flat-fields.ts";
import type { ComposedSchema, JsonSchema } from "./json-schema.ts";
import { standardFieldGroups, standardResources } from "./standard/index.ts";
import { type FieldGroupFile, loadXdmFile, type SchemaFile } from "./xdm-file.ts";

export interface LoadedSchema {
  path: string;
  file: SchemaFile;
  schema: ComposedSchema;
  /** Tenant field groups by name, as loaded. */
  groups: Record<string, FieldGroupFile>;
  /** Fields left out of `schema`, because the sandbox's standard groups lack them. */
  lacking: string[];
}

export interface LoadSchemaOptions {
  tenant: string;
  /** Fields of standard groups that the sandbox said it has (true) or lacks (false); those it lacks are left out. */
  standardFields?: Readonly<Record<string, boolean>> | undefined;
}

/**
 * Loads `xdm/x.yaml`, the tenant groups it names from the same folder, and composes them with Adobe's own.
 *
 * @throws AepError XDM_YAML, FILE_NOT_FOUND, XDM_SCHEMA (a group that is neither Adobe's nor a file, or that does not fit the class)
 */
export function loadSchema(path: string, options: LoadSchemaOptions): LoadedSchema {
  const file = loadXdmFile(path, options);
  if (file.kind !== "schema")
    throw new AepError("XDM_YAML", "a mapping needs a schema, this file is a field group", { where: path });
  const groups: Record<string, FieldGroupFile> = {};
  const refs = file.fieldGroups.map((name) => groupId(name, path, file, options, groups));
  const bodies = new Map(
    Object.entries(groups).map(([name, group]) => [
      localId(name, options.tenant),
      { title: group.title, ...unflattenFields(group.fields) },
    ]),
  );
  const body = { title: file.title, "meta:class": file.class, allOf: [file.class, ...refs].map(($ref) => ({ $ref })) };
  const lacking = Object.entries(options.standardFields ?? {}).flatMap(([field, has]) => (has ? [] : [field]));
  const composed = composeSchema(body, (id) => bodies.get(id));
  const schema = lacking.reduce((whole, field) => without(whole, field.split(".")) as ComposedSchema, composed);
  return { path, file, groups, schema, lacking };
}

/** The schema without one of its fields; as it is when it has no such field. */
function without(node: JsonSchema, [name, ...rest]: string[]): JsonSchema {
  const child = name === undefined ? undefined : node.properties?.[name];
  if (name === undefined || !child) return node;
  const { [name]: _, ...others } = node.properties ?? {};
  return { ...node, properties: rest.length > 0 ? { ...node.properties, [name]: without(child, rest) } : others };
}

/** Why a destination is none in a sandbox whose stack records that it lacks the field, and what to do; undefined for any other. */
export function lackingText({ lacking }: LoadedSchema, path: string): { message: string; fix: string } | undefined {
  const field = lacking.find((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  if (field === undefined) return undefined;
  return {
    message: `the sandbox's own field groups lack ${field}, as aep:standardFields of the stack records`,
    fix: "Give the row orTenant with a field of your own group, or ask the sandbox again: aep mapping fields --stack STACK --write.",
  };
}

/** Stands in for the hash the registry would give. */
const localId = (name: string, tenant: string): string => `https://ns.adobe.com/${tenant}/mixins/${name}`;

function groupId(
  name: string,
  path: string,
  schema: SchemaFile,
  options: { tenant: string },
  groups: Record<string, FieldGroupFile>,
): string {
  const standard = Object.hasOwn(standardFieldGroups, name)
    ? standardFieldGroups[name as keyof typeof standardFieldGroups]
    : undefined;
  if (standard ?? name.startsWith("https://")) {
    const id = standard ?? name;
    if (standardResources.has(id)) return id;
    throw new AepError("XDM_SCHEMA", `the field group ${id} is not known offline`, {
      where: path,
      hint: "Use Adobe's groups by short name, or describe the group in a file of xdm/.",
    });
  }
  const file = join(dirname(resolvePath(path)), `${name}.yaml`);
  if (!existsSync(file)) {
    const near = closest(name, Object.keys(standardFieldGroups));
    throw new AepError(
      "XDM_SCHEMA",
      `there is no field group ${name}: neither one of Adobe's nor the file ${name}.yaml`,
      {
        where: path,
        ...(near
          ? { hint: `Did you mean ${near}?` }
          : { hint: `Adobe's are ${Object.keys(standardFieldGroups).join(", ")}.` }),
      },
    );
  }
  const group = loadXdmFile(file, options);
  if (group.kind !== "fieldGroup")
    throw new AepError("XDM_SCHEMA", `${name} is a schema, not a field group`, { where: path });
  if (!group.extends.includes(schema.class)) {
    throw new AepError("XDM_SCHEMA", `the field group ${name} does not extend the class ${schema.class}`, {
      where: path,
    });
  }
  groups[name] = group;
  return localId(name, options.tenant);
}
