import { describe, expect, it } from "vitest";
import { AepError } from "../errors.ts";
import { EVENT_KINDS, isEventKind, normaliseEvent } from "./events.ts";

const flat = {
  eventName: "customerAdded",
  eventId: "e-1",
  orgId: 7,
  createdAt: 1619199041201,
  data: { customerIdentifiers: { customerId: 1, instore: { email: "a@b.co" } } },
};

describe("normaliseEvent", () => {
  it("leaves the flat shape as it is", () => {
    expect(normaliseEvent(flat)).toEqual(flat);
  });

  it("unwraps body", () => {
    expect(normaliseEvent({ body: flat })).toEqual(flat);
  });

  it("reads the enriched shape, with the organisation's prefix in eventType", () => {
    const { eventId, eventName, ...attributes } = flat;
    const enriched = { eventId, eventType: "7_customerAdded", actionType: "CREATE", timeStamp: 1, attributes };
    expect(normaliseEvent(enriched)).toEqual(flat);
    expect(normaliseEvent({ ...enriched, attributes: { ...attributes, eventName } })).toEqual(flat);
  });

  it("trims keys at every depth and reads Instore as instore", () => {
    const odd = {
      ...flat,
      "eventName ": flat.eventName,
      data: { "customerIdentifiers ": { customerId: 1, Instore: { email: "a@b.co" } } },
    };
    expect(normaliseEvent(odd)).toEqual(flat);
  });

  it.each([
    ["a list", []],
    ["no name", { eventId: "x", data: {} }],
    ["another event", { ...flat, eventName: "couponIssued" }],
    ["no id", { ...flat, eventId: "" }],
    ["no data", { ...flat, data: null }],
  ])("refuses %s and says why", (_what, payload) => {
    expect(() => normaliseEvent(payload)).toThrow(AepError);
  });

  it("shows no value of a refused payload", () => {
    expect(() => normaliseEvent({ ...flat, eventId: undefined })).toThrow(/has no eventId/);
    expect(() => normaliseEvent({ email: "a@b.co" })).not.toThrow(/a@b/);
  });
});

describe("the event kinds", () => {
  it("are the 14 of the guide", () => {
    expect(EVENT_KINDS).toHaveLength(14);
    expect(isEventKind("tierRenewed")).toBe(true);
    expect(isEventKind("toString")).toBe(false);
  });
});
