/** Adobe's global XDM resources this project knows offline, shared by the emulator's registry and the validator. */
import type { XdmResource } from "../json-schema.ts";
import * as classes from "./classes.ts";
import * as commerceTypes from "./commerce-types.ts";
import * as contact from "./contact.ts";
import * as eventGroups from "./event-groups.ts";
import * as profileGroups from "./profile-groups.ts";

const all: XdmResource[] = [classes, contact, commerceTypes, profileGroups, eventGroups].flatMap((module) =>
  Object.values(module),
);

/** By `$id`. Classes, behaviours, field groups and data types together, as `$ref` finds them. */
export const standardResources: ReadonlyMap<string, XdmResource> = new Map(
  all.map((resource) => [resource.$id, resource]),
);

/** What a file in xdm/ may write under `class:`. */
export const standardClasses = {
  profile: classes.profile.$id,
  experienceEvent: classes.experienceEvent.$id,
} as const;

/** What a file in xdm/ may write under `fieldGroups:` for one of Adobe's own. */
export const standardFieldGroups = {
  "identity-map": classes.identityMap.$id,
  "loyalty-details": profileGroups.loyaltyDetails.$id,
  "personal-contact-details": profileGroups.personalContactDetails.$id,
  "demographic-details": profileGroups.demographicDetails.$id,
  "commerce-details": eventGroups.commerceDetails.$id,
  "loyalty-event-details": eventGroups.loyaltyEventDetails.$id,
} as const;
