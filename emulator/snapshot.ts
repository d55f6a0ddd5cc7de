/** The world as one JSON document and back. Call log and access tokens are left out: they belong to the run. */
import { Collection } from "./collection.ts";
import { isObject } from "./http.ts";
import { controlProblem } from "./problem.ts";
import { FailedStore, RowStore } from "./rows.ts";
import {
  type CapillaryState,
  type Entity,
  Ids,
  newCapillary,
  newSandbox,
  type SandboxState,
  type Settings,
  type World,
} from "./store.ts";
import { DEFAULT_SETTINGS } from "./world.ts";

const FORMAT = "aep-emulator-snapshot/1";

/** Holds connection secrets as they were sent: keep such a file as private as the secrets in it. */
export function takeSnapshot(world: World): Entity {
  return {
    format: FORMAT,
    seed: world.seed,
    ids: world.ids.state,
    requestIds: world.requestIds.state,
    clock: { now: world.clock.now(), frozen: world.clock.frozen },
    settings: { ...world.settings },
    sandboxes: [...world.sandboxes.values()].map(packSandbox),
    capillary: packCapillary(world.capillary),
  };
}

/** Puts the world back in place. Throws a 400 Problem for a document that is no snapshot, before anything changes. */
export function restoreSnapshot(world: World, snapshot: Entity): void {
  if (
    !isObject(snapshot) ||
    snapshot["format"] !== FORMAT ||
    !Array.isArray(snapshot["sandboxes"]) ||
    !isObject(snapshot["clock"]) ||
    !Number.isFinite(snapshot["clock"]["now"])
  )
    throw controlProblem(400, `The body is no snapshot of this emulator (format ${FORMAT})`);
  const copy = structuredClone(snapshot);
  const { sandboxes, capillary } = unpacked(copy);
  world.seed = Number(copy["seed"]);
  world.ids = new Ids(Number(copy["ids"]));
  world.requestIds = new Ids(Number(copy["requestIds"]));
  world.settings = { ...DEFAULT_SETTINGS, ...(copy["settings"] as Partial<Settings>) };
  world.sandboxes.clear();
  for (const sandbox of sandboxes) world.sandboxes.set(sandbox.name, sandbox);
  world.capillary = capillary;
  world.clock.set(Number(copy["clock"].now), { freeze: copy["clock"].frozen === true });
}

/** Everything that can fail on a damaged document, done before the world is touched. */
function unpacked(copy: Entity): { sandboxes: SandboxState[]; capillary: CapillaryState } {
  try {
    const sandboxes = (copy["sandboxes"] as Entity[]).map(unpackSandbox);
    return { sandboxes, capillary: unpackCapillary(copy["capillary"] ?? {}) };
  } catch (error) {
    throw controlProblem(400, `The snapshot is damaged: ${(error as Error).message}`);
  }
}

function packSandbox(sandbox: SandboxState): Entity {
  const { name, entity, readyAt, registry, catalog, flowService, dataPrep, lake } = sandbox;
  return {
    name,
    entity: structuredClone(entity),
    readyAt,
    registry: packMaps(registry),
    catalog: packMaps(catalog),
    flowService: packMaps(flowService),
    mappingSets: structuredClone([...dataPrep.mappingSets]) as never,
    lake: { rows: lake.rows.pack(), failed: lake.failed.pack() },
    forgotten: { ...sandbox.forgotten },
  };
}

function unpackSandbox(packed: Entity): SandboxState {
  const sandbox = newSandbox(packed["name"], packed["entity"]);
  sandbox.readyAt = packed["readyAt"];
  for (const group of ["registry", "catalog", "flowService"] as const)
    for (const [kind, entries] of Object.entries(packed[group] as Record<string, [string, Entity][]>))
      (sandbox[group] as Record<string, Map<string, Entity>>)[kind] = Collection.of(entries);
  sandbox.dataPrep.mappingSets = Collection.of(packed["mappingSets"]);
  sandbox.lake = { rows: RowStore.unpack(packed["lake"].rows), failed: FailedStore.unpack(packed["lake"].failed) };
  Object.assign(sandbox.forgotten, packed["forgotten"]);
  return sandbox;
}

/** Without tokens, like everything that belongs to the run. */
function packCapillary(state: CapillaryState): Entity {
  const { events, deliveries, counter, customers, transactions, webHooks } = structuredClone(state);
  return {
    events,
    deliveries,
    counter,
    customers: [...customers],
    transactions: [...transactions],
    webHooks: [...webHooks],
  };
}

function unpackCapillary(packed: Entity): CapillaryState {
  const { events = [], deliveries = [], counter = 0 } = packed;
  const maps = { customers: new Map(packed["customers"]), transactions: new Map(packed["transactions"]) };
  return {
    ...newCapillary(),
    events,
    deliveries,
    counter,
    ...maps,
    webHooks: new Map(packed["webHooks"]),
  } as CapillaryState;
}

function packMaps(group: Record<string, Map<string, Entity>>): Entity {
  return Object.fromEntries(Object.entries(group).map(([kind, map]) => [kind, structuredClone([...map])]));
}
