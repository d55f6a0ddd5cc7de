/**
 * Schemas, field groups and mapping sets as files of `xdm/` and `mappings/`. A file stands only if the project's own loader
 * reads back from it exactly what the sandbox holds; whatever the formats cannot say is declared by its inputs instead.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AepError } from "../../errors.ts";
import {
  type JsonSchema,
  loadMappingFile,
  loadSchema,
  loadXdmFile,
  standardClasses,
  standardFieldGroups,
} from "../../mapping/index.ts";
import { checkInputs } from "../../resources/check-inputs.ts";
import { KINDS } from "../../resources/kinds.ts";
import { at, clean, isPlain, type Plain, same } from "../../resources/values.ts";
import type { Declared } from "./declare.ts";
import { toYaml } from "./yaml.ts";

/** The files, and which objects they hold. */
export interface ContentFiles {
  /** Text by path from the project folder. */
  texts: Map<string, string>;
  /** Path by name of the resource that the file declares. */
  byName: Map<string, string>;
  /** Descriptors that a schema's file declares, by id: their names in the program. */
  descriptors: Map<string, string>;
}

export function contentFiles(all: readonly Declared[], tenant: string): ContentFiles {
  const folder = mkdtempSync(join(tmpdir(), "aep-export-"));
  try {
    return new Builder(all, tenant, folder).build();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const shortClass = (id: unknown): unknown => Object.entries(standardClasses).find(([, one]) => one === id)?.[0] ?? id;
const shortGroup = (id: unknown): string | undefined =>
  Object.entries(standardFieldGroups).find(([, one]) => one === id)?.[0];

/** Names that files of `xdm/` cannot have, because they are Adobe's. */
export const RESERVED_STEMS: readonly string[] = Object.keys(standardFieldGroups);

class Builder {
  readonly #all: readonly Declared[];
  readonly #tenant: string;
  readonly #folder: string;
  readonly #files: ContentFiles = { texts: new Map(), byName: new Map(), descriptors: new Map() };
  /** Names of what stands in files, by id. */
  readonly #stems = new Map<string, string>();

  constructor(all: readonly Declared[], tenant: string, folder: string) {
    this.#all = all;
    this.#tenant = tenant;
    this.#folder = folder;
    for (const name of ["xdm", "mappings"]) mkdirSync(join(folder, name));
  }

  build(): ContentFiles {
    for (const one of this.#of("FieldGroup")) this.#fieldGroup(one);
    for (const one of this.#of("Schema")) this.#schema(one);
    for (const one of this.#of("MappingSet")) this.#mapping(one);
    return this.#files;
  }

  #of(kind: Declared["kind"]): Declared[] {
    return this.#all.filter((one) => one.kind === kind);
  }

  /** Keeps the file if `readsBack` finds in it what it should. */
  #keep(one: Declared, path: string, text: string, readsBack: (path: string) => boolean): boolean {
    const file = join(this.#folder, path);
    writeFileSync(file, text);
    try {
      if (!readsBack(file)) return this.#drop(file);
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      return this.#drop(file);
    }
    this.#files.texts.set(path, text);
    this.#files.byName.set(one.name, path);
    this.#stems.set(one.id, one.name);
    return true;
  }

  #drop(file: string): boolean {
    rmSync(file);
    return false;
  }

  #fieldGroup(one: Declared): void {
    const { title, description, intendedToExtend, fields } = one.inputs;
    const lines = Object.entries(fields as Record<string, JsonSchema>).map(([path, field]) => [
      this.#generic(path),
      fieldValue(field),
    ]);
    if (lines.some(([, value]) => value === undefined)) return;
    const content = { kind: "fieldGroup", title, description, extends: (intendedToExtend as string[]).map(shortClass) };
    const text = toYaml(clean({ ...content, fields: Object.fromEntries(lines) }), [schemaLine("xdm-field-group")]);
    this.#keep(one, `xdm/${one.name}.yaml`, text, (file) => {
      const read = loadXdmFile(file, { tenant: this.#tenant });
      if (read.kind !== "fieldGroup") return false;
      const { title, description, extends: intendedToExtend, fields } = read;
      const back = checkInputs(
        KINDS.FieldGroup,
        {},
        clean({ sandbox: one.inputs["sandbox"], title, description, intendedToExtend, fields }),
      );
      return same(back.inputs, one.inputs);
    });
  }

  #schema(one: Declared): void {
    const { title, description } = one.inputs;
    const groups = (one.inputs["fieldGroups"] as string[]).map((id) => shortGroup(id) ?? this.#stems.get(id));
    if (groups.includes(undefined)) return;
    const descriptors = this.#of("IdentityDescriptor").filter(({ inputs }) => inputs["schema"] === one.id);
    const names = descriptors.map(
      ({ inputs }) => `${one.name}-${String(inputs["property"]).slice(1).replaceAll("/", "-")}`,
    );
    if (new Set(names).size < names.length) return;
    const profile =
      one.inputs["profile"] === true || descriptors.some(({ inputs }) => inputs["enableProfile"] === true);
    const identities = descriptors.map(({ inputs }) => ({
      property: this.#generic(String(inputs["property"]).slice(1).replaceAll("/", ".")),
      namespace: inputs["namespace"],
      primary: inputs["primary"],
    }));
    const content = { kind: "schema", title, description, class: shortClass(one.inputs["class"]), fieldGroups: groups };
    const text = toYaml(clean({ ...content, ...(identities.length > 0 && { identities }), profile }), [
      schemaLine("xdm-schema"),
    ]);
    const kept = this.#keep(one, `xdm/${one.name}.yaml`, text, (file) =>
      this.#sameSchema(file, one, descriptors, profile),
    );
    if (kept)
      for (const [index, { id }] of descriptors.entries()) this.#files.descriptors.set(id, names[index] as string);
  }

  #sameSchema(path: string, { inputs }: Declared, descriptors: readonly Declared[], profile: boolean): boolean {
    const { file } = loadSchema(path, { tenant: this.#tenant });
    const groups = file.fieldGroups.map((name) => this.#groupId(name)).sort();
    const primary = file.identities.some((identity) => identity.primary);
    const enabling = descriptors.filter((one) => one.inputs["enableProfile"] === true);
    return (
      same(
        [file.title, file.description, file.class, groups, file.profile],
        [inputs["title"], inputs["description"], inputs["class"], inputs["fieldGroups"], profile],
      ) &&
      // The file lets the primary identity, where there is one, enable the schema.
      same(inputs["profile"] === true, profile && !primary) &&
      enabling.every((one) => one.inputs["primary"] === true) &&
      file.identities.every((identity, index) => {
        const { property, namespace, primary: isPrimary } = descriptors[index]?.inputs ?? {};
        return same(identity, { property, namespace, primary: isPrimary });
      })
    );
  }

  #groupId(name: string): string {
    const standard = standardFieldGroups[name as keyof typeof standardFieldGroups];
    return standard ?? [...this.#stems].find(([, stem]) => stem === name)?.[0] ?? name;
  }

  #mapping(one: Declared): void {
    const schema = this.#stems.get(String(one.inputs["schema"]));
    const rows = one.inputs["rows"] as Record<string, { sourceType: string; source: string }>;
    if (schema === undefined || Object.keys(rows).length === 0) return;
    const lines = Object.entries(rows).map(([destination, row]) => [this.#generic(destination), rowValue(row)]);
    const text = toYaml({ schema, rows: Object.fromEntries(lines) }, [schemaLine("mapping-set")]);
    this.#keep(one, `mappings/${one.name}.yaml`, text, (file) => {
      const read = loadMappingFile(file, { tenant: this.#tenant }).rows;
      const back = Object.fromEntries(
        read.map(({ destination, sourceType, source }) => [destination, { sourceType, source }]),
      );
      return same(back, rows);
    });
  }

  /** `_acme.points` -> `_{tenant}.points`, so that the file serves every sandbox. */
  #generic(path: string): string {
    const own = `_${this.#tenant}`;
    return path === own || path.startsWith(`${own}.`) ? `_{tenant}${path.slice(own.length)}` : path;
  }
}

const schemaLine = (name: string): string => `yaml-language-server: $schema=../docs/json-schema/${name}.json`;

function rowValue({ sourceType, source }: { sourceType: string; source: string }): unknown {
  if (sourceType === "EXPRESSION") return { expr: source };
  return sourceType === "STATIC" ? { value: source } : source;
}

/** A field in the words of the file; undefined when the format has none for it. */
function fieldValue(field: JsonSchema): unknown {
  const { type, format, "meta:enum": labels, enum: allowed, ...rest } = field as Plain;
  const name = typeof format === "string" && type === "string" ? format : format === undefined ? type : undefined;
  if (typeof name !== "string") return undefined;
  const about = clean({ ...rest, ...choices(allowed, labels) });
  return Object.keys(about).length === 0 ? name : { type: name, ...about };
}

/** Allowed values with their labels, in their order where the labels have it too. */
function choices(allowed: unknown, labels: unknown): Plain {
  if (!isPlain(labels)) return { enum: allowed };
  if (!Array.isArray(allowed)) return { suggest: labels };
  return {
    enum: Object.fromEntries(allowed.map((value) => [value, at(labels, String(value)) ?? labels[String(value)]])),
  };
}
