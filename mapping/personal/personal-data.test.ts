import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPersonalPath, looksPersonal, replacePersonal } from "./personal-data.ts";

const hidden = (value: unknown) => replacePersonal(value, () => "*");

describe("isPersonalPath", () => {
  it.each([
    "personalEmail.address",
    "identityMap.Email.id",
    "data.customerIdentifiers.instore.mobile",
    "person.name.firstName",
    "homeAddress.street1",
    "_acme.capillary.customerId",
    "FIRST_NAME",
    "e-mail",
    "data.notes",
  ])("%s is", (path) => expect(isPersonalPath(path.split("."))).toBe(true));

  it.each([
    "loyalty.tier",
    "productListItems.name",
    "identityMap.Email.primary",
    "eventName",
    "timestamp",
    "store.name",
  ])("%s is not", (path) => expect(isPersonalPath(path.split("."))).toBe(false));
});

it("knows addresses and phone numbers by their shape", () => {
  expect(looksPersonal("write to jane.doe@example.com")).toBe(true);
  expect(looksPersonal("+91 96500-00000")).toBe(true);
  expect(looksPersonal("2026-03-02T10:02:56.000Z")).toBe(false);
  expect(looksPersonal("4531fac4-0000-4000-8000-000000000004")).toBe(false);
});

it("keeps the structure and everything that is not personal", () => {
  const event = { loyalty: { points: 5, tier: "gold" }, identityMap: { email: [{ id: "a@b.co", primary: true }] } };
  expect(hidden(event)).toEqual({
    loyalty: { points: 5, tier: "gold" },
    identityMap: { email: [{ id: "*", primary: true }] },
  });
  expect(hidden({ "person.name.firstName": "Asha", "loyalty.tier": "gold" })).toEqual({
    "person.name.firstName": "*",
    "loyalty.tier": "gold",
  });
});

it("finds every person in the sample events", () => {
  for (const file of readdirSync("events").filter((name) => name.endsWith(".json"))) {
    const text = JSON.stringify(hidden(JSON.parse(readFileSync(`events/${file}`, "utf8"))));
    expect(text, file).not.toMatch(/asha|rao|9650000|doe|roe|EXT-2207|406247343/i);
  }
});

it("changes nothing but leaves, whatever the value", () => {
  const shape = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(shape)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shape(item)]))
        : 0;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(shape(hidden(value))).toEqual(shape(value));
    }),
  );
});
