import { AepError, ERRORS, type ErrorCode } from "../errors.ts";
import { redact } from "./secret.ts";

/** Errors after which nobody knows whether the API acted: the answer was lost, cut off, or a failure of its own. */
const lost = new WeakSet<AepError>();

/** Marks an error whose request may have been carried out. */
export function markLost(error: AepError): AepError {
  lost.add(error);
  return error;
}

/** Whether the failed request may have been carried out all the same. */
export function wasLost(error: unknown): boolean {
  return error instanceof AepError && lost.has(error);
}

const answers = new WeakMap<AepError, { status: number; body: unknown }>();

/** The whole answer behind a refusal, for records and tickets; texts where it was no JSON. */
export function answerOf(error: unknown): { status: number; body: unknown } | undefined {
  return error instanceof AepError ? answers.get(error) : undefined;
}

/** What an answer that is not a success says of itself, whatever the service's body looks like. */
export interface Refusal {
  message: string;
  apiCode: string | undefined;
  requestId: string | undefined;
}

/** Errors of a connection that was refused at once: the host is there and nothing listens. */
const refusedConnections = new WeakSet<AepError>();

/** Marks an error as a refused connection; waiting long does not help there. */
export function markRefusedConnection(error: AepError): AepError {
  refusedConnections.add(error);
  return error;
}

/** Whether nothing listened at the endpoint. */
export function wasRefusedConnection(error: unknown): boolean {
  return error instanceof AepError && refusedConnections.has(error);
}

type Body = Record<string, unknown>;

/** Reads a refusal out of any known body: gateway, Flow Service (old and new), registry, sandbox, DCS, IMS, HTML. */
export function parseRefusal(answer: {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  body: unknown;
}): Refusal {
  const body = isBody(answer.body) ? answer.body : {};
  const report = isBody(body["report"]) ? body["report"] : {};
  const message =
    text(report["detailed-message"]) ??
    text(body["detail"]) ??
    text(body["errorMessage"]) ??
    withViolations(report) ??
    text(body["message"]) ??
    text(body["error_description"]) ??
    text(body["title"]) ??
    text(body["error"]) ??
    plain(answer.text) ??
    `status ${answer.status} without a body`;
  return { message: redact(message), apiCode: codeOf(body), requestId: requestIdOf(report, answer.headers) };
}

/** The error a refused call ends in. `call` is method and path, the message the API's own words. */
export function refusalError(
  answer: { status: number; headers: Record<string, unknown>; text: string; body: unknown },
  call: string,
): AepError {
  const { message, apiCode, requestId } = parseRefusal(answer);
  const { code, hint } = classify(answer.status, apiCode);
  const error = new AepError(code, message, { where: call, hint, status: answer.status, apiCode, requestId });
  answers.set(error, { status: answer.status, body: answer.body ?? answer.text });
  return error;
}

/** Gateway codes that are about the caller's credentials, though their status is 403 or 400: what to check. */
export const CREDENTIAL_HINTS: Readonly<Record<string, string>> = {
  "403010": "The token did not reach the API; check what stands between this machine and the endpoint.",
  "403000": "The client id did not reach the API; check what stands between this machine and the endpoint.",
  "403003": "Check AEP_CLIENT_ID: the API does not know it, or the project does not have the AEP API added.",
  "403025": "Check AEP_ORG_ID: the credentials belong to another organisation.",
  "403027": "Check AEP_ORG_ID and that the credential has an AEP product profile.",
  "400003": "Check AEP_ORG_ID: the organisation header is missing.",
};

function classify(status: number, apiCode: string | undefined): { code: ErrorCode; hint?: string } {
  const credential = apiCode === undefined ? undefined : CREDENTIAL_HINTS[apiCode];
  if (credential) return { code: "AEP_AUTH_FAILED", hint: credential };
  if (/^(FLOW|SMS)-210[0-3]-404$/.test(apiCode ?? "")) return { code: "AEP_SANDBOX_UNKNOWN" };
  if (status === 401) return { code: "AEP_AUTH_FAILED" };
  if (status === 403) return { code: "AEP_FORBIDDEN" };
  if (status === 404) return { code: "AEP_NOT_FOUND" };
  if (status === 408) return { code: "AEP_TIMEOUT" };
  if (status === 412) return { code: "AEP_ETAG_MISMATCH" };
  if (status === 429) return { code: "AEP_THROTTLED" };
  if (status >= 500) return { code: "AEP_SERVER" };
  if (!EXPLAINED.test(apiCode ?? "")) return { code: "AEP_REFUSED" };
  return {
    code: "AEP_REFUSED",
    hint: `${ERRORS.AEP_REFUSED.mend} \`aep explain ${apiCode}\` says what the code asks for.`,
  };
}

/** Codes of AEP's own, as `FLOW-1418-400`; some services give words or bare numbers in their place. */
const EXPLAINED = /^[A-Z]+-\d+-\d{3}$/;

function codeOf(body: Body): string | undefined {
  const type = text(body["type"]);
  const tail = type?.match(/([A-Z]+-\d+-\d+)$/)?.[1];
  const code = tail ?? body["error_code"] ?? body["errorCode"] ?? body["error"];
  return code === undefined || code === null || typeof code === "object" ? undefined : String(code);
}

function requestIdOf(report: Body, headers: Record<string, unknown>): string | undefined {
  return text(report["request-id"]) ?? text(report["registryRequestId"]) ?? text(headers["x-request-id"]);
}

/** Streaming validation hides what is wrong in a tree below `report.cause`; the leaves are what a user can mend. */
function withViolations(report: Body): string | undefined {
  const message = text(report["message"]);
  if (message === undefined) return undefined;
  const leaves: string[] = [];
  collect(report["cause"], leaves);
  return leaves.length === 0 ? message : `${message}: ${leaves.join("; ")}`;
}

function collect(node: unknown, leaves: string[]): void {
  if (Array.isArray(node)) for (const child of node) collect(child, leaves);
  else if (isBody(node)) {
    const children = node["causingExceptions"] ?? node["_streamingValidation"];
    if (Array.isArray(children) && children.length > 0) collect(children, leaves);
    else if (text(node["message"])) leaves.push(`${text(node["pointerToViolation"]) ?? ""} ${node["message"]}`.trim());
  }
}

/** Proxies and load balancers answer in HTML: keep the words, drop the markup. */
function plain(body: string): string | undefined {
  const words = body
    .replace(/<(script|style|head)[\s\S]*?<\/\1>/gi, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return words === "" ? undefined : words.slice(0, 300);
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}
