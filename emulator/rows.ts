/** What became of records: rows that landed, by dataset, and records that failed, by sandbox. */
import type { Entity, Json } from "./json.ts";
import { CHUNK, PackedList } from "./packed-list.ts";

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
  profile?: { namespace: string; id: string } | null;
}

export class RowStore {
  readonly #datasets = new Map<string, PackedList<LandedRow>>();
  #length = 0;

  /** Rows of all datasets. */
  get length(): number {
    return this.#length;
  }

  push(row: LandedRow): void {
    let list = this.#datasets.get(row.datasetId);
    if (!list) {
      list = new PackedList();
      this.#datasets.set(row.datasetId, list);
    }
    list.push(row);
    this.#length += 1;
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
    this.#datasets.delete(datasetId);
  }

  pack(): Entity {
    return Object.fromEntries([...this.#datasets].map(([id, list]) => [id, list.pack()]));
  }

  /** The store that `pack` wrote down. */
  static unpack(document: Entity): RowStore {
    const store = new RowStore();
    for (const [id, packed] of Object.entries(document)) {
      store.#datasets.set(id, PackedList.unpack(packed));
      store.#length += store.count(id);
    }
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
