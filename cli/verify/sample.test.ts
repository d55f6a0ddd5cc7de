import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFixture } from "../../mapping/golden/fixture.ts";
import { openMapping } from "../../mapping/golden/project.ts";
import { type Event, fieldsWith, markSample, newMarker } from "./sample.ts";

const TENANT = { tenant: "acme" };
const MARKER = newMarker(Date.UTC(2026, 10, 22), 7);

function marked(file: string, change: (event: Event) => Event = (event) => event) {
  const mapping = openMapping(`mappings/${file}.yaml`, TENANT);
  const event = change(readFixture(mapping.file.tests[0]!.event, TENANT.tenant) as Event);
  const apply = (one: Event) => mapping.apply(one, 0);
  const identities = mapping.loaded.file.identities.map(({ property }) => property);
  return { event, apply, sample: markSample(event, apply, MARKER, identities) };
}

describe("the project's mappings", () => {
  test.each([
    ["capillary-profile", ["identityMap.Email[0].id", "personalEmail.address"]],
    ["capillary-transaction", ["_id", "commerce.order.purchaseID", "identityMap.Email[0].id"]],
    ["capillary-events", ["_id", "identityMap.CapillaryCustomerId[0].id"]],
    ["capillary-events-profile", ["identityMap.CapillaryCustomerId[0].id"]],
  ])("%s: the identities carry the marker, and the row is as good as before", (file, fields) => {
    const { event, apply, sample } = marked(file);
    expect(sample?.fields).toEqual(expect.arrayContaining(fields));
    const { errors, violations } = apply(sample!.event);
    expect({ errors, violations }).toEqual({ errors: apply(event).errors, violations: apply(event).violations });
  });

  test("nothing of the sample's own identity is left", () => {
    const { sample } = marked("capillary-transaction");
    expect(JSON.stringify(sample?.row)).not.toContain("john@capillarytech.com");
  });
});

test("an address, digits and a number keep their kind", () => {
  const { sample } = marked("capillary-profile");
  expect(JSON.stringify(sample?.event)).toContain(`"aep-verify-${MARKER}@example.com"`);
  const numeric = marked("capillary-events").sample;
  expect(JSON.stringify(numeric?.event)).toContain(`"customerId":${MARKER}`);
});

test("without an identity in the event another field that comes out is marked", () => {
  const { sample } = marked("capillary-profile", (event) => ({ loyalty: { ...(event["loyalty"] as Event) } }));
  expect(sample?.fields).toHaveLength(1);
});

test("an event of which nothing comes out cannot be marked", () => {
  expect(marked("capillary-profile", () => ({ other: "x" })).sample).toBeUndefined();
});

test("markers are safe integers and differ", () => {
  expect(Number.isSafeInteger(Number(newMarker(Date.UTC(2200, 0, 1), 999)))).toBe(true);
  expect(newMarker(1, 1)).not.toBe(newMarker(1, 2));
  expect(fieldsWith({ a: [{ b: `x${MARKER}` }] }, MARKER)).toEqual(["a[0].b"]);
  expect(readFileSync("events/guide-profile.json", "utf8")).not.toContain(MARKER);
});
