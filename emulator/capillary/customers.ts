/** Customers: registration, lookup by identifier, loyalty and tier details. */
import { isObject } from "../http.ts";
import { Problem } from "../problem.ts";
import type { Entity, World } from "../store.ts";
import { tellOfCustomer } from "./activity.ts";
import { type Identifier, program } from "./event-parts.ts";
import { batchOf, capillaryProblem, note } from "./problems.ts";

export interface Registration {
  requestId: string;
  /** An import: nobody is told (documented for the header SKIP-DOWNSTREAM). */
  silent?: boolean;
}

/** POST /v2/customers: registers, or updates the customer who has one of the identifiers already (warning 8050). */
export function registerCustomer(world: World, body: Entity, { requestId, silent = false }: Registration): Entity {
  const profiles: unknown = body["profiles"];
  const identifiers = (Array.isArray(profiles) ? profiles : []).flatMap(identifiersOf);
  if (identifiers.length === 0)
    throw capillaryProblem(400, 8015, "A profile with at least one identifier is mandatory");
  const known = identifiers
    .map((identifier) => findCustomer(world, identifier))
    .find((customer) => customer !== undefined);
  const id: number = known?.["id"] ?? nextId(world, 130_713_000);
  const now = world.clock.now();
  const customer: Entity = {
    id,
    points: 0,
    lifetimePoints: 0,
    lifetimePurchases: 0,
    tier: 1,
    createdOn: now,
    ...known,
    ...body,
    identifiers: merged(known?.["identifiers"] ?? [], identifiers),
    updatedOn: now,
  };
  world.capillary.customers.set(id, customer);
  if (!silent) tellOfCustomer(world, known, customer, requestId);
  const warnings = known ? [note(8050, "Same customer found; the details were updated")] : [];
  return { createdId: id, warnings, errors: [], sideEffects: [] };
}

/**
 * The bulk forms: a result for every item, 201 as soon as one failed. Documents name the endpoints and no answer: it is shaped like that
 * of transactions (assumed).
 */
export function registerCustomers(
  world: World,
  body: unknown,
  registration: Registration,
): { status: 200 | 201; answer: Entity } {
  const response = batchOf(body, "customers").map((item) => {
    try {
      if (!isObject(item)) throw capillaryProblem(400, 400, "The customer must be an object");
      const { createdId, warnings, errors, sideEffects } = registerCustomer(world, item, registration);
      return { entityId: createdId, result: { sideEffects }, errors, warnings };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { entityId: null, result: { sideEffects: [] }, errors: [note(8015, error.message)], warnings: [] };
    }
  });
  const failed = response.some(({ entityId }) => entityId === null);
  return { status: failed ? 201 : 200, answer: { response, totalCount: response.length, failureCount: 0 } };
}

function identifiersOf(profile: unknown): Identifier[] {
  if (!isObject(profile) || !Array.isArray(profile["identifiers"])) return [];
  const source = typeof profile["source"] === "string" ? profile["source"] : "INSTORE";
  return profile["identifiers"]
    .filter(isObject)
    .map((item) => ({ type: String(item["type"]), value: String(item["value"]), source }));
}

function merged(before: Identifier[], after: Identifier[]): Identifier[] {
  const key = (item: Identifier) => `${item.source}/${item.type}/${item.value}`;
  return [...new Map([...before, ...after].map((item) => [key(item), item])).values()];
}

export function findCustomer(world: World, wanted: Identifier): Entity | undefined {
  for (const customer of world.capillary.customers.values())
    if (customer["identifiers"].some((item: Identifier) => same(item, wanted))) return customer;
  return undefined;
}

function same(a: Identifier, b: Identifier): boolean {
  return a.type === b.type && a.value.toLowerCase() === b.value.toLowerCase() && a.source === b.source;
}

/** The customer a lookup names in its query; 404 with item code 8015 when there is none, 400 without identifier. */
export function lookUp(world: World, query: (name: string) => string | undefined): Entity {
  const type = query("identifierName");
  const value = query("identifierValue");
  if (!type || !value) throw capillaryProblem(400, 1061, "identifierName and identifierValue are mandatory");
  const customer = findCustomer(world, { type, value, source: query("source") ?? "INSTORE" });
  if (!customer) throw capillaryProblem(404, 8015, "Customer not found");
  return customer;
}

/** GET /v2/customers/lookup/loyaltyDetails: one entry per program. */
export function loyaltyDetails(customer: Entity): Entity {
  const { points, lifetimePoints, lifetimePurchases, tier } = customer;
  const tiers: Entity[] = program()["tiers"];
  return {
    entity: [
      {
        programId: 1398,
        loyaltyPoints: points,
        lifetimePoints,
        cumulativePurchases: lifetimePurchases,
        redeemed: 0,
        expired: 0,
        returned: 0,
        adjusted: 0,
        delayedPoints: 0,
        currentSlab: tiers[tier - 1]?.["tierName"] ?? null,
        nextSlab: tiers[tier]?.["tierName"] ?? null,
        slabExpiryDate: null,
      },
    ],
    warnings: [],
  };
}

/** GET /v2/customers/lookup/tierDetails. */
export function tierDetails(customer: Entity): Entity {
  const tiers: Entity[] = program()["tiers"];
  const tier: number = customer["tier"];
  return {
    programTiers: [
      {
        programId: 1398,
        currentTierName: tiers[tier - 1]?.["tierName"] ?? null,
        currentTierSerialNumber: tier,
        tierExpiryDate: null,
      },
    ],
    warnings: [],
  };
}

/** A number nobody had before. */
export function nextId(world: World, base: number): number {
  world.capillary.counter += 1;
  return base + world.capillary.counter;
}
