import { expect } from "vitest";
import type { Emulator } from "../../emulator/index.ts";
import type { Entity } from "../../emulator/json.ts";

/** The managed objects of a sandbox of the emulator by kind. */
function objectsOf(emulator: Emulator, sandbox: string): Record<string, Array<{ id: string; name: string }>> {
  const state = emulator.world.sandboxes.get(sandbox);
  expect(state).toBeDefined();
  if (!state) return {};
  const { registry, catalog, flowService, dataPrep } = state;
  const named = (objects: Map<string, Entity>) =>
    [...objects].map(([id, object]) => ({ id: object["$id"] ?? id, name: String(object["title"] ?? object["name"]) }));
  return {
    fieldgroups: named(registry.fieldgroups),
    schemas: named(registry.schemas),
    descriptors: [...registry.descriptors].map(([id, object]) => ({ id, name: String(object["xdm:sourceProperty"]) })),
    dataSets: named(catalog.dataSets),
    connections: named(flowService.connections),
    sourceConnections: named(flowService.sourceConnections),
    targetConnections: named(flowService.targetConnections),
    flows: named(flowService.flows),
    mappingSets: [...dataPrep.mappingSets].map(([id, { versions }]) => ({
      id,
      name: String(versions.at(-1)?.["name"]),
    })),
  };
}

/** How many managed objects a sandbox of the emulator holds, of all kinds. */
export function countObjects(emulator: Emulator, sandbox: string): number {
  return Object.values(objectsOf(emulator, sandbox)).flat().length;
}

/** Names of the objects of each kind, sorted. */
export type Inventory = Record<string, string[]>;

export function inventoryOf(emulator: Emulator, sandbox: string): Inventory {
  const kinds = Object.entries(objectsOf(emulator, sandbox));
  return Object.fromEntries(kinds.map(([kind, objects]) => [kind, objects.map(({ name }) => name).sort()]));
}

/** Ids of all objects as the state holds them, sorted. */
export function idsOf(emulator: Emulator, sandbox: string): string[] {
  return Object.values(objectsOf(emulator, sandbox))
    .flat()
    .map(({ id }) => id)
    .sort();
}
