/** The emulator's whole state: one World, one SandboxState per sandbox. Plain data, so that reset, snapshot and restore are copies. */

import { AsyncLocalStorage } from "node:async_hooks";
import { Collection } from "./collection.ts";
import type { FaultBook, FaultRuleInput } from "./fault-rules.ts";
import type { Ids } from "./ids.ts";
import type { Entity, Json } from "./json.ts";
import { FailedStore, RowStore } from "./rows.ts";

export { Ids } from "./ids.ts";
export type { Entity, Json } from "./json.ts";
export type { FailedRecord, LandedRow } from "./rows.ts";

/** Every Data Prep mapping set keeps all its versions: index = version. */
export interface MappingSetHistory {
  id: string;
  versions: Entity[];
}

/** An inlet comes with an HTTP API base connection, or with a flow of a streaming source. */
export interface Inlet {
  id: string;
  owner: { kind: "connection" | "flow"; id: string };
  /** Flows that take data from it. */
  flowIds: string[];
}

export interface SandboxState {
  name: string;
  /** The sandbox object as the sandbox API answers it. */
  entity: Entity;
  /** Epoch ms on the virtual clock from which it is usable; a fresh sandbox is `creating` before. */
  readyAt: number;
  /** Keyed by `meta:altId` (descriptors by `@id`). */
  registry: {
    fieldgroups: Collection<Entity>;
    schemas: Collection<Entity>;
    classes: Collection<Entity>;
    datatypes: Collection<Entity>;
    descriptors: Collection<Entity>;
    /** Adobe's own resources, where this sandbox has another version of one than the emulator ships. */
    globals: Collection<Entity>;
  };
  catalog: { dataSets: Collection<Entity>; batches: Collection<Entity> };
  flowService: {
    connections: Collection<Entity>;
    sourceConnections: Collection<Entity>;
    targetConnections: Collection<Entity>;
    flows: Collection<Entity>;
    runs: Collection<Entity>;
    /** Streaming endpoints by inlet id (64 hex): what each belongs to. */
    inlets: Collection<Inlet>;
  };
  dataPrep: { mappingSets: Collection<MappingSetHistory> };
  lake: { rows: RowStore; failed: FailedStore };
  /** How many of the oldest runs and batches are gone because there were too many. */
  forgotten: { runs: number; batches: number };
}

