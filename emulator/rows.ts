/**
 * Landed rows, by dataset. The newest rows of a dataset stand as they are; every full thousand is packed, so that a
 * million rows take tens of megabytes instead of a gigabyte.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Entity } from "./json.ts";

const CHUNK = 1000;

/** A row that landed in a dataset. */
export interface LandedRow {
  datasetId: string;
  flowId: string | null;
  batchId: string;
  /** Epoch milliseconds on the virtual clock. */
  at: number;
  row: Entity;
}

interface Shelf {
  /** Each holds exactly CHUNK rows: deflated JSON. */
  packed: Buffer[];
  open: LandedRow[];
}

export class RowStore {
  readonly #shelves = new Map<string, Shelf>();
  #length = 0;

  /** Rows of all datasets. */
  get length(): number {
    return this.#length;
  }

  push(row: LandedRow): void {
    const shelf = this.#shelves.get(row.datasetId) ?? { packed: [], open: [] };
    this.#shelves.set(row.datasetId, shelf);
    shelf.open.push(row);
    this.#length += 1;
    if (shelf.open.length < CHUNK) return;
    shelf.packed.push(deflateRawSync(JSON.stringify(shelf.open), { level: 1 }));
    shelf.open = [];
  }

  count(datasetId: string): number {
    const shelf = this.#shelves.get(datasetId);
    return shelf ? shelf.packed.length * CHUNK + shelf.open.length : 0;
  }

  /** Ids of the datasets that have rows. */
  datasets(): string[] {
    return [...this.#shelves.keys()];
  }

  /** Rows `start` to `start + limit` of a dataset, oldest first. */
  page(datasetId: string, start: number, limit: number): LandedRow[] {
    const shelf = this.#shelves.get(datasetId);
    if (!shelf) return [];
    const found: LandedRow[] = [];
    const end = Math.min(start + limit, this.count(datasetId));
    for (let at = start; at < end; ) {
      const rows = chunkAt(shelf, Math.floor(at / CHUNK));
      const from = at % CHUNK;
      const part = rows.slice(from, from + end - at);
      found.push(...part);
      at += part.length;
    }
    return found;
  }

  /** A dataset's rows in portions, for whoever reads all of them. */
  *portions(datasetId: string): Generator<LandedRow[]> {
    const shelf = this.#shelves.get(datasetId);
    if (!shelf) return;
    for (let index = 0; index < shelf.packed.length; index += 1) yield chunkAt(shelf, index);
    yield shelf.open;
  }

  /** Every row, dataset by dataset. */
  *[Symbol.iterator](): Generator<LandedRow> {
    for (const id of this.#shelves.keys()) for (const rows of this.portions(id)) yield* rows;
  }

  drop(datasetId: string): void {
    this.#length -= this.count(datasetId);
    this.#shelves.delete(datasetId);
  }

  /** As JSON: full portions in base64, the open one in clear. */
  pack(): Entity {
    const shelves = [...this.#shelves].map(([id, { packed, open }]): [string, Entity] => [
      id,
      { packed: packed.map((chunk) => chunk.toString("base64")), open: structuredClone(open) },
    ]);
    return Object.fromEntries(shelves);
  }

  /** The store that `pack` wrote down. */
  static unpack(document: Entity): RowStore {
    const store = new RowStore();
    for (const [id, { packed, open }] of Object.entries(document)) {
      store.#shelves.set(id, { packed: packed.map((chunk: string) => Buffer.from(chunk, "base64")), open });
      store.#length += store.count(id);
    }
    return store;
  }
}

function chunkAt(shelf: Shelf, index: number): LandedRow[] {
  const chunk = shelf.packed[index];
  return chunk ? JSON.parse(inflateRawSync(chunk).toString("utf8")) : shelf.open;
}
