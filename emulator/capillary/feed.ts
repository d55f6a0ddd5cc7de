/**
 * The feed that the polled ("generic REST") source reads. Capillary documents no such endpoint: the feed, its two streams
 * and its window parameters are this emulator's own, so that Adobe's guide can be followed to a landed row.
 */
import { isObject } from "../http.ts";
import { Ids } from "../ids.ts";
import type { Entity, FeedEvent, World } from "../store.ts";
import { queueDeliveries } from "./delivery.ts";
import { EVENT_NAMES, makeEvent } from "./events.ts";

/** The oldest events are forgotten beyond this many. */
const MAX_EVENTS = 100_000;
const MAX_GENERATED = 10_000;
const PROFILE_EVENTS = new Set([
  "customerAdded",
  "customerUpdated",
  "tierUpgraded",
  "tierDowngraded",
  "tierRenewed",
  "tierDowngradeReminder",
]);

/**
 * Puts events into the feed, stamped with the virtual time, and queues them for the webhooks that want them. An item
 * `{stream, event}` names its stream itself; `{generate: n, eventName?}` stands for n generated events.
 */
export function enqueueEvents(world: World, items: Entity[]): FeedEvent[] {
  const at = world.clock.now();
  const added = items
    .flatMap((item) => generated(world, item))
    .map((item): FeedEvent => {
      const wrapped = isObject(item["event"]) && (item["stream"] === "profiles" || item["stream"] === "transactions");
      const event: Entity = wrapped ? item["event"] : item;
      world.capillary.counter += 1;
      return { seq: world.capillary.counter, at, stream: wrapped ? item["stream"] : streamOf(event), event };
    });
  const { events } = world.capillary;
  events.push(...added);
  if (events.length > MAX_EVENTS) events.splice(0, events.length - MAX_EVENTS);
  queueDeliveries(world, added);
  return added;
}

/** The same seed and the same order of calls give the same events. */
function generated(world: World, item: Entity): Entity[] {
  const count: unknown = item["generate"];
  if (!Number.isSafeInteger(count)) return [item];
  world.capillary.counter += 1;
  const ids = new Ids(world.seed ^ Math.imul(world.capillary.counter, 0x9e3779b1));
  const name = EVENT_NAMES.includes(item["eventName"]) ? (item["eventName"] as string) : undefined;
  const length = Math.min(Math.max(0, count as number), MAX_GENERATED);
  return Array.from({ length }, () => makeEvent(ids, world.clock.now(), name));
}

/** Which flow of Adobe's guide an event is for: profile data or transactions. */
function streamOf(event: Entity): FeedEvent["stream"] {
  const name = event["eventName"] ?? event["body"]?.eventName ?? event["attributes"]?.eventName;
  if (typeof name === "string") return PROFILE_EVENTS.has(name) ? "profiles" : "transactions";
  return event["commerce"] || event["productLineItems"] || (event["_id"] && event["timestamp"])
    ? "transactions"
    : "profiles";
}

export interface FeedQuery {
  /** Every stream when undefined. */
  stream: string | undefined;
  /** Epoch milliseconds: at or after `since`, before `until`. */
  since: number;
  until: number;
  limit: number;
  offset: number;
}

/** One page of the feed. */
export function feedPage(world: World, query: FeedQuery): { data: FeedEvent[]; total: number } {
  const matching = world.capillary.events.filter(
    (item) =>
      item.at >= query.since && item.at < query.until && (query.stream === undefined || item.stream === query.stream),
  );
  return { data: matching.slice(query.offset, query.offset + query.limit), total: matching.length };
}
