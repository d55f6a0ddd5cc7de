/** Inlets: the streaming endpoints of HTTP API connections and of flows from streaming sources. */
import type { Inlet, SandboxState, World } from "../store.ts";

/** Opens an inlet for its owner and gives back its id, 64 hex digits. */
export function addInlet(world: World, sandbox: SandboxState, owner: Inlet["owner"]): string {
  const id = world.ids.hex(64);
  sandbox.flowService.inlets.set(id, { id, owner, flowIds: [] });
  return id;
}

/** Adobe's inlets live on a host of their own; the emulator's on its own origin. */
export function inletUrl(world: World, inletId: string): string {
  return `${world.origin}/collection/${inletId}`;
}

/** The inlet with this id in any sandbox: senders name no sandbox. */
export function findInlet(world: World, inletId: string): { sandbox: SandboxState; inlet: Inlet } | undefined {
  for (const sandbox of world.sandboxes.values()) {
    const inlet = sandbox.flowService.inlets.get(inletId);
    if (inlet) return { sandbox, inlet };
  }
  return undefined;
}
