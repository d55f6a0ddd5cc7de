/** Data types about orders, carts and products. Names and types are public XDM facts; the wording is ours. */
import { choice, dataType, dateTime, decimal, list, object, ref, suggestion, text, whole, xdm } from "../fields.ts";

const CURRENCY = { pattern: "^[A-Z]{3}$" };
const MEANS_OF_PAYMENT = {
  cash: "Cash",
  credit_card: "Credit card",
  debit_card: "Debit card",
  gift_card: "Gift card",
  check: "Cheque",
  paypal: "PayPal",
  wire_transfer: "Bank transfer",
  credit_card_reference: "Reference to a credit card",
  other: "Other",
};
const measureRef = (title: string) => ref(xdm("data/measure"), title);

export const measure = dataType("data/measure", {
  title: "Measure",
  description: "A counted happening: how often, and under which id.",
  properties: { id: text("Id of the measure"), value: decimal("How often") },
  required: ["value"],
});

export const paymentItem = dataType("data/paymentitem", {
  title: "Payment item",
  description: "One payment towards an order.",
  properties: {
    transactionID: text("Id at the payment provider"),
    paymentAmount: decimal("Amount"),
    paymentType: suggestion("Means of payment", MEANS_OF_PAYMENT),
    currencyCode: text("Currency (ISO 4217)", CURRENCY),
  },
});

export const refundItem = dataType("data/refunditem", {
  title: "Refund item",
  description: "Money given back on an order.",
  properties: {
    transactionID: text("Id at the payment provider"),
    refundAmount: decimal("Amount"),
    refundReason: choice("Reason", { return: "Goods returned", price_adjustment: "Price adjusted" }),
    refundPaymentType: choice("Means of payment", MEANS_OF_PAYMENT),
    currencyCode: text("Currency (ISO 4217)", CURRENCY),
  },
});

export const order = dataType("data/order", {
  title: "Order",
  description: "A placed order; priceTotal is what is paid after discounts and tax.",
  properties: {
    purchaseID: text("Order number of the seller"),
    purchaseOrderNumber: text("Order number of the buyer"),
    payments: list("Payments", ref(xdm("data/paymentitem"))),
    refunds: list("Refunds", ref(xdm("data/refunditem"))),
    returns: object("Return", {
      returnID: text("Return id"),
      returnStatus: text("State"),
      purchaseID: text("Order number"),
    }),
    currencyCode: text("Currency (ISO 4217)", CURRENCY),
    taxAmount: decimal("Tax"),
    discountAmount: decimal("Discount on the whole order"),
    priceTotal: decimal("Total after discounts and tax"),
    orderType: choice("Kind of order", { checkout: "Checkout", instant_purchase: "Instant purchase" }),
    createdDate: dateTime("Placed at"),
    lastUpdatedDate: dateTime("Last changed at"),
    cancelDate: dateTime("Cancelled at"),
    refundTotal: decimal("Total refunded"),
  },
});

export const productListItem = dataType("content/productlistitem", {
  title: "Product list item",
  description: "One line of an order or cart.",
  properties: {
    SKU: text("Stock keeping unit"),
    _id: text("Id of the line", { format: "uri-reference" }),
    product: text("Address of the product", { format: "uri" }),
    name: text("Name shown to the buyer"),
    productImageUrl: text("Address of the picture"),
    productAddMethod: text("How it was put on the list"),
    currencyCode: text("Currency (ISO 4217)", CURRENCY),
    quantity: whole("Units"),
    priceTotal: decimal("Total of the line"),
    discountAmount: decimal("Discount on the line"),
    refundAmount: decimal("Refund on the line"),
    returnItem: object("Return", {
      returnStatus: text("State"),
      returnReason: text("Reason"),
      returnItemCondition: text("Condition of the goods"),
      returnResolution: text("Resolution"),
      returnQuantityRequested: whole("Units asked for"),
      returnQuantityAuthorized: whole("Units authorised"),
      returnQuantityReceived: whole("Units received"),
      returnQuantityApproved: whole("Units approved"),
    }),
    selectedOptions: list(
      "Chosen options",
      object("Option", { attribute: text("Option"), value: text("Choice") }, { required: ["attribute", "value"] }),
    ),
    productCategories: list(
      "Categories",
      object("Category", {
        categoryID: text("Category id"),
        categoryName: text("Category name"),
        categoryPath: text("Category path"),
      }),
    ),
  },
  required: ["SKU"],
});

export const commerceScope = dataType("datatypes/commercescope", {
  title: "Commerce scope",
  description: "Where in the shop's own structure something happened.",
  properties: {
    environmentID: text("Environment"),
    websiteCode: text("Web site"),
    storeCode: text("Store"),
    storeViewCode: text("Store view"),
  },
});

export const commerce = dataType("context/commerce", {
  title: "Commerce",
  description: "What a buyer did: the order and the measures around it.",
  properties: {
    order: ref(xdm("data/order"), "Order"),
    promotionID: text("Promotion"),
    cartAbandons: measureRef("Cart left behind"),
    checkouts: measureRef("Checkout"),
    productListAdds: measureRef("Added to a cart"),
    productListOpens: measureRef("Cart opened"),
    productListRemovals: measureRef("Taken out of a cart"),
    productListReopens: measureRef("Cart opened again"),
    productListViews: measureRef("Cart looked at"),
    productViews: measureRef("Product looked at"),
    purchases: measureRef("Purchase"),
    saveForLaters: measureRef("Saved for later"),
    inStorePurchase: measureRef("Purchase in a store"),
    instantPurchase: measureRef("Instant purchase"),
    cart: object("Cart", { cartID: text("Cart id"), cartSource: text("Where the cart came from") }),
    shipping: object("Shipping", {
      address: ref(xdm("common/address"), "Ship to"),
      shippingMethod: text("Method"),
      shippingAmount: decimal("Cost"),
      currencyCode: text("Currency (ISO 4217)", CURRENCY),
      shipDate: dateTime("Shipped at"),
      shippingDestination: choice("Delivered to", { home: "Home", store: "Store" }),
      trackingNumber: decimal("Tracking number"),
      trackingURL: text("Address of the tracking page"),
    }),
    billing: object("Billing", { address: ref(xdm("common/address"), "Bill to") }),
    commerceScope: ref(xdm("datatypes/commercescope"), "Scope"),
  },
});
