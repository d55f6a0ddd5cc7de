import { expect } from "vitest";
import type { Emulator } from "../../emulator/index.ts";

/** How many managed objects a sandbox of the emulator holds, of all kinds. */
export function countObjects(emulator: Emulator, sandbox: string): number {
  const state = emulator.world.sandboxes.get(sandbox);
  expect(state).toBeDefined();
  if (!state) return 0;
  const { registry, catalog, flowService, dataPrep } = state;
  const { connections, sourceConnections, targetConnections, flows } = flowService;
  const registered = [registry.fieldgroups, registry.schemas, registry.descriptors];
  const others = [catalog.dataSets, connections, sourceConnections, targetConnections, flows, dataPrep.mappingSets];
  return [...registered, ...others].reduce((sum, objects) => sum + objects.size, 0);
}
