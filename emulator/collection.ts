/**
 * A map of entities that can be seen as it was a while ago. Lists and searches of Adobe's services lag behind reads by id
 * (inferred from public client code, no document says by how much): `staleView` makes them, `get` never lags.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const view = new AsyncLocalStorage<number>();
/** Removed entries that a stale list may still show; older ones are forgotten. */
const MAX_REMOVED = 1000;
/** Orders kept; the one that was made first goes. */
const MAX_ORDERS = 8;

/** Runs `work` with every Collection listed as it was `ms` ago (wall clock): newer entries are missing, removed ones still there. */
export function staleView<T>(ms: number, work: () => T): T {
  return view.run(performance.now() - ms, work);
}

/** An object with the key it is stored under. */
export type Entry<V> = readonly [key: string, value: V];

/** What a list shows: a collection remembers its orders, anything else is put in order every time. */
export type Listed<V> = Collection<V> | readonly Entry<V>[];

/** All entries in an order; `name` tells it apart from the collection's other orders. */
export function inOrder<V>(all: Listed<V>, name: string, compare?: (a: V, b: V) => number): readonly Entry<V>[] {
  if (all instanceof Collection) return all.ordered(name, compare);
  return compare ? all.toSorted((a, b) => compare(a[1], b[1])) : all;
}

interface Removed<V> {
  key: string;
  value: V;
  born: number;
  gone: number;
}

export class Collection<V> extends Map<string, V> {
  readonly #born = new Map<string, number>();
  #removed: Removed<V>[] = [];
  #version = 0;
  readonly #orders = new Map<string, { version: number; entries: readonly Entry<V>[] }>();

  /** A collection with these entries, as old as can be: what was restored was there before. */
  static of<V>(entries: Iterable<[string, V]>): Collection<V> {
    const made = new Collection<V>();
    for (const [key, value] of entries) Map.prototype.set.call(made, key, value);
    return made;
  }

  /** Goes up with everything that is added, replaced or removed. */
  get version(): number {
    return this.#version;
  }

  /**
   * All entries in an order, put in order once for as long as the version stays: what the order goes by must only change through
   * `set`. `name` tells orders apart; without `compare` it is the order of arrival.
   */
  ordered(name: string, compare?: (a: V, b: V) => number): readonly Entry<V>[] {
    const sort = () => {
      const entries = [...this.entries()];
      return compare ? entries.sort((a, b) => compare(a[1], b[1])) : entries;
    };
    if (view.getStore() !== undefined) return sort();
    const known = this.#orders.get(name);
    if (known?.version === this.#version) return known.entries;
    const entries = sort();
    if (this.#orders.size >= MAX_ORDERS) this.#orders.delete(this.#orders.keys().next().value as string);
    this.#orders.set(name, { version: this.#version, entries });
    return entries;
  }

  override set(key: string, value: V): this {
    if (!this.has(key)) this.#born.set(key, performance.now());
    this.#version += 1;
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    const value = this.get(key);
    if (value === undefined) return false;
    this.#removed.push({ key, value, born: this.#born.get(key) ?? Number.NEGATIVE_INFINITY, gone: performance.now() });
    if (this.#removed.length > MAX_REMOVED) this.#removed = this.#removed.slice(-MAX_REMOVED / 2);
    this.#born.delete(key);
    this.#version += 1;
    return super.delete(key);
  }

  override entries(): MapIterator<[string, V]> {
    const then = view.getStore();
    if (then === undefined) return super.entries();
    const old = [...super.entries()].filter(([key]) => (this.#born.get(key) ?? Number.NEGATIVE_INFINITY) <= then);
    const still = this.#removed.filter(({ born, gone }) => born <= then && gone > then);
    return [...old, ...still.map(({ key, value }): [string, V] => [key, value])].values();
  }

  override [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  override values(): MapIterator<V> {
    return view.getStore() === undefined ? super.values() : [...this.entries()].map(([, value]) => value).values();
  }

  override keys(): MapIterator<string> {
    return view.getStore() === undefined ? super.keys() : [...this.entries()].map(([key]) => key).values();
  }
}
