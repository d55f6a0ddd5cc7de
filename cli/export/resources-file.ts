/** The stack's file of single resources, with `${name.id}` wherever one object holds the id of another. */
import type { Plain } from "../../resources/values.ts";
import { mapAt, REFERENCES } from "../adopt/references.ts";
import type { Declared } from "./declare.ts";
import type { ContentFiles } from "./files.ts";
import { toYaml } from "./yaml.ts";

const LOOKS_LIKE_A_REFERENCE = /^\$+\{[^{}]+\}$/;

export function resourcesYaml(all: readonly Declared[], files: ContentFiles, sandbox: string): string {
  const byId = new Map(all.map((one) => [`${one.kind} ${one.id}`, one]));
  const entries = all
    .filter(({ id }) => !files.descriptors.has(id))
    .map((one) => [one.name, entryOf(one, files.byName.get(one.name), byId)]);
  return toYaml({ resources: Object.fromEntries(entries) }, [
    "yaml-language-server: $schema=../docs/json-schema/resources.json",
    `Sandbox ${sandbox}, object by object. \${name.id} is the id of the resource of that name.`,
  ]);
}

function entryOf(one: Declared, file: string | undefined, byId: ReadonlyMap<string, Declared>): Plain {
  if (file !== undefined && one.kind !== "MappingSet") return { kind: one.kind, file };
  const { sandbox: _, rows, ...rest } = one.inputs;
  const inputs = withReferences(
    one,
    escaped({ ...rest, ...(file === undefined && rows !== undefined && { rows }) }) as Plain,
    byId,
  );
  return { kind: one.kind, ...(file !== undefined && { file }), inputs };
}

function withReferences(one: Declared, inputs: Plain, byId: ReadonlyMap<string, Declared>): Plain {
  let result = inputs;
  for (const [path, kind] of Object.entries(REFERENCES[one.kind])) {
    result = mapAt(result, path, (id) => {
      const target = byId.get(`${kind} ${String(id)}`);
      return target ? `\${${target.name}.id}` : id;
    });
  }
  return one.kind === "Dataflow" ? withVersion(one, result, byId) : result;
}

/** A flow on its mapping set's latest version follows it; one on an older version stays there. */
function withVersion(one: Declared, inputs: Plain, byId: ReadonlyMap<string, Declared>): Plain {
  const mapping = one.inputs["mapping"] as { id: string; version: number } | undefined;
  const target = mapping && byId.get(`MappingSet ${mapping.id}`);
  if (!target || target.observed.outputs["version"] !== mapping.version) return inputs;
  return mapAt(inputs, "mapping.version", () => `\${${target.name}.version}`);
}

/** Texts that would be taken for references, marked as what they are. */
function escaped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)]));
  return typeof value === "string" && LOOKS_LIKE_A_REFERENCE.test(value) ? `$${value}` : value;
}
