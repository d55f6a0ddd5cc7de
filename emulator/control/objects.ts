/** Reading, changing and removing stored objects behind the program's back, as a colleague in Adobe's UI would. */
import { standardResources, type XdmResource } from "../../mapping/xdm/model.ts";
import { touchDataset } from "../catalog/entity.ts";
import { replaceMappingSet } from "../data-prep/mapping-sets.ts";
import { isObject } from "../http.ts";
import { applyPatch, mergePatch, PatchError, parsePatch } from "../json-patch.ts";
import { controlProblem } from "../problem.ts";
import { touchResource } from "../schema-registry/entity.ts";
import type { Entity, SandboxState, World } from "../store.ts";

/** Kinds as the control endpoints name them; mapping sets live apart, as they keep all their versions. */
function collections(sandbox: SandboxState): Record<string, Map<string, Entity>> {
  return { ...sandbox.registry, ...sandbox.catalog, ...sandbox.flowService };
}

/** The object as stored; a mapping set in its latest version. `id` may be any of the ids the object goes by. */
export function readStored(sandbox: SandboxState, kind: string, id: string): Entity {
  if (kind === "mappingSets") {
    const latest = sandbox.dataPrep.mappingSets.get(id)?.versions.at(-1);
    if (!latest) throw controlProblem(404, `There is no mapping set ${id}`);
    return latest;
  }
  const [, entity] = locate(sandbox, kind, id);
  return entity;
}

/**
 * Applies a JSON merge patch (an object) or a JSON Patch (an array) and then bumps etag or version as the service
 * does after a change: a new etag, dataset version or minor schema version; for a mapping set a new version.
 */
export function patchObject(world: World, sandbox: SandboxState, kind: string, id: string, body: unknown): Entity {
  const before = readStored(sandbox, kind, id);
  const after = changed(before, body);
  if (kind === "mappingSets") return replaceMappingSet(world, sandbox, id, after);
  const [key, entity] = locate(sandbox, kind, id);
  for (const name of Object.keys(entity)) delete entity[name];
  Object.assign(entity, after);
  if (kind in sandbox.flowService) {
    const now = world.clock.now();
    const etag = world.ids.etag(now);
    Object.assign(entity, { etag, version: etag, updatedAt: now });
  } else if (kind === "dataSets") touchDataset(world, entity);
  else if (kind !== "descriptors" && kind !== "batches") touchResource(world, entity);
  collections(sandbox)[kind]?.set(key, entity);
  return entity;
}

/** Removes the object without any of the service's checks. */
export function deleteObject(sandbox: SandboxState, kind: string, id: string): void {
  if (kind === "mappingSets") {
    readStored(sandbox, kind, id);
    sandbox.dataPrep.mappingSets.delete(id);
    return;
  }
  const [key] = locate(sandbox, kind, id);
  collections(sandbox)[kind]?.delete(key);
}

function locate(sandbox: SandboxState, kind: string, id: string): [key: string, entity: Entity] {
  const all = collections(sandbox);
  const map = Object.hasOwn(all, kind) ? all[kind] : undefined;
  if (!map)
    throw controlProblem(404, `There is no kind ${kind}; there are ${[...Object.keys(all), "mappingSets"].join(", ")}`);
  for (const [key, entity] of map) if (key === id || entity["$id"] === id) return [key, entity];
  const standard = kind === "globals" ? [...standardResources.values()].find((one) => isCalled(one, id)) : undefined;
  if (standard) return [standard["meta:altId"], structuredClone(standard) as Entity];
  throw controlProblem(404, `There is no object ${id} among ${kind}`);
}

/** Adobe's own resources can be changed too: a sandbox may have them older or newer than the emulator does. */
const isCalled = (resource: XdmResource, id: string): boolean => resource.$id === id || resource["meta:altId"] === id;

function changed(before: Entity, body: unknown): Entity {
  if (isObject(body)) return mergePatch(before, body) as Entity;
  try {
    return applyPatch(before, parsePatch(body));
  } catch (error) {
    if (error instanceof PatchError) throw controlProblem(400, error.message);
    throw error;
  }
}
