/** The managed kinds, in creation order: what a later kind refers to stands before it. */
export const KIND_NAMES = [
  "FieldGroup",
  "Schema",
  "IdentityDescriptor",
  "Dataset",
  "BaseConnection",
  "SourceConnection",
  "TargetConnection",
  "MappingSet",
  "Dataflow",
] as const;

export type KindName = (typeof KIND_NAMES)[number];

/** Type token of a kind, as it stands in states, plans and policies: `pulumi-nodejs:dynamic/aep:Dataset`. */
export function typeToken(kind: KindName): string {
  return `pulumi-nodejs:dynamic/aep:${kind}`;
}

/**
 * The text every state holds as `__provider`: where the kind's handlers are found, never the handlers themselves.
 * It is a persisted format. States written by any earlier version must stay runnable, so these bytes never change.
 */
export function pointer(kind: KindName): string {
  return `exports.handler=()=>require("module").createRequire(process.cwd()+"/")("pulumi-aep/dynamic").${kind}`;
}
