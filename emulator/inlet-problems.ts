/** Refusals of the streaming endpoints, in the shape Adobe's data collection documents. */
import type { XdmViolation } from "../mapping/xdm/model.ts";
import { Problem } from "./problem.ts";
import type { Json } from "./store.ts";

const INLET_TYPE = "http://ns.adobe.com/adobecloud/problem/data-collection-service/inlet";
const AUTHORIZATION_TYPE = "https://ns.adobe.com/adobecloud/problem/data-collection-service-authorization";
/** Sync validation stops after this many. */
const MAX_VIOLATIONS = 5;

/** The text of a refused message, with the inlet and the organisation in front as documented. */
export function messageText(inletId: string, org: string, text: string): string {
  return `inletId: [${inletId}] imsOrgId: [${org}] ${text}`;
}

export function inletProblem(
  status: number,
  title: string,
  message: string,
  cause?: Json,
  headers?: Record<string, string>,
): Problem {
  const report = { message, ...(cause === undefined ? {} : { cause }) };
  return new Problem(status, message, () => ({ type: INLET_TYPE, status, title, report }), headers);
}

/** 401 without a token (status is a string in the documented sample), 403 with one that is not valid. */
export function authorizationProblem(status: 401 | 403, inletId: string, text: string): Problem {
  const message = `[${inletId}] ${text}`;
  return new Problem(status, message, () => ({
    type: AUTHORIZATION_TYPE,
    status: String(status),
    title: "Authorization",
    report: { message },
  }));
}

/** The answer to a message that does not fit its schema. */
export function invalidXdm(inletId: string, org: string, violations: XdmViolation[]): Problem {
  const shown = violations.slice(0, MAX_VIOLATIONS);
  const causingExceptions = shown.map(({ pointer, keyword, message }) => ({
    schemaLocation: schemaLocation(pointer),
    pointerToViolation: pointer,
    causingExceptions: [],
    keyword,
    message,
  }));
  const summary = `${shown.length} schema violation${shown.length === 1 ? "" : "s"} found`;
  const cause = {
    _streamingValidation: [{ schemaLocation: "#", pointerToViolation: "#", causingExceptions, message: summary }],
  };
  return inletProblem(400, "Invalid XDM Message Format", messageText(inletId, org, "Message is invalid"), cause);
}

/** `#/a/0/b` -> `#/properties/a/items/properties/b`. */
function schemaLocation(pointer: string): string {
  const segments = pointer.replace(/^#\/?/, "").split("/").filter(Boolean);
  return ["#", ...segments.map((segment) => (/^\d+$/.test(segment) ? "items" : `properties/${segment}`))].join("/");
}
