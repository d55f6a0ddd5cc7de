import { describe, expect, test } from "vitest";
import { composeSchema } from "../xdm/compose.ts";
import type { LoadedSchema } from "../xdm/load-schema.ts";
import { standardClasses, standardFieldGroups } from "../xdm/standard/index.ts";
import { scaffold } from "./scaffold.ts";
import { sourceFields } from "./source-fields.ts";

const loaded = (cls: string, ...groups: string[]) =>
  ({ schema: composeSchema({ allOf: [cls, ...groups].map(($ref) => ({ $ref })) }) }) as LoadedSchema;
const event = loaded(standardClasses.experienceEvent, standardFieldGroups["commerce-details"]);
const profile = loaded(
  standardClasses.profile,
  standardFieldGroups["identity-map"],
  standardFieldGroups["loyalty-details"],
  standardFieldGroups["personal-contact-details"],
  standardFieldGroups["demographic-details"],
);
const rows = (draft: ReturnType<typeof scaffold>) =>
  Object.fromEntries(draft.rows.map((row) => [row.destination, row.source]));

describe("a draft", () => {
  test("takes equal paths as they are, dates by their format and lists item by item", () => {
    const draft = scaffold(
      {
        _id: "1",
        timestamp: "2025-07-14T12:00:00-06:00",
        productListItems: [{ SKU: "a", quantity: 1 }],
        commerce: { order: { priceTotal: 9 } },
      },
      event,
    );
    expect(rows(draft)).toEqual({
      _id: "_id",
      timestamp: `date(timestamp, "yyyy-MM-dd'T'HH:mm:ssXXX")`,
      "productListItems[*].SKU": "productListItems[*].SKU",
      "productListItems[*].quantity": "productListItems[*].quantity",
      "commerce.order.priceTotal": "commerce.order.priceTotal",
    });
    expect(draft).toMatchObject({ unmatched: [], missing: [] });
    expect(draft.rows.every((row) => row.note?.startsWith("guess"))).toBe(true);
  });
  test("normalises personal data and spells the namespace as registered", () => {
    expect(
      rows(scaffold({ identityMap: { email: [{ id: "a@b.c", primary: true }] }, customerEmail: "a@b.c" }, profile)),
    ).toEqual({
      "identityMap.Email[0].id": "lower(trim(identityMap.email[0].id))",
      "identityMap.Email[0].primary": "identityMap.email[0].primary",
      "personalEmail.address": "lower(trim(customerEmail))",
    });
  });
  test("says what it could not guess, and never guesses a type that cannot convert", () => {
    const draft = scaffold(
      { eventId: "x", createdAt: 1_700_000_000_000, order: { priceTotal: "many" }, zzz: true },
      event,
    );
    expect(rows(draft)).toEqual({ _id: "eventId", timestamp: `dformat(createdAt, "yyyy-MM-dd'T'HH:mm:ss.SSSX")` });
    expect(draft.unmatched).toEqual(["order.priceTotal", "zzz"]);
    expect(scaffold({ zzz: 1 }, event).missing).toEqual(["_id", "timestamp"]);
  });
  test("a name that says nothing says something beside others that match", () => {
    const draft = scaffold({ lines: [{ SKU: "a", quantity: 1, name: "A" }] }, event);
    expect(rows(draft)).toMatchObject({ "productListItems[*].name": "lines[*].name" });
  });
  test("names that say nothing match nothing", () => {
    expect(scaffold({ till: { id: "1", name: "x", code: "y" } }, event).rows).toEqual([]);
  });
});

test("odd names of the event are wrapped", () => {
  expect(sourceFields({ "First Name": 1, "a.b": { c: [] }, list: [{ x: 1 }] }).map((field) => field.path)).toEqual([
    "${First Name}",
    "${a\\.b}.c",
    "list[*].x",
  ]);
});
