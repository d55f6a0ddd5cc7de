/** What happens to data after it was taken: queue, mapping, validation, landing; scheduled fetching. */
import type { World } from "../store.ts";
import { Plane } from "./plane.ts";

export { enqueue } from "./plane.ts";

/**
 * Starts the world's data plane. `settle()` processes everything queued and everything due on the virtual clock and
 * resolves when it has landed; `stop()` ends it, drops what is queued and leaves no timer behind.
 */
export function startDataPlane(world: World): { settle(): Promise<void>; stop(): void } {
  const plane = new Plane(world);
  return { settle: () => plane.settle(), stop: () => plane.stop() };
}
