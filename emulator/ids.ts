/** Deterministic ids: a seeded generator, so that the same calls give the same ids. */

/** Bytes of the id in the making. */
const SCRATCH = Buffer.alloc(64);

export class Ids {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  /** Where the sequence stands; `new Ids(state)` goes on from there. */
  get state(): number {
    return this.#state;
  }
  /** mulberry32: 32 random bits a call. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  /** `length` lower-case hex digits, 128 at most. Datasets 24, mapping sets 32, inlets 64, schemas 48. */
  hex(length: number): string {
    for (let at = 0; at < length; at += 8) SCRATCH.writeUInt32BE(this.#next(), at / 2);
    return SCRATCH.toString("hex", 0, (length + 1) >> 1).slice(0, length);
  }
  uuid(): string {
    const h = this.hex(32);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-a${h.slice(17, 20)}-${h.slice(20)}`;
  }
  /** A Flow Service etag with its literal quotes: 8 hex, fixed middle, epoch seconds in hex. */
  etag(nowMs: number): string {
    return `"${this.hex(8)}-0000-0200-0000-${Math.floor(nowMs / 1000).toString(16)}0000"`;
  }
  /** A whole number from 0 and below `limit`. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
  /** A number in [0, 1). */
  random(): number {
    return this.#next() / 2 ** 32;
  }
}
