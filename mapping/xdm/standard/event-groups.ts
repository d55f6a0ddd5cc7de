/** Standard field groups of the ExperienceEvent class that loyalty and commerce data use. Names and types are public XDM facts. */
import { decimal, fieldGroup, list, object, ref, text, xdm } from "../fields.ts";

const EVENT = [xdm("context/experienceevent")];

export const commerceDetails = fieldGroup("context/experienceevent-commerce", {
  title: "Commerce Details",
  description: "Products, carts and orders of an event.",
  extend: EVENT,
  properties: {
    commerce: ref(xdm("context/commerce"), "Commerce"),
    productListItems: list("Products", ref(xdm("content/productlistitem"))),
  },
});

/** Points given or taken by one transaction. */
const points = object("Points", {
  value: decimal("Points"),
  promotionId: text("Promotion"),
  loyaltyProgramId: text("Program"),
  transactionId: text("Transaction"),
});

export const loyaltyEventDetails = fieldGroup("context/experienceevent-loyalty-details", {
  title: "Loyalty Event Details",
  description: "What an event did to a member's loyalty account.",
  extend: EVENT,
  properties: {
    loyalty: object("Loyalty", {
      pointsGained: list("Points earned", points),
      pointsRedemption: list("Points redeemed", points),
      discounts: list(
        "Discounts",
        object("Discount", {
          value: decimal("Amount"),
          source: text("Where it came from"),
          scope: text("What it covers"),
          triggeredForItem: text("Item that triggered it"),
          promotionId: text("Promotion"),
        }),
      ),
      couponRedemption: list(
        "Coupons redeemed",
        object("Coupon", {
          id: text("Id"),
          series: text("Series"),
          seriesName: text("Series name"),
          promotionId: text("Promotion"),
        }),
      ),
      referralRedemption: list(
        "Referrals redeemed",
        object("Referral", { code: text("Code"), promotionId: text("Promotion") }),
      ),
    }),
  },
});
