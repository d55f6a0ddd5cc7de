/**
 * Plausible events of the 14 kinds that Capillary sends to Adobe, from a seed. Fields follow Capillary's public event pages;
 * the shapes of `promotionEarned` and `pointsExpiryChange` are in none of them and are assumed.
 */
import type { Ids } from "../ids.ts";
import type { Entity } from "../store.ts";
import { dateAfter, enteredBy, identifiers, type Member, member, ORG_ID, pick, program } from "./event-parts.ts";

interface Making {
  ids: Ids;
  now: number;
  who: Member;
}
type Maker = (making: Making) => Entity;

const customer: Maker = ({ ids, now, who }) => ({
  loyaltyType: "loyalty",
  source: "INSTORE",
  firstName: who.firstName,
  lastName: who.lastName,
  enteredAt: now - 800,
  enteredBy: enteredBy(ids),
});

const transaction: Maker = ({ ids, now }) => {
  const lineItemCount = 1 + ids.below(5);
  const grossAmount = 100 * (1 + ids.below(40)) * lineItemCount;
  const discount = Math.round((grossAmount * ids.below(20)) / 100);
  return {
    amount: grossAmount - discount,
    grossAmount,
    discount,
    billNumber: String(293_000_000 + ids.below(1_000_000)),
    billClientId: String(1_121_000 + ids.below(1000)),
    billType: "REGULAR",
    deliveryStatus: pick(ids, ["PLACED", "PROCESSED", "SHIPPED", "DELIVERED"]),
    lineItemCount,
    currencyCode: "INR",
    transactionId: 2_147_000_000 + ids.below(1_000_000),
    enteredAt: now - 5000,
    billDate: dateAfter(now, 0),
    enteredBy: enteredBy(ids),
    customFields: [],
    extendedFields: [],
  };
};

const balances = (who: Member): Entity => ({
  loyaltyProgramDetails: program(),
  programCurrentPoints: who.points,
  programLifetimePoints: who.lifetimePoints,
});
const trigger = (ids: Ids, name: string): Entity => ({
  name,
  identifiers: [{ key: "billNumber", value: String(293_000_000 + ids.below(1_000_000)) }],
});

const pointsIssued: Maker = ({ ids, now, who }) => {
  const regular = 10 * (1 + ids.below(100));
  const bonus = ids.below(2) * 50;
  return {
    triggeringActivity: trigger(ids, "TransactionAdd"),
    ...balances(who),
    totalPointsIssued: regular + bonus,
    regularPointsIssued: regular,
    regularPointsBreakup: [{ points: regular, expiryAt: dateAfter(now, 365) }],
    promotionalPointsIssued: bonus > 0 ? [{ promotionId: 871, points: bonus }] : [],
    promisedPointsIssued: [],
  };
};

const pointsRedeemed: Maker = ({ ids, who }) => {
  const points = 10 * (1 + ids.below(40));
  return {
    triggeringActivity: trigger(ids, "PointsRedemption"),
    loyaltyProgramDetails: program(),
    totalPointsRedeemed: points,
    redeemedPointsCurrencyValue: points,
    redemptionBillNumber: String(293_000_000 + ids.below(1_000_000)),
    redemptionFromEarningPrograms: [{ programId: 1398, pointsRedeemed: points, programCurrentPoints: who.points }],
    enteredBy: enteredBy(ids),
  };
};

const expiry: Maker = ({ ids, now, who }) => ({
  ...balances(who),
  pointsScheduledForExpiry: 10 * (1 + ids.below(50)),
  scheduledExpiryDate: dateAfter(now, 30 + ids.below(60)),
});

const MAKERS: Record<string, Maker> = {
  customerAdded: customer,
  customerUpdated: (making) => ({
    ...customer(making),
    updatedFields: [{ key: "lastName", value: making.who.lastName }],
  }),
  transactionAdded: transaction,
  transactionUpdated: (making) => ({ ...transaction(making), deliveryStatus: "DELIVERED" }),
  pointsIssued,
  pointsRedeemed,
  pointsExpired: ({ ids, who }) => ({ ...balances(who), pointsExpired: 10 * (1 + ids.below(30)) }),
  pointsExpiryReminder: expiry,
  pointsExpiryChange: expiry,
  tierUpgraded: ({ now, who }) => ({
    loyaltyProgramId: 1398,
    previousTierNumber: who.tier,
    upgradedTierNumber: who.tier + 1,
    upgradeType: "STRATEGY",
    tierExpiryDate: dateAfter(now, 730),
  }),
  tierDowngraded: ({ now, who }) => ({
    loyaltyProgramId: 1398,
    previousTierNumber: who.tier + 1,
    downgradedTierNumber: who.tier,
    tierExpiryDate: dateAfter(now, 730),
  }),
  tierRenewed: ({ now, who }) => ({
    loyaltyProgramId: 1398,
    currentTierNumber: who.tier,
    renewType: "STRATEGY",
    tierExpiryDate: dateAfter(now, 730),
  }),
  tierDowngradeReminder: ({ now, who }) => ({
    loyaltyProgramId: 1398,
    currentTierNumber: who.tier,
    scheduledDowngradeDate: dateAfter(now, 30),
  }),
  promotionEarned: ({ ids, now }) => ({
    triggeringActivity: trigger(ids, "TransactionAdd"),
    loyaltyProgramDetails: program(),
    promotionId: String(800 + ids.below(100)),
    promotionName: "Double points",
    earnedAt: now - 700,
  }),
};

/** The 14 event names. */
export const EVENT_NAMES: readonly string[] = Object.keys(MAKERS);

/** One event in the flat envelope; a random kind without a name. Throws a RangeError for a name that is none of the 14. */
export function makeEvent(ids: Ids, now: number, name: string = pick(ids, EVENT_NAMES)): Entity {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (!make) throw new RangeError(`${name} is none of ${EVENT_NAMES.join(", ")}`);
  const who = member(ids);
  const eventId = ids.uuid();
  return {
    eventName: name,
    eventId,
    orgId: ORG_ID,
    refId: `${ORG_ID}_${ids.hex(10)}`,
    apiRequestId: ids.hex(16),
    createdAt: now,
    data: { customerIdentifiers: identifiers(who), ...make({ ids, now, who }) },
    loyaltyEventId: name.startsWith("points") && !name.includes("Expiry") ? ids.hex(10) : null,
  };
}
