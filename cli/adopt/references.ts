/** Which inputs hold another object's id: what a plan does not know yet, and what an export writes as `${name.id}`. */
import type { KindName } from "../../resources/pointer.ts";
import { isPlain, type Plain } from "../../resources/values.ts";

/** By kind: dotted input path -> kind referred to. A list holds one reference in each item. */
export const REFERENCES: Record<KindName, Record<string, KindName>> = {
  FieldGroup: {},
  Schema: { fieldGroups: "FieldGroup" },
  IdentityDescriptor: { schema: "Schema" },
  Dataset: { schema: "Schema" },
  BaseConnection: {},
  SourceConnection: { baseConnection: "BaseConnection" },
  TargetConnection: { dataset: "Dataset", schema: "Schema" },
  MappingSet: { schema: "Schema" },
  Dataflow: { sourceConnection: "SourceConnection", targetConnection: "TargetConnection", "mapping.id": "MappingSet" },
};

/** The inputs with the value at a dotted path replaced, where there is one. */
export function mapAt(inputs: Plain, path: string, change: (value: unknown) => unknown): Plain {
  const [key = "", ...rest] = path.split(".");
  const value = inputs[key];
  if (value === undefined) return inputs;
  if (rest.length === 0) return { ...inputs, [key]: Array.isArray(value) ? value.map(change) : change(value) };
  return isPlain(value) ? { ...inputs, [key]: mapAt(value, rest.join("."), change) } : inputs;
}
