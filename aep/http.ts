import { AepError } from "../errors.ts";
import { markLost, markRefusedConnection } from "./errors.ts";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One call of an API, before headers and retries. */
export interface Call {
  method: Method;
  /** Path on the AEP endpoint, or a whole URL for the hosts beside it. */
  path: string;
  /** Query parameters in order; a name may repeat. Undefined values are left out. */
  query?: ReadonlyArray<readonly [string, string | number | undefined]>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** JSON that is written already, sent as it stands: numbers of any length survive. */
  jsonText?: string;
  /** Sent as a form. */
  form?: Record<string, string>;
  sandbox?: string;
  /** May be repeated when its outcome is not known. Default: every method but POST. */
  idempotent?: boolean;
  /** Adobe's headers and token; false for IMS and open inlets. Default true. */
  authenticated?: boolean;
  /** The answer is a file (such as one JSON object a line), handed on as its text. */
  file?: boolean;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Parsed body; undefined when there is none or it is not JSON. */
  body: unknown;
}

/** One step of the client: takes a call, answers with whatever status came back, throws AepError when nothing did. */
export type Dispatch = (call: Call) => Promise<Answer>;

export interface SendOptions {
  /** Prefix of paths, such as https://platform.adobe.io. */
  endpoint: string;
  /** Milliseconds until an answer must have arrived in full. */
  timeout: number;
}

/** Codes of failures that happened before a byte of the request was sent. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Loaded with the first call: programs and previews make none. */
const loadUndici = async () => {
  const { Agent, request } = await import("undici");
  return { request, dispatcher: new Agent({ connections: 64, connect: { timeout: 10_000 } }) };
};
let undici: ReturnType<typeof loadUndici> | undefined;

/** URL of a call, with its query encoded. */
function urlOf(call: Call, endpoint: string): URL {
  const url = new URL(call.path.startsWith("/") ? endpoint + call.path : call.path);
  for (const [name, value] of call.query ?? []) if (value !== undefined) url.searchParams.append(name, String(value));
  return url;
}

/** The last step: sends one request and reads the whole answer. Whether the API may have acted is marked on the error. */
export function send(options: SendOptions): Dispatch {
  return async (call) => {
    const url = urlOf(call, options.endpoint);
    const { body, contentType } = encode(call);
    try {
      undici ??= loadUndici();
      const { request, dispatcher } = await undici;
      const response = await request(url, {
        method: call.method,
        headers: { accept: "application/json", ...contentType, ...call.headers },
        body,
        dispatcher,
        signal: AbortSignal.timeout(options.timeout),
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: response.headers, text, body: parse(text) };
    } catch (error) {
      throw transportError(error, call, url, options.timeout);
    }
  };
}

function encode(call: Call): { body: string | null; contentType: Record<string, string> } {
  if (call.form) {
    return {
      body: new URLSearchParams(call.form).toString(),
      contentType: { "content-type": "application/x-www-form-urlencoded" },
    };
  }
  const text = call.jsonText ?? (call.json === undefined ? undefined : JSON.stringify(call.json));
  if (text !== undefined) return { body: text, contentType: { "content-type": "application/json" } };
  return { body: null, contentType: {} };
}

function parse(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function transportError(error: unknown, call: Call, url: URL, timeout: number): AepError {
  const where = `${call.method} ${url.pathname}`;
  if (error instanceof Error && ["TimeoutError", "HeadersTimeoutError"].includes(error.name)) {
    return markLost(new AepError("AEP_TIMEOUT", `no answer within ${timeout / 1000} s from ${url.origin}`, { where }));
  }
  const code = codeOf(error);
  const failure = new AepError("AEP_UNREACHABLE", `${url.origin} could not be reached (${code})`, { where });
  if (code === "ECONNREFUSED") return markRefusedConnection(failure);
  return NEVER_SENT.has(code) ? failure : markLost(failure);
}

/** Node wraps several connection attempts in an AggregateError; the first code says enough. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  return cause === undefined ? "connection failed" : codeOf(cause);
}
