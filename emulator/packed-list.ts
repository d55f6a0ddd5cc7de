/**
 * A long list of JSON objects in little memory: the newest stand as they are, every full thousand is packed. A million rows take tens
 * of megabytes instead of a gigabyte.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Entity } from "./json.ts";

export const CHUNK = 1000;

export class PackedList<T extends object> {
  /** Each holds exactly CHUNK items: deflated JSON. */
  readonly #packed: Buffer[] = [];
  #open: T[] = [];

  get length(): number {
    return this.#packed.length * CHUNK + this.#open.length;
  }

  push(item: T): void {
    this.#open.push(item);
    if (this.#open.length < CHUNK) return;
    this.#packed.push(deflateRawSync(JSON.stringify(this.#open), { level: 1 }));
    this.#open = [];
  }

  /** Forgets the oldest thousand, if there are that many. */
  dropChunk(): void {
    this.#packed.shift();
  }

  /** Items `start` to `start + limit`, oldest first. */
  page(start: number, limit: number): T[] {
    const found: T[] = [];
    const end = Math.min(start + limit, this.length);
    for (let at = start; at < end; ) {
      const from = at % CHUNK;
      const part = this.chunk(Math.floor(at / CHUNK)).slice(from, from + end - at);
      found.push(...part);
      at += part.length;
    }
    return found;
  }

  /** Number `index` of the thousands; behind the last full one comes the open rest. */
  chunk(index: number): T[] {
    const packed = this.#packed[index];
    return packed ? JSON.parse(inflateRawSync(packed).toString("utf8")) : this.#open;
  }

  /** Everything in portions, for whoever reads all of it. */
  *portions(): Generator<T[]> {
    for (let index = 0; index <= this.#packed.length; index += 1) yield this.chunk(index);
  }

  /** As JSON: full thousands in base64, the rest in clear. */
  pack(): Entity {
    return { packed: this.#packed.map((chunk) => chunk.toString("base64")), open: structuredClone(this.#open) };
  }

  /** The list that `pack` wrote down. */
  static unpack<T extends object>({ packed, open }: Entity): PackedList<T> {
    const list = new PackedList<T>();
    for (const chunk of packed) list.#packed.push(Buffer.from(chunk, "base64"));
    list.#open = open;
    return list;
  }
}
