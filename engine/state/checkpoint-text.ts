/**
 * The text of a checkpoint. A run writes it around every change, so the text of each resource is kept until its state is
 * another one: a write costs what has changed, and not what there is.
 */
import { type Deployment, serializeDeployment, serializeResource } from "./checkpoint.ts";
import type { Crypter } from "./crypter.ts";
import { emptySnapshot, type ResourceState, type Snapshot } from "./resource.ts";

interface Kept {
  /** The state's fields as they were; whoever changes a state gives a field a new value and leaves the old value alone. */
  fields: ResourceState;
  salt: string;
  text: string;
}

const kept = new WeakMap<ResourceState, Kept>();

/** `serializeDeployment` as JSON. */
export function deploymentText(snapshot: Snapshot, crypter: Crypter, version: string): string {
  const { metadata, ...head } = serializeDeployment(emptySnapshot(), crypter, version) as Required<Deployment>;
  const resources = snapshot.resources.map((state) => resourceText(state, crypter));
  const operations = snapshot.pendingOperations.map(
    ({ resource, type }) => `{"resource":${resourceText(resource, crypter)},"type":${JSON.stringify(type)}}`,
  );
  const members = [
    JSON.stringify(head).slice(1, -1),
    ...(resources.length > 0 ? [`"resources":[${resources.join(",")}]`] : []),
    ...(operations.length > 0 ? [`"pending_operations":[${operations.join(",")}]`] : []),
    `"metadata":${JSON.stringify(metadata)}`,
  ];
  return `{${members.join(",")}}`;
}

function resourceText(state: ResourceState, crypter: Crypter): string {
  const known = kept.get(state);
  if (known?.salt === crypter.salt && sameFields(known.fields, state)) return known.text;
  const text = JSON.stringify(serializeResource(state, crypter));
  kept.set(state, { fields: { ...state }, salt: crypter.salt, text });
  return text;
}

function sameFields(a: ResourceState, b: ResourceState): boolean {
  for (const key in a) if (a[key as keyof ResourceState] !== b[key as keyof ResourceState]) return false;
  return true;
}
