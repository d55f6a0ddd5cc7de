/** Every call but the control endpoints' own is noted: operation, status, time, bodies without secrets. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { headerOf } from "./http.ts";
import { operationOf } from "./routes-table.ts";
import { maskSecrets, maskUrl } from "./secrets.ts";
import type { CallRecord, Env, Json, OpenCall, World } from "./store.ts";

/** Oldest calls are dropped in halves beyond this many, bodies beyond this many bytes are only counted. */
const MAX_CALLS = 20_000;
const MAX_BODY_BYTES = 65_536;
const MAX_CHARACTERS = 64_000_000;

/** Headers that decide what a call means. */
const KEPT = ["accept", "content-type", "if-match", "if-none-match", "pragma", "x-adobe-flow-id"];

const NONE: Record<string, string> = {};

/** A call from its arrival to its place in the log. Texts are kept as they came and masked when somebody looks: most are never looked at. */
class Call implements CallRecord, OpenCall {
  n = 0;
  readonly at: number;
  readonly method: string;
  readonly sandbox: string | null;
  readonly requestId: string;
  readonly operation: string;
  readonly requestHeaders: Record<string, string>;
  status = 0;
  ms = 0;
  fault: string | null = null;
  requestText: string | undefined;
  headers: Record<string, string>;
  /** The last answer made for it, and its text. */
  response: Response | undefined;
  #responseText: string | undefined;
  readonly #url: string;
  readonly #started = performance.now();

  constructor(world: World, c: Context<Env>) {
    const { method, path, url } = c.req;
    this.at = world.clock.now();
    this.method = method;
    this.sandbox = headerOf(c, "x-sandbox-name") ?? null;
    this.requestId = world.requestIds.uuid();
    this.operation = operationOf(method, path)?.id ?? "unknown";
    this.requestHeaders = keptHeaders(c);
    this.#url = url;
    // Servers date their answers by the clock that also dates what they store.
    this.headers = { "x-request-id": this.requestId, date: httpDate(this.at) };
  }

  get path(): string {
    return maskUrl(this.#url);
  }
  get requestBody(): Json | undefined {
    return maskedText(this.requestText);
  }
  get responseBody(): Json | undefined {
    return maskedText(this.#responseText);
  }
  /** Characters it keeps. */
  get size(): number {
    return (this.requestText?.length ?? 0) + (this.#responseText?.length ?? 0);
  }

  /** JSON with the call's own headers. The text is taken as it goes out: stored entities may change right afterwards. */
  json(body: unknown, status: number, own: Record<string, string> | undefined): Response {
    const text = JSON.stringify(body);
    this.#responseText = text.length > MAX_BODY_BYTES ? counted(text.length) : text;
    this.response = new Response(text, {
      status,
      headers: { "content-type": "application/json", ...this.headers, ...own },
    });
    return this.response;
  }

  close(status: number): void {
    this.status = status;
    this.ms = Math.round((performance.now() - this.#started) * 10) / 10;
    if (this.requestText !== undefined && this.requestText.length > MAX_BODY_BYTES)
      this.requestText = counted(Buffer.byteLength(this.requestText));
    // What only the answer needed is let go: the log holds many calls.
    this.response = undefined;
    this.headers = NONE;
  }

  toJSON(): CallRecord {
    const { n, at, method, path, sandbox, status, requestId, ms, operation, requestHeaders } = this;
    const { requestBody, responseBody, fault } = this;
    const bodies = { requestHeaders, requestBody, responseBody };
    return { n, at, method, path, sandbox, status, requestId, ms, operation, ...bodies, fault };
  }
}

/**
 * Begins a call and makes the context's `json` and `body` answer with its headers: a plain record of them, which the server writes
 * out as it stands.
 */
export function openCall(world: World, c: Context<Env>): Call {
  const call = new Call(world, c);
  c.set("call", call);
  const own = c as { json: unknown; body: unknown };
  own.json = (body: unknown, status: ContentfulStatusCode = 200, headers?: Record<string, string>) =>
    call.json(body, status, headers);
  own.body = (body: string | null, status: ContentfulStatusCode = 200, headers?: Record<string, string>) => {
    call.response = new Response(body, { status, headers: { ...call.headers, ...headers } });
    return call.response;
  };
  return call;
}

/** Ends a call with its answer and notes it. */
export function closeCall(world: World, call: Call, answer: Response): Response {
  if (answer !== call.response) addHeaders(call, answer);
  call.close(answer.status);
  keep(world, call);
  return answer;
}

/** For answers that the call did not make itself; what a fault has put there stays. */
function addHeaders(call: Call, answer: Response): void {
  if (answer === RESPONSE_ALREADY_SENT) return;
  for (const [name, value] of Object.entries(call.headers))
    if (!answer.headers.has(name)) answer.headers.set(name, value);
}

const totals = new WeakMap<World, number>();

/** Notes the call; beyond a number of calls or of characters the older half goes. */
function keep(world: World, call: Call): void {
  const { calls } = world;
  const total = call.size + (calls.length === 0 ? 0 : (totals.get(world) ?? 0));
  call.n = (calls.at(-1)?.n ?? 0) + 1;
  calls.push(call);
  totals.set(world, total);
  if (calls.length <= MAX_CALLS && total <= MAX_CHARACTERS) return;
  calls.splice(0, Math.ceil(calls.length / 2));
  totals.set(
    world,
    calls.reduce((sum, one) => sum + (one as Call).size, 0),
  );
}

function keptHeaders(c: Context<Env>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = headerOf(c, name);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** The last second's text: every answer has one. */
let dated = { second: Number.NaN, text: "" };
function httpDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== dated.second) dated = { second, text: new Date(ms).toUTCString() };
  return dated.text;
}

const counted = (bytes: number) => JSON.stringify(`(${bytes} bytes)`);

function maskedText(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : maskSecrets(JSON.parse(text));
}
