/** Webhooks: which events are pushed where, what the events look like, and what became of each delivery. */
import { isObject } from "../http.ts";
import { Ids } from "../ids.ts";
import type { Entity, World } from "../store.ts";
import { EVENT_NAMES, makeEvent } from "./events.ts";
import { capillaryProblem } from "./problems.ts";

const TYPES = new Set(["HTTP", "QUEUE_INT", "queue"]);
const RETRY_ATTEMPTS = 180;

/** POST /v3/webHooks. Names are unique (documented for the cluster). */
export function createWebHook(world: World, body: Entity): Entity {
  const checked = checkWebHook(world, body, undefined);
  world.capillary.counter += 1;
  const webHookId = `wh-${world.capillary.counter}`;
  const webHook = {
    webHookId,
    consumerGroupId: `cg-${world.capillary.counter}`,
    noOfRetryAttempts: RETRY_ATTEMPTS,
    ...checked,
  };
  world.capillary.webHooks.set(webHookId, webHook);
  return { data: webHook, errors: null };
}

/** PUT /v3/webHooks/{id}: the event list is replaced, names left out are removed. */
export function replaceWebHook(world: World, id: string, body: Entity): Entity {
  const before = findWebHook(world, id);
  const { webHookId, consumerGroupId, noOfRetryAttempts } = before;
  const webHook = { webHookId, consumerGroupId, noOfRetryAttempts, ...checkWebHook(world, body, id) };
  world.capillary.webHooks.set(id, webHook);
  return { data: webHook, errors: null };
}

export function findWebHook(world: World, id: string): Entity {
  const webHook = world.capillary.webHooks.get(id);
  if (!webHook) throw capillaryProblem(404, 404, `Webhook ${id} was not found`);
  return webHook;
}

function checkWebHook(world: World, body: Entity, id: string | undefined): Entity {
  const { name, eventNames, webHookUrl } = body;
  const refuse = (message: string) => capillaryProblem(400, 400, message);
  if (typeof name !== "string" || name === "") throw refuse("name is mandatory");
  for (const other of world.capillary.webHooks.values())
    if (other["name"] === name && other["webHookId"] !== id) throw refuse(`A webhook named ${name} exists already`);
  if (!Array.isArray(eventNames) || eventNames.length === 0) throw refuse("eventNames is mandatory");
  const unknown = eventNames.find((event) => !EVENT_NAMES.includes(event));
  if (unknown !== undefined) throw refuse(`Event ${unknown} is not known`);
  const url = typeof webHookUrl === "string" ? URL.parse(webHookUrl) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") throw refuse("webHookUrl must be an http or https URL");
  const type = body["webHookType"] ?? "HTTP";
  if (!TYPES.has(type)) throw refuse(`webHookType ${type} is not supported`);
  return {
    name,
    active: body["active"] !== false,
    eventNames,
    webHookType: type,
    methodType: "POST",
    webHookUrl,
    webHookHeaders: body["webHookHeaders"] ?? {},
    maxAllowedConnections: Number(body["maxAllowedConnections"] ?? 10),
    slaInSeconds: Number(body["slaInSeconds"] ?? 30),
  };
}

/** The static headers of a webhook; documents show an object in older and a list in newer pages. */
export function headersOf(webHook: Entity): Record<string, string> {
  const headers: unknown = webHook["webHookHeaders"];
  const pairs = Array.isArray(headers)
    ? headers.filter(isObject).map((item) => [String(item["key"] ?? item["name"]), String(item["value"])] as const)
    : Object.entries(isObject(headers) ? headers : {}).map(([key, value]) => [key, String(value)] as const);
  return Object.fromEntries(pairs);
}

/** GET /v3/webHooks/eventMetaData[/{eventName}]: a draft-04 JSON Schema of each event, inferred from a generated one. */
export function eventMetaData(name: string | undefined): Entity {
  if (name === undefined) return { data: EVENT_NAMES.map((eventName) => ({ eventName })), errors: null };
  if (!EVENT_NAMES.includes(name)) throw capillaryProblem(404, 404, `Event ${name} is not known`);
  const schema = { $schema: "http://json-schema.org/draft-04/schema#", ...schemaOf(makeEvent(new Ids(1), 0, name)) };
  return { data: { eventName: name, schema }, errors: null };
}

function schemaOf(value: unknown): Entity {
  if (Array.isArray(value)) return { type: "array", ...(value.length > 0 ? { items: schemaOf(value[0]) } : {}) };
  if (isObject(value)) {
    const properties = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, schemaOf(item)]));
    return { type: "object", properties };
  }
  return { type: value === null ? ["string", "null"] : typeof value };
}

/** GET /v3/webHooks/eventLog/...: deliveries that match, newest first. 404 without any. */
export function eventLog(world: World, matches: (delivery: Entity) => boolean): Entity {
  const found = world.capillary.deliveries.filter(matches).toReversed();
  if (found.length === 0) throw capillaryProblem(404, 404, "No event was found");
  return { data: found.map(readDelivery), errors: null };
}

function readDelivery(delivery: Entity): Entity {
  const { event, webHookId, state, attempts, httpStatus, tookMs, slaBreachTimestamp, nextAttemptAt } = delivery;
  return {
    eventId: event.eventId,
    eventName: event.eventName,
    refId: event.refId,
    requestId: event.apiRequestId,
    webHookId,
    status: state,
    attempts,
    nextAttemptAt: state === "pending" ? nextAttemptAt : null,
    consumerResponse: { webhookHttpStatus: httpStatus, time_taken: tookMs },
    slaBreachTimestamp,
    payload: event,
  };
}
