import { assumed, operations, partial } from "./operation.ts";

const PROGRAM = assumed("customers and their points come from the emulator's own seeded programme");

export const CAPILLARY_OPERATIONS = operations("capillary", "/capillary", [
  ["generateCapillaryToken", "POST", "/v3/oauth/token/generate"],
  [
    "listCapillaryEvents",
    "GET",
    "/v2/events",
    assumed("Capillary documents no polled feed; this one is the emulator's"),
  ],
  ["registerCustomer", "POST", "/v2/customers", partial("identifiers and profile fields; no side effects")],
  ["lookupCustomer", "GET", "/v2/customers/lookup"],
  ["retrieveLoyaltyDetails", "GET", "/v2/customers/lookup/loyaltyDetails", PROGRAM],
  ["retrieveTierDetails", "GET", "/v2/customers/lookup/tierDetails", PROGRAM],
  ["addTransactions", "POST", "/v2/transactions/bulk"],
  ["addTransaction", "POST", "/v2/transactions"],
  ["retrieveTransaction", "GET", "/v2/transactions/:id"],
]);
