/**
 * The emulator's refusals. A route throws a `Problem`; the app turns it into the answer. Every service has its own
 * body shape, so there is one constructor per service, and the request id and the time are filled in at the end.
 */
import type { Json } from "./json.ts";

export interface ProblemContext {
  requestId: string;
  /** Epoch milliseconds on the virtual clock. */
  now: number;
}
type Body = Record<string, Json>;

/** A refusal on its way out: an HTTP status, a body and, seldom, extra headers (`Retry-After`). */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly #body: (context: ProblemContext) => Body;
  constructor(
    status: number,
    message: string,
    body: (context: ProblemContext) => Body,
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "Problem";
    this.status = status;
    this.headers = headers;
    this.#body = body;
  }
  body(context: ProblemContext): Body {
    return this.#body(context);
  }
}

/** Adobe's gateway: `{error_code, message}`. Documented in Experience Platform's troubleshooting pages. */
export function gatewayProblem(
  status: number,
  errorCode: string,
  message: string,
  headers?: Record<string, string>,
): Problem {
  return new Problem(status, message, () => ({ error_code: errorCode, message }), headers);
}

/** Gateway's answer to a missing or unusable `Content-Type` (and, assumed, to a body that is no JSON). */
export function badRequest(detail: string): Problem {
  return new Problem(400, detail, () => ({
    type: "/placeholder/type/uri",
    status: 400,
    title: "BadRequestError",
    detail,
  }));
}

export interface FlowProblemDetails {
  title?: string;
  /** The object meant. */
  id?: string;
  /** The collection meant: `connections`, `flows`, ... */
  type?: string;
}
/**
 * Flow Service: type `https://ns.adobe.com/aep/errors/FLOW-<code>-<status>`, the text three times (documented sample).
 * `code` is the number of the error catalogue, e.g. 1404 with status 412.
 */
export function flowProblem(
  code: number | string,
  status: number,
  message: string,
  details: FlowProblemDetails = {},
): Problem {
  return new Problem(status, message, ({ requestId }) => ({
    type: `https://ns.adobe.com/aep/errors/FLOW-${code}-${status}`,
    title: details.title ?? message,
    status,
    report: {
      "detailed-message": message,
      ...(details.id === undefined ? {} : { id: details.id }),
      "request-id": requestId,
      ...(details.type === undefined ? {} : { type: details.type }),
    },
    errorMessage: message,
    errorDetails: message,
  }));
}

/** Schema Registry: type `http://ns.adobe.com/aep/errors/XDM-<code>-<status>` with a report (documented sample). */
export function registryProblem(code: number, status: number, title: string, detail: string): Problem {
  return new Problem(status, detail, ({ requestId, now }) => ({
    type: `http://ns.adobe.com/aep/errors/XDM-${code}-${status}`,
    title,
    status,
    report: {
      registryRequestId: requestId,
      timestamp: registryTimestamp(now),
      "detailed-message": detail,
      "sub-errors": [],
    },
    detail,
  }));
}

/** Sandbox service: `{status, title, type}` with SMS codes (documented sample). */
export function sandboxProblem(code: number, status: number, title: string): Problem {
  return new Problem(status, title, () => ({
    status,
    title,
    type: `http://ns.adobe.com/aep/errors/SMS-${code}-${status}`,
  }));
}

/** Catalog. Adobe documents no error body for this service: problem+json like the registry's, ours. */
export function catalogProblem(status: number, detail: string, title = titleOf(status)): Problem {
  return oursProblem("CATALOG", status, title, detail);
}

/** Data Prep. Adobe documents no error body for this service: problem+json like the registry's, ours. */
export function dataPrepProblem(status: number, detail: string, title = titleOf(status)): Problem {
  return oursProblem("DPMAP", status, title, detail);
}

function oursProblem(service: string, status: number, title: string, detail: string): Problem {
  return new Problem(status, detail, ({ requestId }) => ({
    type: `http://ns.adobe.com/aep/errors/${service}-${status}`,
    title,
    status,
    detail,
    report: { "request-id": requestId },
  }));
}

/** An operation the emulator knows by name and does not offer, or a path no service has: 501, ours. */
export function notEmulated(operation: string, reason: string): Problem {
  const detail = `${operation}: ${reason}`;
  return new Problem(501, detail, ({ requestId }) => ({
    type: "https://emulator.invalid/errors/not-emulated",
    title: "Not emulated",
    status: 501,
    operation,
    detail,
    report: { "request-id": requestId },
  }));
}

/** A refusal of a control endpoint, ours. */
export function controlProblem(status: number, detail: string): Problem {
  return new Problem(status, detail, () => ({ title: "Emulator control", status, detail }));
}

function titleOf(status: number): string {
  if (status === 404) return "Resource not found";
  if (status === 412) return "Precondition failed";
  return status === 409 ? "Conflict" : "Bad request";
}

/** `MM-dd-yyyy HH:mm:ss` in UTC, as in the registry's documented error. */
function registryTimestamp(now: number): string {
  const [date, time] = new Date(now).toISOString().split("T") as [string, string];
  const [year, month, day] = date.split("-");
  return `${month}-${day}-${year} ${time.slice(0, 8)}`;
}
