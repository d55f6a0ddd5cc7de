/** Objects as the graph needs them, whichever of three places tells of them: the state, a preview, or the program itself. */
import type { KindName } from "../../resources/pointer.ts";
import { isUnknown } from "../../resources/unknown.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import type { DeployedObject } from "../deployment.ts";

/** A reference of one input to another object of the same graph. */
export interface Reference {
  /** The input, such as `sourceConnection`. */
  path: string;
  /** Key of the object it means. */
  key: string;
}

export interface GraphObject {
  /** `Dataset::members`; unique in a stack. */
  key: string;
  kind: KindName;
  /** The resource's name in the program. */
  name: string;
  /** As declared or as deployed; values that are not known yet are Pulumi's sentinels, secrets envelopes. */
  inputs: Plain;
  references: Reference[];
}

/** What an object is before it is known which others it refers to. */
export interface LooseObject {
  kind: KindName;
  name: string;
  inputs: Plain;
  /** Every id it has or had. */
  ids: readonly string[];
  /** URNs that each input depends on, where the ids themselves are not known yet. */
  dependencies?: Record<string, readonly string[]>;
}

/** Inputs that refer to other objects. */
const REFERRING: Record<KindName, readonly string[]> = {
  FieldGroup: [],
  Schema: ["fieldGroups"],
  IdentityDescriptor: ["schema"],
  Dataset: ["schema"],
  BaseConnection: [],
  SourceConnection: ["baseConnection"],
  TargetConnection: ["dataset", "schema"],
  MappingSet: ["schema"],
  Dataflow: ["sourceConnection", "targetConnection", "mapping"],
};

export const keyOf = (kind: string, name: string): string => `${kind}::${name}`;

/** `Dataset::members` of a URN. */
export function keyOfUrn(urn: string): string {
  const [, , type = "", ...name] = urn.split("::");
  return keyOf(type.slice(type.lastIndexOf(":") + 1), name.join("::"));
}

/** Finds out who refers to whom: by id, and where an id is not known yet by what the program said. */
export function connect(loose: readonly LooseObject[]): GraphObject[] {
  const byId = new Map(loose.flatMap(({ kind, name, ids }) => ids.map((id) => [id, keyOf(kind, name)] as const)));
  return loose.map((one) => {
    const references = REFERRING[one.kind].flatMap((path) => {
      const known = texts(one.inputs[path]).flatMap((text) => byId.get(text) ?? []);
      const said = (one.dependencies?.[path] ?? []).map(keyOfUrn);
      return [...new Set([...known, ...said])].map((key) => ({ path, key }));
    });
    return { key: keyOf(one.kind, one.name), kind: one.kind, name: one.name, inputs: one.inputs, references };
  });
}

/** Whether something refers to what is not known yet, and nothing says what that is. */
export function dangling(objects: readonly GraphObject[]): boolean {
  return objects.some(({ kind, inputs, references }) =>
    REFERRING[kind].some(
      (path) => texts(inputs[path]).some(isUnknown) && !references.some((reference) => reference.path === path),
    ),
  );
}

/** The ids an input may hold: itself, the items of a list, or the `id` of a mapping. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.filter((item) => typeof item === "string");
  return isPlain(value) ? texts(value["id"]) : [];
}

/** Objects of a state. */
export function deployedObjects(objects: readonly DeployedObject[]): GraphObject[] {
  return connect(objects.map(({ kind, name, id, inputs }) => ({ kind, name, inputs, ids: [id] })));
}
