/** Capillary's loyalty API: codes of one item in an answer, and the statuses that mean something of their own. */
import type { CodeTable } from "../table.ts";

const REGISTER = "Register the customer first: a bulk of transactions cannot.";

export const CAPILLARY: CodeTable = {
  service: "Capillary",
  source: "Capillary, API documentation: status codes, success and error codes",
  codes: [
    [
      "CAP-201",
      "Some of the items failed",
      "The answer as a whole went through; every item has its own result.",
      "Read errors and warnings of each item.",
    ],
    [
      "CAP-461",
      "The search engine is busy",
      "For a moment.",
      "Send again after a while; the client does so by itself.",
    ],
    [
      "CAP-521",
      "Somebody else works on the same customer",
      "Two requests for one customer at the same time.",
      "Send again after a moment; do not send one customer's events in parallel.",
    ],
    ["CAP-600", "The transaction was taken", "Success of one item.", "Nothing to do."],
    [
      "CAP-604",
      "The bill number exists",
      "The transaction was taken before, within the time in which bill numbers must be unique.",
      "Nothing to do when it was a repetition; else correct the bill number.",
    ],
    ["CAP-611", "The customer was not found", "The identifier is not registered.", REGISTER],
    ["CAP-641", "The customer was not found", "The identifier is not registered.", REGISTER],
    ["CAP-656", "The customer was not found", "The identifier is not registered.", REGISTER],
    ["CAP-672", "The batch is too large", "More items than the endpoint takes at once.", "Send smaller batches."],
    [
      "CAP-687",
      "The points follow later",
      "The transaction was taken, its points activities are queued: a warning.",
      "Nothing to do.",
    ],
    ["CAP-1000", "The customer was taken", "Success of one item.", "Nothing to do."],
    ["CAP-1060", "The batch is too large", "More items than the endpoint takes at once.", "Send smaller batches."],
    ["CAP-1061", "The lookup is incomplete", "Of the pair of lookup headers one is missing.", "Send both headers."],
    ["CAP-1062", "The status of the terms is not valid", "It is none of the documented values.", "Correct the value."],
    [
      "CAP-1064",
      "The organisation id is not valid",
      "The credentials' organisation and the one named differ.",
      "Check the organisation of the credentials.",
    ],
    ["CAP-8015", "The customer was not found", "The identifier is not registered.", REGISTER],
    [
      "CAP-8084",
      "The item has no customer",
      "Details of the customer were not sent.",
      "Send identifierType and identifierValue with the item.",
    ],
    [
      "CAP-91016",
      "The extended field does not exist",
      "Its name is not defined for the organisation: a warning.",
      "Define the field with Capillary, or leave it out.",
    ],
  ],
};
