/** Transactions: single and bulk with a result per item, and details. */
import { isObject } from "../http.ts";
import type { Entity, World } from "../store.ts";
import { tellOfTransaction } from "./activity.ts";
import { findCustomer, nextId } from "./customers.ts";
import { batchOf, capillaryProblem, type ItemNote, note } from "./problems.ts";

const REQUIRED = ["identifierType", "identifierValue", "source", "type", "billNumber", "billAmount"];
const TYPES = new Set(["REGULAR", "RETURN", "NOT_INTERESTED", "NOT_INTERESTED_RETURN"]);

interface ItemResult {
  entityId: number | null;
  result: Entity;
  errors: ItemNote[];
  warnings: ItemNote[];
}

/**
 * POST /v2/transactions/bulk. Status 200 when every item went well, 201 when one or more failed (documented). The count of
 * failures stays 0 as in Capillary's own sample: items must be judged by their `errors`.
 */
export function addTransactions(world: World, body: unknown, requestId: string): { status: 200 | 201; answer: Entity } {
  const response = batchOf(body, "transactions").map((item) => addTransaction(world, item, requestId));
  const failed = response.some((item) => item.errors.length > 0);
  return { status: failed ? 201 : 200, answer: { response, totalCount: response.length, failureCount: 0 } };
}

/** POST /v2/transactions. */
export function addSingle(world: World, body: unknown, requestId: string): { status: 200 | 201; answer: Entity } {
  const { entityId, result, errors, warnings } = addTransaction(world, body, requestId);
  const answer = { createdId: entityId, warnings, errors, sideEffects: result["sideEffects"] ?? [] };
  return { status: errors.length > 0 ? 201 : 200, answer };
}

function addTransaction(world: World, item: unknown, requestId: string): ItemResult {
  if (!isObject(item)) return refused({}, note(400, "The transaction must be an object"));
  const missing = REQUIRED.filter((field) => item[field] === undefined || item[field] === "");
  if (missing.length > 0) return refused(item, note(8084, `Customer details not sent: ${missing.join(", ")}`));
  if (!TYPES.has(item["type"])) return refused(item, note(400, `Type ${item["type"]} is not supported`));
  const identifier = {
    type: String(item["identifierType"]),
    value: String(item["identifierValue"]),
    source: String(item["source"]),
  };
  const customer = findCustomer(world, identifier);
  if (!customer) return refused(item, note(8015, "Customer not found"));
  const amount = Number(item["billAmount"]);
  if (!Number.isFinite(amount)) return refused(item, note(400, "billAmount must be a number"));
  for (const other of world.capillary.transactions.values())
    if (other["billNumber"] === item["billNumber"] && other["type"] === item["type"])
      return refused(item, note(604, `Bill number ${item["billNumber"]} exists already`));
  return store(world, customer, item, amount, requestId);
}

function refused(item: Entity, error: ItemNote): ItemResult {
  return {
    entityId: null,
    result: { billNumber: item["billNumber"] ?? null, sideEffects: [] },
    errors: [error],
    warnings: lineWarnings(item),
  };
}

/** One point for each whole unit of currency, taken back by a return. */
function store(world: World, customer: Entity, item: Entity, amount: number, requestId: string): ItemResult {
  const id = nextId(world, 360_744_000);
  const awardedPoints = item["type"] === "REGULAR" ? Math.max(0, Math.floor(amount)) : 0;
  const bill: Entity = { ...item, id, customerId: customer["id"], amount, enteredAt: world.clock.now() };
  const after: Entity = {
    ...customer,
    points: customer["points"] + awardedPoints,
    lifetimePoints: customer["lifetimePoints"] + awardedPoints,
    lifetimePurchases: customer["lifetimePurchases"] + (item["type"] === "REGULAR" ? amount : -amount),
  };
  world.capillary.transactions.set(id, bill);
  world.capillary.customers.set(customer["id"], after);
  tellOfTransaction(world, after, bill, awardedPoints, requestId);
  const sideEffects = awardedPoints > 0 ? [{ type: "points", awardedPoints }] : [];
  return {
    entityId: id,
    result: { billNumber: item["billNumber"], sideEffects },
    errors: [],
    warnings: lineWarnings(item),
  };
}

/** Lines whose arithmetic does not hold (value = rate x qty, amount = value - discount) are taken with a warning (assumed). */
function lineWarnings(item: Entity): ItemNote[] {
  return linesOf(item).flatMap((line, index) => {
    const { rate, qty, value, discount = 0, amount } = line;
    const valueOff = [rate, qty, value].every(Number.isFinite) && Math.abs(rate * qty - value) > 0.01;
    const amountOff = [value, amount].every(Number.isFinite) && Math.abs(value - discount - amount) > 0.01;
    return valueOff || amountOff ? [note(91_017, `Line ${index + 1} does not add up`)] : [];
  });
}

function linesOf(item: Entity): Entity[] {
  const lines: unknown = item["lineItemsV2"] ?? item["lineItems"] ?? [];
  return Array.isArray(lines) ? lines.filter(isObject) : [];
}

/** GET /v2/transactions/{id}?type=REGULAR: with the line items that raw events do not carry. */
export function transactionDetails(world: World, id: string, type: string | undefined): Entity {
  const found = world.capillary.transactions.get(Number(id));
  if (!found || (type !== undefined && found["type"] !== type))
    throw capillaryProblem(404, 404, `Transaction ${id} was not found`);
  return {
    id: found["id"],
    type: found["type"],
    customerId: found["customerId"],
    billDetails: {
      amount: found["amount"],
      billNumber: found["billNumber"],
      billingTime: found["billingDate"] ?? new Date(found["enteredAt"]).toISOString(),
      discount: Number(found["discount"] ?? 0),
      grossAmount: Number(found["grossAmount"] ?? found["amount"]),
    },
    lineItems: linesOf(found).map((line) => ({
      details: {
        itemCode: line["itemCode"],
        description: line["description"] ?? null,
        qty: line["qty"] ?? 1,
        rate: line["rate"] ?? null,
        value: line["value"] ?? null,
        discount: line["discount"] ?? 0,
        amount: line["amount"] ?? null,
      },
    })),
  };
}
