/** Lists of the registry: filters, order, and pages that go on after the last sort value. */
import { type Entry, inOrder, type Listed } from "../collection.ts";
import { compareAt, compareValues, filterTest, integer, parseFilter, valuesAt } from "../http.ts";
import { registryProblem } from "../problem.ts";
import type { Entity, World } from "../store.ts";

/** An unpaged answer holds at most this many (documented). */
const MAX_UNPAGED = 300;
const MAX_LIMIT = 500;
const ALIASES: Record<string, string> = {
  updated: "meta:registryMetadata.repo:lastModifiedDate",
  created: "meta:registryMetadata.repo:createdDate",
};

export interface RegistryPage {
  results: Entity[];
  _page: { orderby: string; next: string | null; count: number };
}

/**
 * `property` (repeatable, AND), `orderby=title` or `-title`, `limit` and `start`. `start` is the last value of the
 * previous page; a page grows over its limit rather than end between two equal values, as the documents announce.
 * Without `orderby`, `limit` and `start` have no effect (documented as not to be used so).
 */
export function registryPage(world: World, all: Listed<Entity>, query: Record<string, string[]>): RegistryPage {
  const tests = (query["property"] ?? []).map((text) => filterTest(parseFilter(text)));
  const orderby = query["orderby"]?.[0] ?? "";
  const [first = ""] = orderby.split(",");
  const descending = first.startsWith("-");
  const name = first.replace(/^[+-]/, "") || "updated";
  const path = ALIASES[name] ?? name;
  const sign = descending ? -1 : 1;
  const keyOf = (entity: Entity) => valuesAt(entity, path)[0];
  const start = orderby === "" ? undefined : query["start"]?.[0];
  const rest = inOrder(all, `${sign}${path}`, compareAt(path, descending))
    .map(([, entity]) => entity)
    .filter((entity) => tests.every((passes) => passes(entity)))
    .filter((entity) => start === undefined || isAfter(keyOf(entity), start, sign));
  const limit = Math.min(orderby === "" ? MAX_UNPAGED : limitOf(query), world.settings.maxPageSize ?? MAX_LIMIT);
  let end = Math.min(limit, rest.length);
  while (end > 0 && end < rest.length && keyOf(rest[end] as Entity) === keyOf(rest[end - 1] as Entity)) end += 1;
  const results = rest.slice(0, end);
  const last = results.at(-1);
  const next = last && end < rest.length ? String(keyOf(last)) : null;
  return { results, _page: { orderby: orderby || "updated", next, count: results.length } };
}

/** Documented as 0 to 500 and a hint; 0 is taken as no limit of the client's own (assumed). */
function limitOf(query: Record<string, string[]>): number {
  const text = query["limit"]?.[0];
  if (text === undefined) return MAX_UNPAGED;
  const value = integer(text, 0, Number.MAX_SAFE_INTEGER);
  if (value === undefined) throw registryProblem(1000, 400, "Invalid request", "limit must be a number from 0 to 500");
  return value === 0 ? MAX_UNPAGED : Math.min(value, MAX_LIMIT);
}

function isAfter(value: unknown, start: string, sign: number): boolean {
  const wanted = typeof value === "number" && !Number.isNaN(Number(start)) ? Number(start) : start;
  return sign * compareValues(value, wanted) > 0;
}

/** Resources that no collection holds, as a list. */
export function keyed(resources: Entity[]): Entry<Entity>[] {
  return resources.map((resource) => [resource["meta:altId"], resource]);
}
