import { expect, it } from "vitest";
import { explainFailure } from "./reasons.ts";

const row = (destination: string) => ({ sourceType: "EXPRESSION", source: "f(x)", destination, exception: "no value" });
const missing = (pointer: string, key: string) => ({
  pointer,
  keyword: "required",
  message: `required key [${key}] not found`,
});

it.each([
  ["timestamp", missing("#", "timestamp")],
  ["identityMap.Email[0].id", missing("#/identityMap/Email/0", "id")],
  ["productListItems[*].SKU", missing("#/productListItems/3", "SKU")],
  ["commerce.order", missing("#/commerce/order", "priceTotal")],
])("the row of %s is to blame when its field is missing", (destination, violation) => {
  expect(explainFailure([violation], [row("other"), row(destination)])).toEqual({
    guilty: [row(destination)],
    reason: `mapping row ${destination} <- f(x): no value`,
  });
});

it("a failed row that has nothing to do with the violation is not blamed", () => {
  const { guilty, reason } = explainFailure(
    [{ pointer: "#/loyalty/points", keyword: "type", message: "expected type: Number, found: String" }],
    [row("loyalty.pointsRedeemed")],
  );
  expect(guilty).toEqual([]);
  expect(reason).toBe("XDM violation at #/loyalty/points: expected type: Number, found: String");
});

it("names three and counts the rest", () => {
  const many = ["a", "b", "c", "d", "e"].map((key) => missing("#", key));
  expect(explainFailure(many, []).reason).toContain("(and 2 more)");
});
