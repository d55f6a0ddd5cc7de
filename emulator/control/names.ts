/** Names of what answers mention by id, so that nobody has to fetch a whole sandbox for them. */
import type { SandboxState } from "../store.ts";

/** The datasets and flows among the ids, by name; what is gone is not in it. */
export function namesOf(sandbox: SandboxState, ids: Iterable<string | null>): Record<string, string> {
  const { catalog, flowService } = sandbox;
  const named = [...new Set(ids)].flatMap((id): [string, string][] => {
    const entity = id === null ? undefined : (catalog.dataSets.get(id) ?? flowService.flows.get(id));
    return entity && id !== null ? [[id, String(entity["name"] ?? id)]] : [];
  });
  return Object.fromEntries(named);
}
