/** Connection tests and exploring: what a base connection can reach. */
import type { Entity, World } from "../store.ts";
import { capillaryCredentialsValid } from "./connections.ts";
import { CAPILLARY } from "./ids.ts";
import { refusal, sourcesRefusal } from "./refusals.ts";

/** GET /connections/{id}/test: resolves when the source lets the credentials in; 1100-400 when it does not. */
export async function testConnection(world: World, connection: Entity): Promise<void> {
  const id = connection["id"] as string;
  if (connection["connectionSpec"].id === CAPILLARY && !capillaryCredentialsValid(world, connection))
    throw refusal(1100, "The source refused the credentials of the connection", { id, type: "connections" });
}

/** GET /connections/{id}/explore. Streaming sources have nothing to explore: 1336. */
export async function exploreConnection(connection: Entity, _query: URLSearchParams): Promise<Entity[]> {
  throw sourcesRefusal(1336, `Explore is not supported for connection spec ${connection["connectionSpec"].id}`);
}
