import { assumed, operations, partial } from "./operation.ts";

const OURS = "Capillary's public pages have no such endpoint; it stands for what Adobe's polled source reads";
const SHORT = partial("the fields an integration with Adobe meets; error bodies are ours");

export const CAPILLARY_OPERATIONS = operations("capillary", "/capillary", [
  [
    "generateToken",
    "POST",
    "/v3/oauth/token/generate",
    assumed("the lifetime of the sample, 300 s; the refusal's body is ours"),
  ],
  ["listEvents", "GET", "/v2/events", assumed(OURS)],
  ["registerCustomer", "POST", "/v2/customers", SHORT],
  ["registerCustomers", "POST", "/v2/customers/bulk", assumed("the answer is shaped like that of transactions")],
  ["addCustomers", "POST", "/v2/bulk/addCustomers", assumed("the older path of registerCustomers")],
  ["lookUpCustomer", "GET", "/v2/customers/lookup", SHORT],
  ["lookUpLoyaltyDetails", "GET", "/v2/customers/lookup/loyaltyDetails", SHORT],
  ["lookUpTierDetails", "GET", "/v2/customers/lookup/tierDetails", SHORT],
  ["addTransaction", "POST", "/v2/transactions", SHORT],
  [
    "addTransactions",
    "POST",
    "/v2/transactions/bulk",
    partial("one point a unit of currency; at most 100 items, assumed; leads to transactionAdded and pointsIssued"),
  ],
  ["retrieveTransaction", "GET", "/v2/transactions/:id", SHORT],
  ["listWebHooks", "GET", "/v3/webHooks", assumed("the list's envelope")],
  ["createWebHook", "POST", "/v3/webHooks", partial("type HTTP is delivered; queues are stored only")],
  ["retrieveWebHook", "GET", "/v3/webHooks/:id", assumed("the envelope")],
  ["replaceWebHook", "PUT", "/v3/webHooks/:id"],
  ["listEventMetaData", "GET", "/v3/webHooks/eventMetaData", assumed("schemas are inferred from generated events")],
  [
    "retrieveEventMetaData",
    "GET",
    "/v3/webHooks/eventMetaData/:name",
    assumed("schemas are inferred from generated events"),
  ],
  [
    "retrieveEventLog",
    "GET",
    "/v3/webHooks/eventLog/:id",
    partial("the fields of a delivery; pauses of retries are ours"),
  ],
  ["retrieveEventLogByRequest", "GET", "/v3/webHooks/eventLog/requestId/:id", partial("as by event id")],
  ["retrieveEventLogByReference", "GET", "/v3/webHooks/eventLog/refId/:id", partial("as by event id")],
]);
