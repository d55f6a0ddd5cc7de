/** What became of records: rows that landed, by dataset, and records that failed, by sandbox. */
import type { Entity, Json } from "./json.ts";
import { CHUNK, PackedList } from "./packed-list.ts";
import { type Identity, ProfileIndex } from "./profile/row-index.ts";

/** A row that landed in a dataset. */
export interface LandedRow {
  datasetId: string;
  flowId: string | null;
  batchId: string;
  /** Epoch milliseconds on the virtual clock. */
  at: number;
  row: Entity;
  /**
   * The profile it landed on, where its dataset was enabled for Profile then; null when it has no primary identity. What landed before
   * stays out of Profile.
   */
  profile?: Identity | null;
}

/** Datasets that are looked into for the newest rows of all. */
const MAX_LATEST = 20;

export class RowStore {
  readonly #datasets = new Map<string, PackedList<LandedRow>>();
  /** On which profiles rows have landed. */
  readonly profiles = new ProfileIndex();
  /** When the latest row of a dataset landed. */
  readonly #latest = new Map<string, number>();
  #length = 0;
  #version = 0;

  /** Rows of all datasets. */
  get length(): number {
    return this.#length;
  }

  /** Goes up with everything that lands or goes. */
  get version(): number {
    return this.#version;
  }

  push(row: LandedRow): void {
    const { datasetId, profile, at } = row;
    let list = this.#datasets.get(datasetId);
    if (!list) {
      list = new PackedList();
      this.#datasets.set(datasetId, list);
    }
    this.profiles.add(datasetId, list.length, profile, at);
    list.push(row);
    this.#latest.set(datasetId, at);
    this.#length += 1;
    this.#version += 1;
  }

  count(datasetId: string): number {
    return this.#datasets.get(datasetId)?.length ?? 0;
  }

  /** Ids of the datasets that have rows. */
  datasets(): string[] {
    return [...this.#datasets.keys()];
  }

  /** Rows `start` to `start + limit` of a dataset, oldest first. */
  page(datasetId: string, start: number, limit: number): LandedRow[] {
    return this.#datasets.get(datasetId)?.page(start, limit) ?? [];
  }

  /** One of the dataset's thousands, oldest row first. */
  portion(datasetId: string, index: number): LandedRow[] {
    return this.#datasets.get(datasetId)?.chunk(index) ?? [];
  }

  /** The newest rows of all datasets, oldest first, of those `MAX_LATEST` datasets that had one last. */
  newest(limit: number): LandedRow[] {
    const latest = [...this.#latest].sort((a, b) => b[1] - a[1]).slice(0, MAX_LATEST);
    const rows = latest.flatMap(([id]) => this.page(id, Math.max(0, this.count(id) - limit), limit));
    return rows.sort((a, b) => a.at - b.at).slice(-limit);
  }

  /** A dataset's rows in portions, for whoever reads all of them. */
  *portions(datasetId: string): Generator<LandedRow[]> {
    const list = this.#datasets.get(datasetId);
    if (list) yield* list.portions();
  }

  /** Every row, dataset by dataset. */
  *[Symbol.iterator](): Generator<LandedRow> {
    for (const id of this.#datasets.keys()) for (const rows of this.portions(id)) yield* rows;
  }

  drop(datasetId: string): void {
    this.#length -= this.count(datasetId);
    this.#version += 1;
    this.#datasets.delete(datasetId);
    this.#latest.delete(datasetId);
    this.profiles.drop(datasetId);
  }

  pack(): Entity {
    return Object.fromEntries([...this.#datasets].map(([id, list]) => [id, list.pack()]));
  }

  /** The store that `pack` wrote down. Reads every row, for the index, and so finds a damaged document. */
  static unpack(document: Entity): RowStore {
    const store = new RowStore();
    for (const [id, packed] of Object.entries(document)) {
      const list = PackedList.unpack<LandedRow>(packed);
      store.#datasets.set(id, list);
      store.#length += list.length;
      let position = 0;
      for (const portion of list.portions())
        for (const { profile, at } of portion) {
          store.profiles.add(id, position, profile, at);
          store.#latest.set(id, at);
          position += 1;
        }
    }
    store.profiles.sort();
    return store;
  }
}

/** A record that failed on the way to its dataset; what the control endpoints show. */
export interface FailedRecord {
  flowId: string;
  datasetId: string | null;
  runId: string | null;
  batchId: string | null;
  at: number;
  /** e.g. MAPPER-3700-400, INGEST-1212-400 */
  code: string;
  reason: string;
  /** The mapping row or XDM violation behind the failure. */
  details: Json[];
  record: Json;
}

/** The oldest failed records are forgotten beyond this many. */
const MAX_FAILED = 200_000;

/** Failed records of a sandbox, oldest first. */
export class FailedStore {
  #list = new PackedList<FailedRecord>();
  /** Batches that each thousand has records of, to find a batch's without unpacking everything. */
  readonly #batches: Set<string | null>[] = [];
  #forgotten = 0;

  /** How many are kept. */
  get length(): number {
    return this.#list.length;
  }

  /** How many of the oldest are gone because there were too many. */
  get forgotten(): number {
    return this.#forgotten;
  }

  push(record: FailedRecord): void {
    const chunk = Math.floor(this.#list.length / CHUNK);
    this.#list.push(record);
    const batches = this.#batches[chunk] ?? new Set();
    this.#batches[chunk] = batches.add(record.batchId);
    if (this.#list.length <= MAX_FAILED) return;
    this.#list.dropChunk();
    this.#batches.shift();
    this.#forgotten += CHUNK;
  }

  /** Records `start` to `start + limit` of those that are kept. */
  page(start: number, limit: number): FailedRecord[] {
    return this.#list.page(start, limit);
  }

  /** At most `limit` records of a batch. */
  ofBatch(batchId: string, limit: number): FailedRecord[] {
    const found: FailedRecord[] = [];
    for (const [index, batches] of this.#batches.entries()) {
      if (!batches.has(batchId)) continue;
      found.push(...this.#list.chunk(index).filter((record) => record.batchId === batchId));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  }

  pack(): Entity {
    return { ...this.#list.pack(), forgotten: this.#forgotten };
  }

  /** The store that `pack` wrote down; snapshots of older emulators hold a plain list. */
  static unpack(document: Entity | FailedRecord[]): FailedStore {
    const store = new FailedStore();
    if (Array.isArray(document)) {
      for (const record of document) store.push(record);
      return store;
    }
    store.#list = PackedList.unpack(document);
    for (const records of store.#list.portions()) store.#batches.push(new Set(records.map(({ batchId }) => batchId)));
    store.#forgotten = Number(document["forgotten"]);
    return store;
  }
}
