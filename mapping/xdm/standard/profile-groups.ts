/** Standard field groups of the Profile class that loyalty data uses. Names and types are public XDM facts; the wording is ours. */
import { dateTime, decimal, fieldGroup, list, object, ref, suggestion, text, whole, xdm } from "../fields.ts";
import type { JsonSchema } from "../json-schema.ts";

const PROFILE = [xdm("context/profile")];
const BOTH = [xdm("context/profile"), xdm("context/experienceevent")];

/** What badges, coupons, giveaways and referrals have in common. */
const reward = (more: Record<string, JsonSchema> = {}) =>
  object("Reward", {
    id: text("Id"),
    name: text("Name"),
    series: text("Series"),
    state: text("State"),
    startDate: dateTime("From"),
    endDate: dateTime("Until"),
    ...more,
  });

const challengeTask = object("Task", {
  name: text("Name"),
  type: text("Kind"),
  entity: text("What it counts"),
  goal: decimal("Goal"),
  progress: decimal("Reached so far"),
  state: text("State"),
  startDate: dateTime("From"),
  endDate: dateTime("Until"),
});

const challenge = object("Challenge", {
  id: text("Id"),
  name: text("Name"),
  description: text("Description"),
  series: text("Series"),
  frequencyType: text("How often"),
  state: text("State"),
  startDate: dateTime("From"),
  endDate: dateTime("Until"),
  tasks: list("Tasks", challengeTask),
});

const rewards = object("Rewards", {
  badges: list("Badges", reward()),
  coupons: list(
    "Coupons",
    reward({
      discountValue: decimal("Discount"),
      redemptionCount: whole("Times redeemed"),
      redemptionLimit: whole("Times it may be redeemed"),
      storeName: text("Store"),
    }),
  ),
  giveaways: list(
    "Giveaways",
    reward({ partnerId: text("Partner id"), partnerName: text("Partner"), type: text("Kind") }),
  ),
  referrals: list("Referrals", reward({ recipient: text("Who was referred") })),
});

/**
 * Loyalty Details. `lifetimePoints`, `expiredPoints` and the fields after them entered the public definition in January 2026;
 * a sandbox may still have the older one without them.
 */
export const loyaltyDetails = fieldGroup("mixins/profile/profile-loyalty-details", {
  title: "Loyalty Details",
  description: "A member's standing in a loyalty program.",
  extend: PROFILE,
  properties: {
    loyalty: object("Loyalty", {
      loyaltyID: list("Membership numbers", text("Membership number")),
      program: text("Program"),
      status: suggestion("Membership", { active: "Active", disabled: "Disabled", suspended: "Suspended" }),
      tier: text("Tier"),
      nextTier: text("Next tier"),
      joinDate: dateTime("Joined at"),
      upgradeDate: text("Tier upgraded at (deprecated: use tierUpgradeDate)"),
      tierUpgradeDate: dateTime("Tier upgraded at"),
      tierExpiryDate: dateTime("Tier ends at"),
      points: decimal("Points balance"),
      pointsRedeemed: decimal("Points redeemed"),
      pointsToNextTier: decimal("Points missing to the next tier"),
      pointsExpiration: list(
        "Points about to expire",
        object("Expiry", { pointsExpiring: decimal("Points"), pointsExpirationDate: dateTime("Expire at") }),
      ),
      lifetimePoints: decimal("Points ever earned"),
      expiredPoints: decimal("Points expired"),
      adjustedPoints: decimal("Points adjusted by hand"),
      promisedPoints: decimal("Points promised, not yet given"),
      returnedPoints: decimal("Points taken back on returns"),
      lifetimePurchases: decimal("Value ever bought"),
      cardsDetails: list(
        "Cards",
        object("Card", { number: text("Number"), series: text("Series"), status: text("State") }),
      ),
      challenges: list("Challenges", challenge),
      rewards,
    }),
  },
});

export const personalContactDetails = fieldGroup("context/profile-personal-details", {
  title: "Personal Contact Details",
  description: "Private addresses, phones and e-mail of a person.",
  extend: BOTH,
  properties: {
    personalEmail: ref(xdm("context/emailaddress"), "Private e-mail"),
    homePhone: ref(xdm("context/phonenumber"), "Home phone"),
    mobilePhone: ref(xdm("context/phonenumber"), "Mobile phone"),
    faxPhone: ref(xdm("context/phonenumber"), "Fax"),
    shippingAddressPhone: ref(xdm("context/phonenumber"), "Phone at the shipping address"),
    billingAddressPhone: ref(xdm("context/phonenumber"), "Phone at the billing address"),
    homeAddress: ref(xdm("common/address"), "Home address"),
    mailingAddress: ref(xdm("common/address"), "Mailing address"),
    shippingAddress: ref(xdm("common/address"), "Shipping address"),
    billingAddress: ref(xdm("common/address"), "Billing address"),
  },
});

export const demographicDetails = fieldGroup("context/profile-person-details", {
  title: "Demographic Details",
  description: "Name, birth and gender of a person.",
  extend: BOTH,
  properties: { person: ref(xdm("context/person"), "Person") },
});
