import { assumed, operations, partial, refused } from "./operation.ts";

export const IMS_OPERATIONS = operations("ims", "/ims", [
  ["getToken", "POST", "/token/v3"],
  ["getTokenV2", "POST", "/token/v2", partial("older form, answered as v3")],
  ["getTokenUnversioned", "POST", "/token", partial("older form, answered as v3")],
  ["exchangeJwt", "POST", "/exchange/jwt", refused("Adobe has retired JWT credentials")],
]);

const NO_PACKAGES = refused("moving objects between sandboxes as packages is outside the emulator");

export const SANDBOX_OPERATIONS = [
  ...operations("sandbox", "/data/foundation/sandbox-management", [
    ["listAvailableSandboxes", "GET", "/"],
    ["listSandboxTypes", "GET", "/sandboxTypes"],
    ["listSandboxes", "GET", "/sandboxes"],
    [
      "createSandbox",
      "POST",
      "/sandboxes",
      assumed("active 30 s later on the virtual clock; 409 for a name in use; the numbers of refusals are ours"),
    ],
    ["retrieveSandbox", "GET", "/sandboxes/:sandboxName"],
    ["patchSandbox", "PATCH", "/sandboxes/:sandboxName"],
    [
      "resetSandbox",
      "PUT",
      "/sandboxes/:sandboxName",
      assumed("empty at once and resetting for 30 s of the virtual clock; warnings are never given"),
    ],
    ["deleteSandbox", "DELETE", "/sandboxes/:sandboxName", assumed("a deleted name cannot be taken again")],
  ]),
  ...operations("sandbox", "/data/foundation/exim", [
    ["listPackages", "GET", "/packages", NO_PACKAGES],
    ["createPackage", "POST", "/packages", NO_PACKAGES],
    ["updatePackage", "PUT", "/packages", NO_PACKAGES],
    ["submitImport", "PUT", "/packages/import", NO_PACKAGES],
    ["listJobs", "GET", "/packages/jobs", NO_PACKAGES],
    ["makePackagePublic", "PUT", "/packages/update", NO_PACKAGES],
    ["lookUpPackage", "GET", "/packages/:packageID", NO_PACKAGES],
    ["deletePackage", "DELETE", "/packages/:packageID", NO_PACKAGES],
    ["publishPackage", "GET", "/packages/:packageID/export", NO_PACKAGES],
    ["importPackage", "GET", "/packages/:packageID/import", NO_PACKAGES],
    ["dependentObjects", "POST", "/packages/:packageID/children", NO_PACKAGES],
    ["packagePayload", "GET", "/packages/payload/:packageID", NO_PACKAGES],
    ["checkImportPermissions", "GET", "/packages/preflight/:packageID/export", NO_PACKAGES],
    ["partnershipRequest", "POST", "/handshake/bulkCreate", NO_PACKAGES],
    ["approveShareRequests", "POST", "/handshake/action", NO_PACKAGES],
    ["listPartnershipRequests", "GET", "/handshake/list", NO_PACKAGES],
    ["createShareRequest", "POST", "/transfer", NO_PACKAGES],
    ["fetchShareList", "GET", "/transfer/list", NO_PACKAGES],
    ["fetchShareByID", "GET", "/transfer/:transferID", NO_PACKAGES],
    ["importPublicPackage", "POST", "/transfer/pullRequest", NO_PACKAGES],
    ["fetchJob", "GET", "/tools/job/:jobID", NO_PACKAGES],
  ]),
];

export const INLET_OPERATIONS = operations("inlet", "/collection", [
  ["sendMessage", "POST", "/:inletId", partial("the host is the emulator's own instead of dcs.adobedc.net")],
  [
    "postBatchOfStreamingMessages",
    "POST",
    "/batch/:inletId",
    assumed("an unknown inlet is 404; an inlet with one flow takes raw messages that name none"),
  ],
]);
