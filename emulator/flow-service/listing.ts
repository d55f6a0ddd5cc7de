/**
 * Lists of the Flow Service: property filters, order, pages. Filterable fields and operators are documented, as are the
 * code numbers 1401, 1432, 1433 and 1440..1454; which number stands for which mistake is partly assumed, see ERRORS.
 */
import { type Entry, inOrder, type Listed } from "../collection.ts";
import { compareAt, type Filter, filterTest, integer, parseFilter } from "../http.ts";
import type { Entity } from "../store.ts";
import { type Collection, refusal } from "./refusals.ts";

const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;
const PARAMETERS = new Set(["property", "limit", "orderby", "continuationToken", "count"]);
const ORDERABLE = new Set(["name", "createdAt", "updatedAt"]);

/** Fields a `property` filter may name (Adobe's filtering guide; the last run's start from the specification's example). */
const FILTERABLE: Record<Collection, readonly string[]> = {
  connections: ["id", "name", "description", "connectionSpec.id", "state"],
  sourceConnections: ["id", "name", "connectionSpec.id", "baseConnectionId"],
  targetConnections: ["id", "name", "connectionSpec.id", "baseConnectionId"],
  flows: [
    "id",
    "name",
    "description",
    "flowSpec.id",
    "state",
    "sourceConnectionIds[]",
    "targetConnectionIds[]",
    "lastRunDetails.startedAtUTC",
  ],
  runs: ["id", "flowId", "state"],
  connectionSpecs: ["id", "name", "providerId"],
  flowSpecs: ["id", "name", "providerId"],
};

export interface ListRequest {
  query: URLSearchParams;
  /** Highest `limit` taken: 100 for lists, 1000 for searches. */
  maxLimit?: number;
  /** World setting that makes pages smaller than asked for. */
  pageCap?: number | null;
}

export interface ListAnswer {
  items?: Entity[];
  _links?: Entity;
  count?: number;
}

/** One page of a collection. Throws the documented 400 for every unusable parameter. */
export function listPage(collection: Collection, all: Listed<Entity>, request: ListRequest): ListAnswer {
  const { query } = request;
  for (const name of query.keys())
    if (!PARAMETERS.has(name)) throw refusal(1451, `Query parameter ${name} is not supported`);
  const tests = query.getAll("property").map((text) => testOf(collection, checkedFilter(collection, text)));
  const counting = query.get("count") === "true";
  if (counting && query.has("limit")) throw refusal(1401, "The parameters limit and count cannot be used together");
  const sorted = ordered(all, counting ? null : query.get("orderby"));
  const matching = tests.length === 0 ? sorted : sorted.filter(([, entity]) => tests.every((passes) => passes(entity)));
  if (counting) return { count: matching.length };
  const limit = Math.min(limitOf(query, request.maxLimit ?? MAX_LIMIT), request.pageCap ?? Number.POSITIVE_INFINITY);
  const start = startOf(matching, query.get("continuationToken"));
  const items = matching.slice(start, start + limit).map(([, entity]) => entity);
  const more = start + items.length < matching.length && items.length > 0;
  return { items, _links: more ? { next: { href: nextHref(collection, query, start + items.length, items) } } : {} };
}

function checkedFilter(collection: Collection, text: string): Filter {
  const filter = parseFilter(text);
  if (filter.path === "") throw refusal(1441, `The filter ${text} names no property`);
  if (filter.operator === "exists") throw refusal(1440, `The filter ${text} has no operator`);
  if (!FILTERABLE[collection].includes(filter.path)) {
    const hint = FILTERABLE[collection].includes(`${filter.path}[]`) ? ` (write ${filter.path}[] for an array)` : "";
    throw refusal(1449, `Property ${filter.path} of ${collection} cannot be filtered${hint}`);
  }
  if (filter.operator === "~") throw refusal(1440, `The operator of the filter ${text} is not supported`);
  if (filter.values.some((value) => value === "")) throw refusal(1452, `The filter ${text} has an empty value`);
  if (filter.values.length > 1 && filter.operator !== "==" && filter.operator !== "!=")
    throw refusal(1450, `Operator ${filter.operator} takes one value`);
  return filter;
}

/** Runs are asked for by `state`, which lives in their status summary, in any case. */
function testOf(collection: Collection, filter: Filter): (entity: Entity) => boolean {
  if (collection !== "runs" || filter.path !== "state") return filterTest(filter);
  const passes = filterTest({ ...filter, values: filter.values.map((value) => value.toLowerCase()) });
  return (run) => passes({ state: String(run["metrics"]?.["statusSummary"]?.["status"] ?? "").toLowerCase() });
}

function limitOf(query: URLSearchParams, max: number): number {
  const text = query.get("limit");
  if (text === null) return DEFAULT_LIMIT;
  const limit = integer(text, 1, max);
  if (limit === undefined) throw refusal(1453, `limit must be a whole number from 1 to ${max}`);
  return limit;
}

function ordered(all: Listed<Entity>, orderby: string | null): readonly Entry<Entity>[] {
  if (orderby === null) return inOrder(all, "");
  // A plus sign that nobody encoded arrives as a space.
  const match = /^([+\- ]?)([A-Za-z]+)$/.exec(orderby);
  if (!match) throw refusal(1433, `orderby ${orderby} is not valid`);
  const [, sign, field = ""] = match;
  if (!ORDERABLE.has(field)) throw refusal(1432, `Lists cannot be ordered by ${field}`);
  return inOrder(all, `${sign === "-" ? "-" : "+"}${field}`, compareAt(field, sign === "-"));
}

/** Tokens carry the last id and its offset: the page goes on behind that object, also when others before it are gone. */
function startOf(items: readonly Entry<Entity>[], token: string | null): number {
  if (token === null) return 0;
  const match = /^(\d{1,9}):(.+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (!match) throw refusal(1454, "The continuationToken is not valid");
  const [, offset, id] = match;
  if (items[Number(offset) - 1]?.[0] === id) return Number(offset);
  const index = items.findIndex(([key]) => key === id);
  return index >= 0 ? index + 1 : Math.min(Number(offset), items.length);
}

/** Relative, starting at the resource, without the service's base path. */
function nextHref(collection: Collection, query: URLSearchParams, offset: number, items: Entity[]): string {
  const next = new URLSearchParams(query);
  const last = items.at(-1)?.["id"];
  next.set("continuationToken", Buffer.from(`${offset}:${last}`).toString("base64url"));
  return `/${collection}?${next}`;
}

/** The query of a search body: `{queryString, limit, orderby, count}`. */
export function searchQuery(body: Entity): URLSearchParams {
  const text = body["queryString"] ?? "";
  if (typeof text !== "string") throw refusal(1441, "queryString must be a string");
  const query = new URLSearchParams(text);
  for (const name of ["limit", "orderby", "count", "continuationToken"])
    if (body[name] !== undefined && body[name] !== null) query.set(name, String(body[name]));
  return query;
}
