/**
 * Where the rows of a profile are, kept while rows land: without it every look at a profile would read all rows. Each row is remembered by
 * a hash of its identity (eight bytes), in thousands as the rows themselves are packed; the profiles that changed last, by name.
 */
import { hash } from "node:crypto";
import { CHUNK } from "../packed-list.ts";

/** A namespace's code (or its number, where the descriptor has that) and the value in it. */
export interface Identity {
  namespace: string;
  id: string;
}

/** Profiles known by name; the one that changed longest ago goes first. Its rows are still found. */
const MAX_NAMED = 100_000;
/** So many go at once: a map skips what it has lost at its beginning every time it is asked for its first entry. */
const SLACK = 5000;
const NOBODY = new Float64Array(0);

/** A profile that rows have landed on lately. */
export interface NamedProfile extends Identity {
  /** When the latest row landed, epoch milliseconds on the virtual clock; also when that row's dataset has gone since. */
  at: number;
}

interface DatasetIndex {
  /** Hashes of full thousands; 0 where a row is on no profile. */
  full: Float64Array[];
  open: number[];
}

export class ProfileIndex {
  readonly #datasets = new Map<string, DatasetIndex>();
  readonly #named = new Map<string, NamedProfile>();
  readonly #ignored = new Map<string, number>();
  #forgotten = false;

  /** Rows without a primary identity, which Profile does not take. */
  get ignored(): number {
    return [...this.#ignored.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Profiles by name, the latest changed first. `complete` is false once there were more than are kept. */
  named(): { profiles: NamedProfile[]; complete: boolean } {
    const profiles = [...this.#named.values()].reverse();
    return { profiles: profiles.slice(0, MAX_NAMED), complete: !this.#forgotten && profiles.length <= MAX_NAMED };
  }

  /** Notes that row number `position` of a dataset has landed; `profile` is undefined for one that never was Profile's business. */
  add(datasetId: string, position: number, profile: Identity | null | undefined, at: number): void {
    let index = this.#datasets.get(datasetId);
    if (!index) {
      if (profile === undefined) return;
      index = { full: [], open: [] };
      this.#datasets.set(datasetId, index);
      while (index.full.length < Math.floor(position / CHUNK)) index.full.push(NOBODY);
      index.open = Array.from({ length: position % CHUNK }, () => 0);
    }
    index.open.push(profile ? hashOf(profile) : 0);
    if (index.open.length === CHUNK) {
      index.full.push(Float64Array.from(index.open));
      index.open = [];
    }
    if (profile === null) this.#ignored.set(datasetId, (this.#ignored.get(datasetId) ?? 0) + 1);
    else if (profile) this.#name(profile, at);
  }

  /** Puts the names in the order of their latest rows: after rows were added dataset by dataset. */
  sort(): void {
    const sorted = [...this.#named].sort(([, a], [, b]) => a.at - b.at);
    this.#named.clear();
    for (const [key, profile] of sorted) this.#named.set(key, profile);
  }

  #name({ namespace, id }: Identity, at: number): void {
    const key = keyOf({ namespace, id });
    const before = this.#named.get(key)?.at ?? at;
    this.#named.delete(key);
    this.#named.set(key, { namespace, id, at: Math.max(before, at) });
    if (this.#named.size < MAX_NAMED + SLACK) return;
    const oldest = this.#named.keys();
    for (let count = 0; count < SLACK; count += 1) this.#named.delete(oldest.next().value as string);
    this.#forgotten = true;
  }

  /** How many rows of each dataset are on each of the profiles, by `keyOf`. */
  count(profiles: readonly Identity[]): Map<string, Map<string, number>> {
    const wanted = new Map(profiles.map((one) => [hashOf(one), keyOf(one)]));
    const counts = new Map(profiles.map((one) => [keyOf(one), new Map<string, number>()]));
    for (const [datasetId, { full, open }] of this.#datasets)
      for (const portion of [...full, open])
        for (const value of portion) {
          const key = value === 0 ? undefined : wanted.get(value);
          if (key === undefined) continue;
          const found = counts.get(key) as Map<string, number>;
          found.set(datasetId, (found.get(datasetId) ?? 0) + 1);
        }
    return counts;
  }

  /** Numbers of the thousands of a dataset that have rows of a profile, the newest first. */
  portionsOf(datasetId: string, profile: Identity): number[] {
    const index = this.#datasets.get(datasetId);
    const wanted = hashOf(profile);
    const portions: (Float64Array | number[])[] = index ? [...index.full, index.open] : [];
    return portions.flatMap((portion, number) => (portion.includes(wanted) ? [number] : [])).reverse();
  }

  /** The dataset and its rows are gone, and with them the profiles that have no other row. */
  drop(datasetId: string): void {
    this.#ignored.delete(datasetId);
    if (!this.#datasets.delete(datasetId)) return;
    const left = new Set<number>();
    for (const { full, open } of this.#datasets.values())
      for (const portion of [...full, open]) for (const value of portion) left.add(value);
    for (const [key, profile] of this.#named) if (!left.has(hashOf(profile))) this.#named.delete(key);
  }
}

/** One text for one identity. */
export const keyOf = ({ namespace, id }: Identity): string => JSON.stringify([namespace, id]);

/** 48 bits and never 0: among a million rows two identities share one in two of a thousand worlds, and then only a count is off. */
function hashOf(profile: Identity): number {
  return hash("sha1", keyOf(profile), "buffer").readUIntBE(0, 6) + 1;
}
