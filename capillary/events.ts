/**
 * The 14 loyalty events Capillary sends to Adobe Experience Platform, what each of them feeds, and the one normaliser that
 * brings the three documented envelopes to the flat shape the mappings are written for.
 */
import { AepError } from "../errors.ts";

/** What a flow of raw events fills: the customer's profile, or the time series of events. */
export type EventTarget = "profile" | "event";

/**
 * Every event kind and what it tells about: the customer as such, something that happened, or both.
 * Source: the list in Adobe's Capillary guide and Capillary's page of supported events; which target each one feeds is this
 * project's choice, made from the fields the event carries.
 */
export const EVENT_TARGETS = {
  customerAdded: ["profile"],
  customerUpdated: ["profile"],
  transactionAdded: ["event"],
  transactionUpdated: ["event"],
  pointsIssued: ["profile", "event"],
  pointsRedeemed: ["profile", "event"],
  pointsExpired: ["profile", "event"],
  pointsExpiryReminder: ["profile", "event"],
  pointsExpiryChange: ["profile", "event"],
  tierUpgraded: ["profile", "event"],
  tierDowngraded: ["profile", "event"],
  tierRenewed: ["profile", "event"],
  tierDowngradeReminder: ["profile", "event"],
  promotionEarned: ["event"],
} as const satisfies Record<string, readonly EventTarget[]>;

/** The name of one of the 14 events, as it stands in the event's `eventName`. */
export type EventKind = keyof typeof EVENT_TARGETS;

/** All 14 kinds, in the table's order. */
export const EVENT_KINDS = Object.keys(EVENT_TARGETS) as [EventKind, ...EventKind[]];

/** True for one of the 14 names. */
export function isEventKind(name: unknown): name is EventKind {
  return typeof name === "string" && Object.hasOwn(EVENT_TARGETS, name);
}

/** A raw event in the flat shape: what `data` holds depends on the kind. Times are epoch milliseconds. */
export interface CapillaryEvent {
  eventName: EventKind;
  eventId: string;
  orgId?: number;
  refId?: string;
  apiRequestId?: string;
  createdAt?: number;
  data: Record<string, unknown>;
  [field: string]: unknown;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Brings one delivered event to the flat shape. Accepts the three documented envelopes (flat; wrapped in `body`; enriched,
 * with `attributes` and an `eventType` that may carry the organisation's number as a prefix), trims stray blanks in keys and
 * reads `Instore` as `instore`. Fields it does not know stay as they are.
 * @throws AepError CAPILLARY_EVENT when it is no event, or not one of the 14 kinds. The message holds no value of the payload
 * but the event's name.
 */
export function normaliseEvent(delivered: unknown): CapillaryEvent {
  const trimmed = trimKeys(delivered);
  if (!isFields(trimmed)) throw notAnEvent("it is not a JSON object");
  const outer = isFields(trimmed["body"]) ? trimmed["body"] : trimmed;
  const event = isFields(outer["attributes"]) ? fromEnriched(outer, outer["attributes"]) : outer;
  const name = event["eventName"];
  if (!isEventKind(name))
    throw notAnEvent(typeof name === "string" ? `its eventName is "${name}"` : "it has no eventName");
  if (typeof event["eventId"] !== "string" || event["eventId"] === "") throw notAnEvent("it has no eventId");
  if (!isFields(event["data"])) throw notAnEvent("it has no data object");
  return { ...event, eventName: name, eventId: event["eventId"], data: withInstore(event["data"]) };
}

/** The enriched envelope keeps its id outside and everything else within `attributes`. */
function fromEnriched(outer: Fields, attributes: Fields): Fields {
  const type = typeof outer["eventType"] === "string" ? outer["eventType"].replace(/^\d+_/, "") : undefined;
  return {
    ...attributes,
    eventName: attributes["eventName"] ?? type,
    eventId: outer["eventId"] ?? attributes["eventId"],
    createdAt: attributes["createdAt"] ?? outer["timeStamp"],
  };
}

/** One of Capillary's samples spells the in-store block with a capital letter. */
function withInstore(data: Fields): Fields {
  const identifiers = data["customerIdentifiers"];
  if (!isFields(identifiers) || !("Instore" in identifiers) || "instore" in identifiers) return data;
  const { Instore, ...others } = identifiers;
  return { ...data, customerIdentifiers: { ...others, instore: Instore } };
}

/** Documented samples carry keys such as `"name "`: no XDM path could ever name them. */
function trimKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(trimKeys);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.trim(), trimKeys(inner)]));
}

function notAnEvent(why: string): AepError {
  return new AepError("CAPILLARY_EVENT", `The payload is not one of Capillary's events: ${why}.`, {
    hint: `An event has eventName (one of ${EVENT_KINDS.join(", ")}), eventId and data.`,
  });
}
