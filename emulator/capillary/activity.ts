/**
 * The events that the API's own writes lead to: a customer registered or changed, a bill entered, points given for it. They go the way
 * of all events, into the feed and to the webhooks, and carry the id of the request behind them, by which the event log finds them.
 */
import { isObject } from "../http.ts";
import type { Entity, World } from "../store.ts";
import { dateAfter, type Identifier, ORG_ID, program } from "./event-parts.ts";
import { enqueueEvents } from "./feed.ts";

/** Bills of other types have events outside the list that Adobe's integration takes. */
const BILLS = new Set(["REGULAR", "RETURN"]);
const POINTS_LAST_DAYS = 365;

/** Tells of a registered customer (`before` undefined) or of one whose details were updated. */
export function tellOfCustomer(world: World, before: Entity | undefined, customer: Entity, requestId: string): void {
  const { firstName, lastName } = names(customer);
  const changed = before ? { updatedFields: changes(names(before), { firstName, lastName }) } : {};
  const data = {
    customerIdentifiers: identifiersOf(customer),
    loyaltyType: loyaltyType(customer),
    source: customer["identifiers"][0].source,
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    ...changed,
    enteredAt: world.clock.now(),
  };
  const event = envelope(world, before ? "customerUpdated" : "customerAdded", data, requestId);
  enqueueEvents(world, [event]);
}

/** Tells of a bill that was taken, and of the points it brought. */
export function tellOfTransaction(
  world: World,
  customer: Entity,
  bill: Entity,
  awardedPoints: number,
  requestId: string,
): void {
  if (!BILLS.has(bill["type"])) return;
  const events = [envelope(world, "transactionAdded", billData(customer, bill), requestId)];
  if (awardedPoints > 0)
    events.push(envelope(world, "pointsIssued", pointsData(world, customer, bill, awardedPoints), requestId));
  enqueueEvents(world, events);
}

function billData(customer: Entity, bill: Entity): Entity {
  const lines: unknown = bill["lineItemsV2"] ?? bill["lineItems"];
  return {
    customerIdentifiers: identifiersOf(customer),
    amount: bill["amount"],
    grossAmount: numberOr(bill["grossAmount"], bill["amount"]),
    discount: numberOr(bill["discount"], 0),
    billNumber: String(bill["billNumber"]),
    billType: bill["type"],
    ...(typeof bill["deliveryStatus"] === "string" ? { deliveryStatus: bill["deliveryStatus"] } : {}),
    lineItemCount: Array.isArray(lines) ? lines.length : 0,
    currencyCode: typeof bill["currencyCode"] === "string" ? bill["currencyCode"] : "INR",
    transactionId: bill["id"],
    enteredAt: bill["enteredAt"],
    billDate:
      typeof bill["billingDate"] === "string" ? bill["billingDate"].slice(0, 10) : dateAfter(bill["enteredAt"], 0),
    customFields: [],
    extendedFields: [],
  };
}

function pointsData(world: World, customer: Entity, bill: Entity, points: number): Entity {
  return {
    customerIdentifiers: identifiersOf(customer),
    triggeringActivity: {
      name: "TransactionAdd",
      identifiers: [
        { key: "billNumber", value: String(bill["billNumber"]) },
        { key: "BillId", value: String(bill["id"]) },
      ],
    },
    loyaltyProgramDetails: program(),
    programCurrentPoints: customer["points"],
    programLifetimePoints: customer["lifetimePoints"],
    totalPointsIssued: points,
    regularPointsIssued: points,
    regularPointsBreakup: [{ points, expiryAt: dateAfter(world.clock.now(), POINTS_LAST_DAYS) }],
    promotionalPointsIssued: [],
    promisedPointsIssued: [],
  };
}

/** The flat envelope. Ids come from the generator of request ids, so that those of objects stay the same for the same calls. */
function envelope(world: World, eventName: string, data: Entity, apiRequestId: string): Entity {
  const eventId = world.requestIds.uuid();
  return {
    eventName,
    eventId,
    orgId: ORG_ID,
    refId: `${ORG_ID}_${world.requestIds.hex(10)}`,
    apiRequestId,
    createdAt: world.clock.now(),
    data,
    loyaltyEventId: eventName === "pointsIssued" ? world.requestIds.hex(10) : null,
  };
}

/** `instore` has its identifiers as fields, every other source a list of accounts. */
function identifiersOf(customer: Entity): Entity {
  const all: Identifier[] = customer["identifiers"];
  const bySource = Map.groupBy(all, ({ source }) => source.toLowerCase());
  const sources = [...bySource].map(([source, found]): [string, Entity] => {
    if (source === "instore")
      return [source, { id: customer["id"], ...Object.fromEntries(found.map(({ type, value }) => [type, value])) }];
    const identifiers = found.map(({ type, value }) => ({ identifierType: type, identifierValue: value }));
    return [source, { accounts: [{ accountId: accountOf(customer), identifiers }] }];
  });
  return {
    customerId: customer["id"],
    ...names(customer),
    loyaltyType: loyaltyType(customer),
    ...Object.fromEntries(sources),
  };
}

function firstProfile(customer: Entity): Entity {
  const profiles: unknown = customer["profiles"];
  return Array.isArray(profiles) && isObject(profiles[0]) ? profiles[0] : {};
}

function names(customer: Entity): { firstName?: string; lastName?: string } {
  const { firstName, lastName } = firstProfile(customer);
  return {
    ...(typeof firstName === "string" ? { firstName } : {}),
    ...(typeof lastName === "string" ? { lastName } : {}),
  };
}

const accountOf = (customer: Entity): string => String(firstProfile(customer)["accountId"] ?? "");
const loyaltyType = (customer: Entity): string => String(customer["loyaltyInfo"]?.["loyaltyType"] ?? "loyalty");

function changes(before: Record<string, unknown>, after: Record<string, unknown>): { key: string; value: unknown }[] {
  return Object.entries(after)
    .filter(([key, value]) => value !== undefined && value !== before[key])
    .map(([key, value]) => ({ key, value }));
}

function numberOr(value: unknown, fallback: number): number {
  const number = Number(value);
  return value === undefined || value === null || !Number.isFinite(number) ? fallback : number;
}
