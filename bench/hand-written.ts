/** The same two mappings as a programmer would write them by hand: what the compiled mappings are measured against. */

interface Identity {
  id: string;
  primary: boolean;
  authenticatedState: string;
}

export interface ProfileEvent {
  identityMap: { email: Identity[] };
  loyalty: Record<"tier" | "program" | "status", string> &
    Record<"points" | "lifetimePoints" | "expiredPoints" | "pointsRedeemed", number>;
}

export interface TransactionEvent {
  _id: string;
  timestamp: string;
  identityMap: { email: Identity[] };
  commerce: { commerceScope: { storeCode: string }; order: { priceTotal: number } };
  productLineItems: { SKU: string; quantity: number; priceTotal: number; name: string; discountAmount: number }[];
}

const identity = ({ id, primary, authenticatedState }: Identity) => ({
  Email: [{ id: id.trim().toLowerCase(), primary, authenticatedState }],
});

export function profileByHand({ identityMap, loyalty }: ProfileEvent): Record<string, unknown> {
  const [email] = identityMap.email;
  return {
    identityMap: identity(email!),
    personalEmail: { address: email!.id.trim().toLowerCase() },
    loyalty: {
      points: loyalty.points,
      tier: loyalty.tier,
      pointsRedeemed: loyalty.pointsRedeemed,
      program: loyalty.program,
      status: loyalty.status.toLowerCase(),
    },
    _acme: { capillary: { lifetimePoints: loyalty.lifetimePoints, expiredPoints: loyalty.expiredPoints } },
  };
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/;

export function transactionByHand(event: TransactionEvent): Record<string, unknown> {
  // A careful programmer checks that the time is one.
  if (!TIME.test(event.timestamp) || Number.isNaN(Date.parse(event.timestamp))) throw new Error("timestamp");
  return {
    _id: event._id,
    timestamp: event.timestamp,
    eventType: "commerce.purchases",
    identityMap: identity(event.identityMap.email[0]!),
    commerce: {
      commerceScope: { storeCode: event.commerce.commerceScope.storeCode },
      order: { priceTotal: event.commerce.order.priceTotal, purchaseID: event._id },
      purchases: { value: 1 },
    },
    productListItems: event.productLineItems.map(({ SKU, quantity, priceTotal, name, discountAmount }) => ({
      SKU,
      quantity,
      priceTotal,
      name,
      discountAmount,
    })),
  };
}
