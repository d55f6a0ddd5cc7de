/** The world the emulator starts with and returns to at a reset. */
import { addFault, type FaultRuleInput } from "./fault-rules.ts";
import { type Entity, Ids, newCapillary, newSandbox, type Settings, VirtualClock, type World } from "./store.ts";

export const ORG = "EMULATOR@AdobeOrg";
export const CLIENT_ID = "emulator";
export const CLIENT_SECRET = "emulator";
export const TENANT = "acme";
export const DEFAULT_SEED = 1;

/** Settings as they are unless the start asks for others. */
export const DEFAULT_SETTINGS: Readonly<Settings> = {
  maxPageSize: null,
  latencyMs: 0,
  listLagMs: 0,
  rateLimitPerSecond: null,
  maskSecrets: true,
  mappingSetDelete: "204",
  profileDelete: "refused",
  landingDelayMs: 10,
  capillaryClients: null,
  capillaryPerMinute: null,
  inletWarmUpMs: 0,
  transitionMs: 0,
  sftpFolders: {},
};

const SANDBOXES = [
  { name: "dev", title: "Development", type: "development", isDefault: false },
  { name: "stage", title: "Stage", type: "development", isDefault: false },
  { name: "prod", title: "Production", type: "production", isDefault: true },
];

/** A new world: three empty sandboxes, wall-clock time, ids from the seed. The same calls give the same ids. */
export function createWorld(
  options: { seed?: number; settings?: Partial<Settings>; faults?: FaultRuleInput[] } = {},
): World {
  const initialSettings = { ...DEFAULT_SETTINGS, ...options.settings };
  const world: World = {
    org: ORG,
    tenant: TENANT,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    seed: options.seed ?? DEFAULT_SEED,
    origin: "http://127.0.0.1",
    clock: new VirtualClock(),
    ids: new Ids(0),
    requestIds: new Ids(0),
    settings: initialSettings,
    initialSettings,
    faults: { rules: [], next: 1, dice: new Ids(0) },
    initialFaults: options.faults ?? [],
    writes: 0,
    sandboxes: new Map(),
    tokens: new Map(),
    calls: [],
    capillary: newCapillary(),
  };
  resetWorld(world, world.seed);
  return world;
}

/** Empties the world in place: routes and the data plane hold on to the object. The clock goes back to the wall clock. */
export function resetWorld(world: World, seed = world.seed): void {
  world.seed = seed;
  world.ids = new Ids(seed);
  world.requestIds = new Ids(seed ^ 0x5eed);
  world.settings = { ...world.initialSettings };
  world.faults = { rules: [], next: 1, dice: new Ids(seed ^ 0xfa17) };
  for (const rule of world.initialFaults) addFault(world.faults, rule);
  world.sandboxes.clear();
  world.tokens.clear();
  world.calls.length = 0;
  world.capillary = newCapillary();
  world.clock.set(Date.now());
  for (const preset of SANDBOXES)
    world.sandboxes.set(preset.name, newSandbox(preset.name, sandboxEntity(world, preset)));
}

/** The sandbox object of the sandbox API; docs spell `eTag`, the spec `etag`: the emulator answers the former. */
export function sandboxEntity(
  world: World,
  preset: { name: string; title: string; type: string; isDefault: boolean },
): Entity {
  const created = sandboxDate(world.clock.now());
  return {
    id: world.ids.uuid(),
    name: preset.name,
    title: preset.title,
    state: "active",
    type: preset.type,
    region: "VA7",
    isDefault: preset.isDefault,
    eTag: 1,
    createdDate: created,
    lastModifiedDate: created,
    createdBy: "emulator@AdobeID",
    modifiedBy: "emulator@AdobeID",
  };
}

/** `yyyy-MM-dd HH:mm:ss` in UTC, the sandbox API's date format. */
export function sandboxDate(now: number): string {
  return new Date(now).toISOString().slice(0, 19).replace("T", " ");
}
