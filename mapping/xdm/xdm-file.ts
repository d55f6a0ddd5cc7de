/** Loading one file of `xdm/`; the formats are described in ./xdm-format.ts. */
import type { z } from "zod";
import { type Mistake, mistakesError, YamlSource } from "../yaml/source.ts";
import { parseWith } from "../yaml/zod-mistakes.ts";
import type { FlatFields } from "./flat-fields.ts";
import type { JsonSchema } from "./json-schema.ts";
import { standardClasses } from "./standard/index.ts";
import { type FieldValue, fieldGroupFormat, schemaFormat } from "./xdm-format.ts";

export interface SchemaFile {
  kind: "schema";
  title: string;
  description?: string;
  /** `$id` of the class. */
  class: string;
  /** Short names of Adobe's groups, names of files in xdm/, or `$id`s, as written. */
  fieldGroups: string[];
  /** `property` as a JSON pointer: `/personalEmail/address`. */
  identities: Array<{ property: string; namespace: string; primary: boolean }>;
  profile: boolean;
}

export interface FieldGroupFile {
  kind: "fieldGroup";
  title: string;
  description?: string;
  /** `$id`s of the classes it may be used with. */
  extends: string[];
  /** Paths with the tenant put in, fields as JSON Schema. */
  fields: FlatFields;
}

export type XdmFile = SchemaFile | FieldGroupFile;

/** @throws AepError XDM_YAML naming every mistake with its line and column; FILE_NOT_FOUND. */
export function loadXdmFile(path: string, options: { tenant: string }): XdmFile {
  const { file, mistakes } = readXdmFile(path, options);
  if (!file) throw mistakesError("XDM_YAML", path, mistakes);
  return file;
}

/** The same without the throw. @throws AepError FILE_NOT_FOUND */
export function readXdmFile(
  path: string,
  options: { tenant: string },
): { file?: XdmFile; mistakes: Mistake[]; source: YamlSource } {
  return readXdmText(YamlSource.read(path), options);
}

/** The same for a text that is in no file. */
export function readXdmText(
  source: YamlSource,
  options: { tenant: string },
): { file?: XdmFile; mistakes: Mistake[]; source: YamlSource } {
  const kind = (source.value as { kind?: unknown } | undefined)?.kind;
  if (kind === "schema") {
    const { value, mistakes } = parseWith(source, schemaFormat);
    return value ? { file: schemaFile(value, options.tenant), mistakes, source } : { mistakes, source };
  }
  if (kind === "fieldGroup") {
    const { value, mistakes } = parseWith(source, fieldGroupFormat);
    if (!value) return { mistakes, source };
    const nested = nestedMistakes(value, source);
    return nested.length > 0
      ? { mistakes: nested, source }
      : { file: groupFile(value, options.tenant), mistakes, source };
  }
  if (source.mistakes.length > 0) return { mistakes: source.mistakes, source };
  return { mistakes: [{ ...source.positionOf(["kind"]), message: "write kind: schema or kind: fieldGroup" }], source };
}

function schemaFile(value: z.output<typeof schemaFormat>, tenant: string): SchemaFile {
  return {
    ...value,
    class: classId(value.class),
    identities: value.identities.map((one) => ({
      ...one,
      property: asPointer(one.property.replaceAll("{tenant}", tenant)),
    })),
  };
}

function groupFile(value: z.output<typeof fieldGroupFormat>, tenant: string): FieldGroupFile {
  const { fields, ...rest } = value;
  return {
    ...rest,
    extends: value.extends.map(classId),
    fields: Object.fromEntries(
      Object.entries(fields).map(([path, field]) => [path.replace("{tenant}", tenant), jsonSchemaOf(field)]),
    ),
  };
}

const classId = (name: string): string => standardClasses[name as keyof typeof standardClasses] ?? name;

/** `personalEmail.address` and `/personalEmail/address` both become the latter. */
function asPointer(property: string): string {
  return property.startsWith("/") ? property : `/${property.replaceAll(".", "/")}`;
}

/** Bounds as Adobe's table of XDM field types gives them. */
const FIELD_TYPES: Record<string, JsonSchema> = {
  byte: { type: "integer", minimum: -128, maximum: 128 },
  short: { type: "integer", minimum: -32_768, maximum: 32_768 },
  int: { type: "integer" },
  long: { type: "integer", minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 },
  double: { type: "number" },
  date: { type: "string", format: "date" },
  "date-time": { type: "string", format: "date-time" },
};

function jsonSchemaOf(value: FieldValue): JsonSchema {
  if (typeof value === "string") return { ...(FIELD_TYPES[value] ?? { type: value }) };
  const { type, enum: allowed, suggest, ...rest } = value;
  const out: JsonSchema = { ...(FIELD_TYPES[type] ?? { type }), ...rest };
  if (allowed) out.enum = Array.isArray(allowed) ? allowed : Object.keys(allowed);
  const labels = allowed && !Array.isArray(allowed) ? allowed : suggest;
  if (labels) out["meta:enum"] = labels;
  return out;
}

/** A field cannot be a scalar and hold others, nor be a list in one line and none in another. */
function nestedMistakes(value: z.output<typeof fieldGroupFormat>, source: YamlSource): Mistake[] {
  const scalars = new Map<string, string>();
  const shapes = new Map<string, string>();
  const mistakes: Mistake[] = [];
  for (const [path, field] of Object.entries(value.fields)) {
    const type = typeof field === "string" ? field : field.type;
    if (type !== "object") scalars.set(path, type);
  }
  for (const path of Object.keys(value.fields)) {
    for (const match of path.matchAll(/([^.[{]+|\{tenant\})((?:\[\]|\{\})*)(?=\.|$)/g)) {
      const bare = path.slice(0, match.index) + match[1];
      const before = shapes.get(bare);
      const full = path.slice(0, match.index + match[0].length);
      const problem =
        before !== undefined && before !== match[2]
          ? `${bare} is written ${before || "without []"} elsewhere and ${match[2] || "without []"} here`
          : full !== path && scalars.has(full)
            ? `${full} is a ${scalars.get(full)} and cannot hold fields of its own`
            : undefined;
      shapes.set(bare, before ?? match[2]!);
      if (problem) mistakes.push({ ...source.positionOf(["fields", path]), message: problem });
    }
  }
  return mistakes;
}
