/** Every call but the control endpoints' own is noted: operation, status, time, bodies without secrets. */
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context, MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { operationOf } from "./routes-table.ts";
import { maskSecrets, maskUrl } from "./secrets.ts";
import type { CallRecord, Env, Json, World } from "./store.ts";

/** Oldest calls are dropped in halves beyond this many, bodies beyond this many bytes are only counted. */
const MAX_CALLS = 20_000;
const MAX_BODY_BYTES = 65_536;
const MAX_CHARACTERS = 64_000_000;

/** First middleware of all: gives the request its id and operation name, and notes the call when it is answered. */
export function recordCalls(world: World): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.method !== "GET") world.writes += 1;
    if (isOurs(c.req.path)) return next();
    const requestId = world.requestIds.uuid();
    c.set("requestId", requestId);
    const operation = operationOf(c.req.method, c.req.path)?.id ?? "unknown";
    c.set("operation", operation);
    const at = world.clock.now();
    const started = performance.now();
    // Servers date their answers by the clock that also dates what they store.
    const always = { "x-request-id": requestId, date: httpDate(at) };
    const answer = watchAnswer(c, always);
    await next();
    if (answer.response !== c.res) addHeaders(c, always);
    const { url } = c.req;
    const request = jsonText(c.get("requestBody"), Number(c.req.header("content-length") ?? 0));
    keep(world, (request?.length ?? 0) + (answer.text?.length ?? 0), {
      n: (world.calls.at(-1)?.n ?? 0) + 1,
      at,
      method: c.req.method,
      get path() {
        return maskUrl(url);
      },
      sandbox: c.req.header("x-sandbox-name") ?? null,
      status: c.res.status,
      requestId,
      ms: Math.round((performance.now() - started) * 10) / 10,
      operation,
      requestHeaders: keptHeaders(c),
      // Masked when somebody looks: most calls are never looked at.
      get requestBody() {
        return maskedText(request);
      },
      get responseBody() {
        return maskedText(answer.text);
      },
      fault: c.get("fault") ?? null,
    });
  };
}

const sizes = new WeakMap<CallRecord, number>();
const totals = new WeakMap<World, number>();

/** Notes the call; beyond a number of calls or of characters the older half goes. */
function keep(world: World, size: number, call: CallRecord): void {
  const total = world.calls.length === 0 ? size : (totals.get(world) ?? 0) + size;
  sizes.set(call, size);
  world.calls.push(call);
  totals.set(world, total);
  if (world.calls.length <= MAX_CALLS && total <= MAX_CHARACTERS) return;
  world.calls.splice(0, Math.ceil(world.calls.length / 2));
  totals.set(
    world,
    world.calls.reduce((sum, one) => sum + (sizes.get(one) ?? 0), 0),
  );
}

/** The emulator's own pages and control endpoints are no calls of a client. */
function isOurs(path: string): boolean {
  return path === "/" || path.startsWith("/__emulator") || path.startsWith("/console/");
}

/** Headers that decide what a call means. */
const KEPT = ["accept", "content-type", "if-match", "if-none-match", "pragma", "x-adobe-flow-id"];

function keptHeaders(c: Context<Env>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = c.req.header(name);
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

interface Answer {
  text: string | undefined;
  response: Response | undefined;
}

/**
 * Takes the answer's text as it goes out: stored entities may change right afterwards. The answer is made from a plain record of
 * headers, which the server writes out as it stands.
 */
function watchAnswer(c: Context<Env>, always: Record<string, string>): Answer {
  const seen: Answer = { text: undefined, response: undefined };
  const { header } = c;
  let plain = true;
  c.header = (...given) => {
    plain = false;
    header(...given);
  };
  c.json = ((body: unknown, status: ContentfulStatusCode = 200, own?: Record<string, string>) => {
    const text = JSON.stringify(body);
    seen.text = text.length > MAX_BODY_BYTES ? counted(text.length) : text;
    const headers = { "content-type": "application/json", ...always, ...own };
    // Headers that a route has set before are the framework's to add.
    seen.response = plain ? new Response(text, { status, headers }) : c.body(text, status, headers);
    return seen.response;
  }) as unknown as typeof c.json;
  return seen;
}

/** For answers that are no JSON of ours; what a fault has put there stays. */
function addHeaders(c: Context<Env>, always: Record<string, string>): void {
  if (c.res === RESPONSE_ALREADY_SENT) return;
  for (const [name, value] of Object.entries(always)) if (!c.res.headers.has(name)) c.header(name, value);
}

function jsonText(body: unknown, bytes: number): string | undefined {
  if (body === undefined) return undefined;
  const text = bytes > MAX_BODY_BYTES ? undefined : JSON.stringify(body);
  return text === undefined || text.length > MAX_BODY_BYTES ? counted(bytes) : text;
}

const counted = (bytes: number) => JSON.stringify(`(${bytes} bytes)`);

function maskedText(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : maskSecrets(JSON.parse(text));
}
