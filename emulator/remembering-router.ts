/** Walking a router's tree costs more than many a route's own work, and clients come back to the same paths. */
import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/** Paths kept a method; all are forgotten beyond. */
const MAX_PATHS = 2000;

/** Hono's tree router that keeps what it found. Nothing may be added after the first match. */
export class RememberingRouter<T> implements Router<T> {
  readonly name = "RememberingRouter";
  readonly #tree = new TrieRouter<T>();
  readonly #found = new Map<string, Map<string, Result<T>>>();

  add(method: string, path: string, handler: T): void {
    this.#tree.add(method, path, handler);
  }

  match(method: string, path: string): Result<T> {
    const paths = this.#found.get(method) ?? new Map<string, Result<T>>();
    const known = paths.get(path);
    if (known) return known;
    const result = this.#tree.match(method, path);
    if (paths.size >= MAX_PATHS) paths.clear();
    this.#found.set(method, paths.set(path, result));
    return result;
  }
}
