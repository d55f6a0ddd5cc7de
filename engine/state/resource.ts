/** One resource of a stack as the engine holds it; the names are those of the checkpoint format. */
import type { Props } from "../values/value.ts";

export interface ResourceState {
  urn: string;
  type: string;
  custom: boolean;
  /** Empty until the provider has given one; components have none. */
  id: string;
  inputs: Props;
  outputs: Props;
  parent: string;
  /** `<provider urn>::<provider id>`; empty for components and for providers themselves. */
  provider: string;
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  retainOnDelete: boolean;
  /** Replaced already; its deletion is still owed. */
  delete: boolean;
  /** Deleted already; its replacement is still owed. */
  pendingReplacement: boolean;
  initErrors: string[];
  additionalSecretOutputs: string[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  customTimeouts: Record<string, number> | undefined;
  importID: string;
  created: string | undefined;
  modified: string | undefined;
  sourcePosition: string | undefined;
  stackTrace: Array<{ sourcePosition?: string }>;
}

export type OperationType = "creating" | "updating" | "deleting" | "importing";

/** What was under way when the state was written: after a crash, nobody knows whether it was done. */
export interface PendingOperation {
  resource: ResourceState;
  type: OperationType;
}

/** A stack's whole state. Resources stand after everything they depend on. */
export interface Snapshot {
  resources: ResourceState[];
  pendingOperations: PendingOperation[];
}

export const emptySnapshot = (): Snapshot => ({ resources: [], pendingOperations: [] });

const PROVIDER_TYPE = "pulumi:providers:";

export const isProvider = (state: { type: string }): boolean => state.type.startsWith(PROVIDER_TYPE);
export const STACK_TYPE = "pulumi:pulumi:Stack";
export const nameOf = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);
export const providerUrn = (reference: string): string => reference.slice(0, reference.lastIndexOf("::"));

/** `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`; the root stack's type is left out of a child's chain. */
export function makeUrn(stack: string, project: string, parent: string, type: string, name: string): string {
  const parentTypes = parent === "" ? "" : (parent.split("::")[2] ?? "");
  const chain = parentTypes === "" || parentTypes === STACK_TYPE ? type : `${parentTypes}$${type}`;
  return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

/** Everything whose existence a resource's own rests on: its dependencies and its provider. */
export function dependenciesOf(state: ResourceState): Set<string> {
  const all = new Set(state.dependencies);
  for (const urns of Object.values(state.propertyDependencies)) for (const urn of urns) all.add(urn);
  if (state.provider) all.add(providerUrn(state.provider));
  return all;
}

/** The same and its parent: what must still be there when it is deleted. */
export function outlivedBy(state: ResourceState): Set<string> {
  const all = dependenciesOf(state);
  if (state.parent) all.add(state.parent);
  return all;
}

/** Pulumi's timestamps have no trailing zeros. */
export const now = (): string => new Date().toISOString().replace(/\.?0*Z$/, "Z");
