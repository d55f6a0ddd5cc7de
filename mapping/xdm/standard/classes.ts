/** The two classes every loyalty pipeline writes to, with the behaviours below them. Names and types are public XDM facts. */
import {
  behavior,
  dateTime,
  fieldGroup,
  list,
  mapOf,
  object,
  ref,
  suggestion,
  text,
  xdm,
  xdmClass,
} from "../fields.ts";

export const record = behavior("data/record", {
  title: "Record",
  description: "Data about a thing, without a time of its own.",
  properties: { _id: text("Id of the record", { format: "uri-reference" }) },
});

export const timeSeries = behavior("data/time-series", {
  title: "Time series",
  description: "Data about a moment: what happened, and when.",
  properties: {
    _id: text("Id of the event, the same on every replay", { format: "uri-reference" }),
    timestamp: dateTime("When it happened"),
    eventType: suggestion("Kind of event", {
      "commerce.checkouts": "Checkout",
      "commerce.productListAdds": "Added to a cart",
      "commerce.productListOpens": "Cart opened",
      "commerce.productListRemovals": "Taken out of a cart",
      "commerce.productListReopens": "Cart opened again",
      "commerce.productListViews": "Cart looked at",
      "commerce.productViews": "Product looked at",
      "commerce.purchases": "Purchase",
      "commerce.saveForLaters": "Saved for later",
    }),
  },
});

export const auditable = behavior("common/auditable", {
  title: "Audit trail",
  description: "Who made and changed a record, and when.",
  properties: {
    repositoryCreatedBy: text("Made by"),
    repositoryLastModifiedBy: text("Last changed by"),
    createdByBatchID: text("Batch that made it", { format: "uri-reference" }),
    modifiedByBatchID: text("Batch that last changed it", { format: "uri-reference" }),
    _repo: object("Times", { createDate: dateTime("Made at"), modifyDate: dateTime("Last changed at") }),
  },
});

export const identityMap = fieldGroup("context/identitymap", {
  title: "IdentityMap",
  description: "The identities of a person, by namespace code; several are allowed in each namespace.",
  properties: {
    identityMap: mapOf("Identities by namespace", list("Identities", ref(xdm("context/identityitem")))),
  },
  extend: [xdm("context/profile"), xdm("context/experienceevent")],
});

export const profile = xdmClass("context/profile", {
  title: "XDM Individual Profile",
  description: "What is known about one person.",
  include: [xdm("common/auditable"), xdm("data/record")],
  properties: { personID: text("Id of the person") },
});

export const experienceEvent = xdmClass("context/experienceevent", {
  title: "XDM ExperienceEvent",
  description: "Something a person did, at one moment.",
  include: [xdm("data/time-series"), xdm("context/identitymap")],
  properties: {
    eventMergeId: text("Id shared by events that were merged"),
    producedBy: suggestion("Who caused it", {
      self: "The person",
      system: "A system",
      salesRef: "A sales representative",
      customerRep: "A customer service representative",
    }),
  },
  required: ["_id", "timestamp"],
});
