/**
 * Delivery of events to webhooks, with the documented rules: a 2xx is done, a refusal such as 400 is final and the event lost for
 * that webhook, 429 and failures of the receiver are tried again with growing pauses for seven days. Pauses go by the virtual clock.
 */
import type { Entity, FeedEvent, World } from "../store.ts";
import { headersOf } from "./webhooks.ts";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 3_600_000;
const GIVE_UP_MS = 7 * 86_400_000;
/** The oldest deliveries are forgotten beyond this many. */
const MAX_DELIVERIES = 20_000;
/** Statuses beside 5xx that mean "later", not "never" (429 is documented, the others are assumed). */
const LATER = new Set([408, 423, 425, 429]);

/** Queues events for every active webhook that wants them. Ready-made payloads without an event name are for the feed only. */
export function queueDeliveries(world: World, events: FeedEvent[]): void {
  const { deliveries, webHooks } = world.capillary;
  const now = world.clock.now();
  for (const { event } of events)
    for (const webHook of webHooks.values()) {
      if (!webHook["active"] || !webHook["eventNames"].includes(event["eventName"])) continue;
      const { webHookId } = webHook;
      deliveries.push({
        webHookId,
        event,
        state: "pending",
        attempts: 0,
        queuedAt: now,
        nextAttemptAt: now,
        httpStatus: null,
        tookMs: null,
        slaBreachTimestamp: null,
      });
    }
  if (deliveries.length > MAX_DELIVERIES) deliveries.splice(0, deliveries.length - MAX_DELIVERIES);
}

/** Attempts every delivery that is due now, in order, one webhook beside the other. */
export async function deliverDue(world: World, signal: AbortSignal): Promise<void> {
  const now = world.clock.now();
  const due = world.capillary.deliveries.filter((item) => item["state"] === "pending" && item["nextAttemptAt"] <= now);
  const byHook = Map.groupBy(due, (item) => item["webHookId"]);
  await Promise.all(
    [...byHook].map(([id, items]) => deliverAll(world, world.capillary.webHooks.get(id), items, signal)),
  );
}

async function deliverAll(
  world: World,
  webHook: Entity | undefined,
  items: Entity[],
  signal: AbortSignal,
): Promise<void> {
  for (const item of items) {
    if (signal.aborted) return;
    if (webHook) await attempt(world, webHook, item, signal);
    else item["state"] = "failed";
  }
}

async function attempt(world: World, webHook: Entity, item: Entity, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const slaMs = webHook["slaInSeconds"] * 1000;
  const status = await push(webHook, item["event"], AbortSignal.any([signal, AbortSignal.timeout(slaMs)]));
  if (signal.aborted) return;
  const now = world.clock.now();
  const tookMs = Math.round(performance.now() - started);
  item["attempts"] += 1;
  item["httpStatus"] = status;
  item["tookMs"] = tookMs;
  if (tookMs >= slaMs) item["slaBreachTimestamp"] = now;
  if (status !== null && status < 300) item["state"] = "delivered";
  else if ((status !== null && status < 500 && !LATER.has(status)) || now - item["queuedAt"] >= GIVE_UP_MS)
    item["state"] = "failed";
  else item["nextAttemptAt"] = now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (item["attempts"] - 1));
}

/** The receiver's status; null when there was no answer. Redirects are not followed. */
async function push(webHook: Entity, event: Entity, signal: AbortSignal): Promise<number | null> {
  try {
    const response = await fetch(webHook["webHookUrl"], {
      method: "POST",
      headers: { ...headersOf(webHook), "content-type": "application/json" },
      body: JSON.stringify(event),
      redirect: "manual",
      signal,
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return null;
  }
}
