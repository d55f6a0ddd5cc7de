/** Pieces that generated Capillary events are made of: members, shops, loyalty program. */
import type { Ids } from "../ids.ts";
import type { Entity } from "../store.ts";

const FIRST_NAMES = ["Asha", "Ben", "Chitra", "Dmitri", "Elif", "Farid", "Grace", "Hiro", "Ines", "Jonas"];
const LAST_NAMES = ["Rao", "Okafor", "Silva", "Novak", "Tan", "Haddad", "Meyer", "Sato", "Costa", "Lind"];
const STORES = [
  { code: "HSR", name: "HSR LAYOUT" },
  { code: "INDIRANAGAR", name: "INDIRANAGAR" },
  { code: "mergestore1", name: "MERGE FRONT ONE" },
];
const TIERS = ["Silver", "Gold", "Platinum"];
export const ORG_ID = 50614;

/** One of a list. */
export function pick<T>(ids: Ids, list: readonly T[]): T {
  return list[ids.below(list.length)] as T;
}

/** What a customer is known by in one source. */
export interface Identifier {
  /** `mobile`, `email`, `externalId`, `cardnumber`, ... */
  type: string;
  value: string;
  source: string;
}

export interface Member {
  customerId: number;
  firstName: string;
  lastName: string;
  tier: number;
  points: number;
  lifetimePoints: number;
}

/** A member who looks the same in every event: everything follows from the number. */
export function member(ids: Ids): Member {
  const number = ids.below(10_000);
  const lifetimePoints = 500 + ((number * 37) % 9000);
  return {
    customerId: 406_240_000 + number,
    firstName: FIRST_NAMES[number % 10] as string,
    lastName: LAST_NAMES[Math.floor(number / 10) % 10] as string,
    tier: 1 + (number % 3),
    points: Math.floor(lifetimePoints / 2),
    lifetimePoints,
  };
}

/** `customerIdentifiers` of an in-store member. */
export function identifiers(who: Member): Entity {
  const { customerId, firstName, lastName } = who;
  return {
    customerId,
    firstName,
    lastName,
    loyaltyType: "loyalty",
    instore: {
      id: customerId,
      mobile: `9196${String(customerId).slice(-8).padStart(8, "0")}`,
      email: `${firstName}.${lastName}.${customerId}@example.com`.toLowerCase(),
      externalId: `EXT-${customerId % 100_000}`,
    },
  };
}

/** Till and store of a sale. */
export function enteredBy(ids: Ids): Entity {
  const store = pick(ids, STORES);
  const till = `${store.code.toLowerCase()}.${1 + ids.below(4)}`;
  return {
    id: 15_071_000 + ids.below(1000),
    till: { code: till, name: till },
    store: { ...store, externalId: `S-${store.code}` },
  };
}

export function program(): Entity {
  return {
    id: 1398,
    name: "Default",
    isDefault: true,
    pointsToCurrencyRatio: 1,
    tiers: TIERS.map((tierName, index) => ({ tierNumber: index + 1, tierName })),
  };
}

/** `yyyy-MM-dd` so many days after a moment. */
export function dateAfter(nowMs: number, days: number): string {
  return new Date(nowMs + days * 86_400_000).toISOString().slice(0, 10);
}
