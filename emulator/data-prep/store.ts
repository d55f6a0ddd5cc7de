/** The store side of Data Prep: every mapping set keeps all its versions, index = version. */
import type { Entity, MappingSetHistory, SandboxState } from "../store.ts";

/** One version of a mapping set, or its latest. */
export function mappingSetVersion(sandbox: SandboxState, id: string, version?: number): Entity | undefined {
  const versions = sandbox.dataPrep.mappingSets.get(id)?.versions ?? [];
  return version === undefined ? versions.at(-1) : versions[version];
}

/** Appends a version; the first one founds the history. */
export function addVersion(sandbox: SandboxState, entity: Entity): MappingSetHistory {
  const sets = sandbox.dataPrep.mappingSets;
  const history: MappingSetHistory = sets.get(entity["id"]) ?? { id: entity["id"], versions: [] };
  history.versions.push(entity);
  sets.set(history.id, history);
  return history;
}