/** Time the emulator lives in. Starts at the wall clock and runs with it until set or advanced by the control endpoints. */
export class VirtualClock {
  #offset = 0;
  #frozen: number | undefined;
  readonly #skew = new AsyncLocalStorage<number>();
  readonly #listeners = new Set<(now: number) => void>();
  /** Epoch milliseconds. */
  now(): number {
    return (this.#frozen ?? Date.now() + this.#offset) + (this.#skew.getStore() ?? 0);
  }
  /** Runs `work` with a clock that is wrong by `ms`, as on a server whose time has drifted. */
  skewed<T>(ms: number, work: () => T): T {
    return this.#skew.run(ms, work);
  }
  get frozen(): boolean {
    return this.#frozen !== undefined;
  }
  set(epochMs: number, options: { freeze?: boolean } = {}): void {
    this.#offset = epochMs - Date.now();
    this.#frozen = options.freeze ? epochMs : undefined;
    for (const listener of this.#listeners) listener(this.now());
  }
  advance(ms: number): void {
    this.set(this.now() + ms, { freeze: this.#frozen !== undefined });
  }
  /** Called after every jump; the scheduler of the data plane hangs on it. Returns the unsubscribe function. */
  onJump(listener: (now: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export interface CallRecord {
  n: number;
  at: number;
  method: string;
  path: string;
  sandbox: string | null;
  status: number;
  requestId: string;
  ms: number;
  /** Operation id of the routes table, e.g. `createFlow`. */
  operation: string;
  /** The headers that change what the call means; credentials are not among them. */
  requestHeaders: Record<string, string>;
  /** Bodies with secrets masked; undefined when there was none or it was no JSON. */
  requestBody: Json | undefined;
  responseBody: Json | undefined;
  /** Id of the fault rule that hit the call. */
  fault: string | null;
}

/** Switches of the emulator as a whole, set with `POST /__emulator/settings`. */
export interface Settings {
  /** Upper bound of every list page, to make clients page with few objects; null = each service's own limit. */
  maxPageSize: number | null;
  /** Added to every answer, milliseconds of the wall clock. */
  latencyMs: number;
  /** How far lists and searches lag behind reads by id, milliseconds of the wall clock. */
  listLagMs: number;
  /** Requests a second (wall clock) before the gateway answers 429; null = none. */
  rateLimitPerSecond: number | null;
  /** Secret auth params read back as "xxxx" (true) or as they were sent. */
  maskSecrets: boolean;
  /** What DELETE of a mapping set answers: Adobe does not document the operation, clients use it. */
  mappingSetDelete: "204" | "405";
  /**
   * Whether a schema in Profile, and its last identity, can be deleted. Adobe refuses it for good, so an emulated stack
   * could never be taken down whole; "allowed" is for demos and tests that end with an empty sandbox.
   */
  profileDelete: "refused" | "allowed";
  /** Time between the inlet's 200 and the start of processing, milliseconds of the wall clock. */
  landingDelayMs: number;
  /** Capillary API clients that get tokens, key to secret; null lets every non-empty pair in. */
  capillaryClients: Record<string, string> | null;
  /** Requests a minute (wall clock) to one Capillary endpoint before it answers 429; null = none. */
  capillaryPerMinute: number | null;
  /** Time after a flow's creation in which its inlet takes messages and loses them (Adobe says to wait five minutes), virtual clock. */
  inletWarmUpMs: number;
  /** How long a flow stays `enabling`, `disabling` or `updating` after a change, milliseconds of the virtual clock. */
  transitionMs: number;
  /** Host names of SFTP connections that stand for a local folder: host to folder. */
  sftpFolders: Record<string, string>;
}

/** An event in the feed that the polled source reads. */
export interface FeedEvent {
  seq: number;
  /** When it was put in, epoch milliseconds on the virtual clock. */
  at: number;
  stream: "profiles" | "transactions";
  event: Entity;
}

/** Capillary's side of the world; one organisation for all sandboxes. */
export interface CapillaryState {
  events: FeedEvent[];
  /** Access tokens given out: token -> expiry, epoch ms. */
  tokens: Map<string, number>;
  /** By customer id. */
  customers: Map<number, Entity>;
  /** By transaction id. */
  transactions: Map<number, Entity>;
  /** By webhook id. */
  webHooks: Map<string, Entity>;
  /** Deliveries to webhooks, oldest first. */
  deliveries: Entity[];
  /** Last number given out; feed, customers and transactions share the counter. */
  counter: number;
}

export function newCapillary(): CapillaryState {
  return {
    events: [],
    tokens: new Map(),
    customers: new Map(),
    transactions: new Map(),
    webHooks: new Map(),
    deliveries: [],
    counter: 0,
  };
}

export interface World {
  org: string;
  tenant: string;
  clientId: string;
  clientSecret: string;
  seed: number;
  /** `http://host:port` once the server listens; inlet URLs are built on it. */
  origin: string;
  clock: VirtualClock;
  /** Ids of entities. Requests, faults and the like draw from generators of their own, so that reads do not shift these. */
  ids: Ids;
  requestIds: Ids;
  settings: Settings;
  /** What a reset returns the settings to. */
  initialSettings: Settings;
  faults: FaultBook;
  /** What a reset returns the fault rules to. */
  initialFaults: FaultRuleInput[];
  /** Counts everything that may have changed the world; what keeps it on disk compares it. */
  writes: number;
  sandboxes: Map<string, SandboxState>;
  /** Access tokens given out: token -> expiry, epoch ms. */
  tokens: Map<string, number>;
  calls: CallRecord[];
  capillary: CapillaryState;
}

export function newSandbox(name: string, entity: Entity): SandboxState {
  return {
    name,
    entity,
    readyAt: 0,
    registry: {
      fieldgroups: new Collection(),
      schemas: new Collection(),
      classes: new Collection(),
      datatypes: new Collection(),
      descriptors: new Collection(),
      globals: new Collection(),
    },
    catalog: { dataSets: new Collection(), batches: new Collection() },
    flowService: {
      connections: new Collection(),
      sourceConnections: new Collection(),
      targetConnections: new Collection(),
      flows: new Collection(),
      runs: new Collection(),
      inlets: new Collection(),
    },
    dataPrep: { mappingSets: new Collection() },
    lake: { rows: new RowStore(), failed: new FailedStore() },
    forgotten: { runs: 0, batches: 0 },
  };
}

/** A call under way, as the parts that answer it see it. */
export interface OpenCall {
  readonly requestId: string;
  readonly operation: string;
  /** The request's JSON as it came, for the call log. */
  requestText: string | undefined;
  /** Id of the fault rule that hit the call. */
  fault: string | null;
  /** Headers of every answer to it. */
  headers: Record<string, string>;
}

/** The Hono environment of every route: the gateway sets `sandbox`; `call` is not there for the emulator's own pages and controls. */
export type Env = {
  Variables: { sandbox: SandboxState; call: OpenCall | undefined };
};
