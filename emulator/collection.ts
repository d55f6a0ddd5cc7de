/**
 * A map of entities that can be seen as it was a while ago. Lists and searches of Adobe's services lag behind reads by id
 * (inferred from public client code, no document says by how much): `staleView` makes them, `get` never lags.
 */
import { AsyncLocalStorage } from "node:async_hooks";

const view = new AsyncLocalStorage<number>();
/** Removed entries that a stale list may still show; older ones are forgotten. */
const MAX_REMOVED = 1000;

/** Runs `work` with every Collection listed as it was `ms` ago (wall clock): newer entries are missing, removed ones still there. */
export function staleView<T>(ms: number, work: () => T): T {
  return view.run(performance.now() - ms, work);
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

  /** A collection with these entries, as old as can be: what was restored was there before. */
  static of<V>(entries: Iterable<[string, V]>): Collection<V> {
    const made = new Collection<V>();
    for (const [key, value] of entries) Map.prototype.set.call(made, key, value);
    return made;
  }

  override set(key: string, value: V): this {
    if (!this.has(key)) this.#born.set(key, performance.now());
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    const value = this.get(key);
    if (value === undefined) return false;
    this.#removed.push({ key, value, born: this.#born.get(key) ?? Number.NEGATIVE_INFINITY, gone: performance.now() });
    if (this.#removed.length > MAX_REMOVED) this.#removed = this.#removed.slice(-MAX_REMOVED / 2);
    this.#born.delete(key);
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
