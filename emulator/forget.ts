/** Runs and batches come with the data and would fill the memory: the newest are kept. */
import type { Entity, SandboxState } from "./store.ts";

/** Kept of each kind in a sandbox. */
const MAX_KEPT = 10_000;

/** Removes the oldest that may go while there are too many, and counts them. */
export function forgetOldest(
  sandbox: SandboxState,
  all: Map<string, Entity>,
  kind: keyof SandboxState["forgotten"],
  mayGo: (entity: Entity) => boolean,
): void {
  if (all.size <= MAX_KEPT) return;
  for (const [id, entity] of all) {
    if (!mayGo(entity)) continue;
    all.delete(id);
    sandbox.forgotten[kind] += 1;
    if (all.size <= MAX_KEPT) return;
  }
}
