/** Catalog's list parameters: filters, order, pages, projection. The answer is a map keyed by id. */
import { type Entry as EntryOf, inOrder, type Listed } from "../collection.ts";
import { compareAt, filterTest, integer, parseFilter, valuesAt } from "../http.ts";
import { catalogProblem } from "../problem.ts";
import type { Entity, World } from "../store.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
/** Everything else in the query is a filter on the field of that name. */
const RESERVED = new Set(["limit", "start", "orderBy", "property", "properties", "tags", "requestDataSource"]);

type Query = Record<string, string[]>;
type Entry = EntryOf<Entity>;
/** Filters of one collection that are not simply a field of that name. */
export type Special = Record<string, (entry: Entry, value: string) => boolean>;

/** One page as Catalog answers it: `{ id: entity }`, `{}` when nothing fits. Throws 400 for unusable parameters. */
export function catalogPage(world: World, all: Listed<Entity>, query: Query, special: Special = {}): Entity {
  const tests = [...propertyTests(query), ...simpleTests(query, special), ...tagTests(query)];
  const sorted = inOrder(all, JSON.stringify(query["orderBy"] ?? []), order(query));
  const found = tests.length === 0 ? sorted : sorted.filter((entry) => tests.every((test) => test(entry)));
  const limit = Math.min(number(query, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT), world.settings.maxPageSize ?? MAX_LIMIT);
  const start = number(query, "start", 0, 0, Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(
    found.slice(start, start + limit).map(([id, entity]) => [id, project(entity, query["properties"]?.[0])]),
  );
}

/** Only the named top-level properties, all of them without a list. */
export function project(entity: Entity, properties: string | undefined): Entity {
  if (properties === undefined) return entity;
  const wanted = properties.split(",").map((name) => name.trim());
  return Object.fromEntries(wanted.filter((name) => Object.hasOwn(entity, name)).map((name) => [name, entity[name]]));
}

function number(query: Query, name: string, fallback: number, min: number, max: number): number {
  const text = query[name]?.[0];
  if (text === undefined) return fallback;
  const value = integer(text, min, max);
  if (value === undefined) throw catalogProblem(400, `${name} must be a number from ${min} to ${max}`);
  return value;
}

/** `property=schemaRef.id==…`; several must all hold. */
function propertyTests(query: Query): ((entry: Entry) => boolean)[] {
  const filters = (query["property"] ?? []).map((text) => filterTest(parseFilter(text)));
  return filters.map(
    (passes) =>
      ([, entity]) =>
        passes(entity),
  );
}

/** `name=a,b` (one of), `name=!a` (not), `*` as a wildcard. */
function simpleTests(query: Query, special: Special): ((entry: Entry) => boolean)[] {
  return Object.entries(query).flatMap(([name, texts]) => {
    if (RESERVED.has(name)) return [];
    return texts.map((text) => {
      const own = Object.hasOwn(special, name) ? special[name] : undefined;
      return (entry: Entry) => (own ? own(entry, text) : passes(valuesAt(entry[1], name), text));
    });
  });
}

function passes(found: unknown[], text: string): boolean {
  const negated = text.startsWith("!");
  const wanted = (negated ? text.slice(1) : text).split(",").map(wildcard);
  return found.some((value) => wanted.some((test) => test(String(value)))) !== negated;
}

/** `tags=key:value,key2:*`: every key must have a value that fits. */
function tagTests(query: Query): ((entry: Entry) => boolean)[] {
  return (query["tags"] ?? []).flatMap((text) =>
    text.split(",").map((pair) => {
      const at = pair.indexOf(":");
      const key = at < 0 ? pair : pair.slice(0, at);
      const fits = wildcard(at < 0 ? "*" : pair.slice(at + 1));
      return ([, entity]: Entry) => {
        const values: unknown = entity["tags"]?.[key];
        return Array.isArray(values) && values.some((value) => fits(String(value)));
      };
    }),
  );
}

function wildcard(pattern: string): (text: string) => boolean {
  if (!pattern.includes("*")) return (text) => text === pattern;
  const parts = pattern.split("*");
  return (text) => {
    const first = parts[0] as string;
    const last = parts.at(-1) as string;
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** `orderBy=asc:created,desc:updated`; a bare name sorts upwards. */
function order(query: Query): ((a: Entity, b: Entity) => number) | undefined {
  const texts = (query["orderBy"] ?? []).flatMap((text) => text.split(",")).filter(Boolean);
  const orders = texts.map((text) => {
    const [direction, path] = text.includes(":") ? text.split(":") : ["asc", text];
    if ((direction !== "asc" && direction !== "desc") || !path)
      throw catalogProblem(400, `orderBy ${text} must read asc:field or desc:field`);
    return compareAt(path, direction === "desc");
  });
  if (orders.length === 0) return undefined;
  return (a, b) => {
    for (const compare of orders) {
      const sign = compare(a, b);
      if (sign !== 0) return sign;
    }
    return 0;
  };
}
