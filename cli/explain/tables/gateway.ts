/** What stands in front of every API: the gateway, Adobe IMS, sandbox management. */
import { CREDENTIAL_HINTS } from "../../../aep/errors.ts";
import type { CodeTable } from "../table.ts";

const hint = (code: keyof typeof CREDENTIAL_HINTS): string => CREDENTIAL_HINTS[code] as string;

export const GATEWAY: CodeTable = {
  service: "Gateway",
  source: "Adobe, Experience Platform troubleshooting guide",
  codes: [
    [
      "403010",
      "No token arrived",
      "The header Authorization is missing. It is a 403, though no permission is concerned.",
      hint("403010"),
    ],
    [
      "401013",
      "The token is not valid",
      "It is malformed or has expired.",
      "Run again: a new token is fetched. If it persists, check the machine's clock and the credential.",
    ],
    ["403000", "No client id arrived", "The header x-api-key is missing.", hint("403000")],
    ["403003", "The client id is unknown", "The gateway does not know it for this API.", hint("403003")],
    ["400003", "No organisation arrived", "The header x-gw-ims-org-id is missing.", hint("400003")],
    ["403025", "The organisation is another one", "Token and organisation do not belong together.", hint("403025")],
    [
      "403027",
      "The organisation cannot be used",
      "It is malformed, or the credential has no product profile in it.",
      hint("403027"),
    ],
  ],
};

export const THROTTLING: CodeTable = {
  service: "Gateway",
  source: "assumed: seen in public issue threads, not in Adobe's documents",
  codes: [
    ["413000", "The request is too large", "The gateway takes no body of this size.", "Send less at once."],
    [
      "429050",
      "Too many requests",
      "The gateway throttles this client; Retry-After says for how long.",
      "Wait and run again; lower --parallel if it persists.",
    ],
  ],
};

export const IMS: CodeTable = {
  service: "Adobe IMS",
  source: "assumed: OAuth 2.0 and public code; Adobe's documents list no errors of the token endpoint",
  codes: [
    [
      "invalid_client",
      "The credential is not accepted",
      "The client id is unknown, or the client secret is wrong or was deleted.",
      "Check AEP_CLIENT_ID and AEP_CLIENT_SECRET against the credential in the Adobe Developer Console.",
    ],
    [
      "invalid_scope",
      "The scopes are not accepted",
      "A scope is misspelt or the API was not added to the credential's project.",
      "Add the Experience Platform API to the project in the Adobe Developer Console.",
    ],
    [
      "unsupported_grant_type",
      "The way of authentication is not accepted",
      "Only OAuth server-to-server credentials (client_credentials) work; JWT ones have been retired.",
      "Make an OAuth server-to-server credential in the Adobe Developer Console.",
    ],
    [
      "invalid_token",
      "The token is not accepted",
      "It has expired or was revoked.",
      "Run again: a new token is fetched.",
    ],
  ],
};

export const SANDBOXES: CodeTable = {
  service: "Sandbox management",
  source: "Adobe, Sandbox API guide (resetting a sandbox)",
  codes: [
    [
      "SMS-2074-400",
      "The sandbox cannot be reset",
      "Its identity graph is used by Adobe Analytics for Cross-Device Analytics.",
      "End that use first, or take another sandbox.",
    ],
    [
      "SMS-2075-400",
      "The sandbox cannot be reset",
      "Its identity graph is used by Adobe Audience Manager for People-Based Destinations.",
      "End that use first, or take another sandbox.",
    ],
    [
      "SMS-2076-400",
      "The sandbox cannot be reset",
      "Its identity graph is used by both Cross-Device Analytics and People-Based Destinations.",
      "End those uses first, or take another sandbox.",
    ],
    [
      "SMS-2077-400",
      "The sandbox shares segments",
      "It is used for segment sharing with Audience Manager or the Audience Core Service; a warning.",
      "Ask for it with ignoreWarnings=true if that may end.",
    ],
  ],
  families: [
    {
      written: "SMS-*",
      pattern: /^SMS-\d{4}-\d{3}$/,
      title: "Sandbox management refused the request",
      cause: "The sandbox does not exist, is not in the state for it, or is protected.",
      mend: "Check aep:sandbox (or AEP_SANDBOX) against the sandboxes of the organisation.",
    },
  ],
};
