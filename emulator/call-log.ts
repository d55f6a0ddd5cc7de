/** Every call but the control endpoints' own is noted: operation, status, time, bodies without secrets. */
import type { Context, MiddlewareHandler } from "hono";
import { operationOf } from "./routes-table.ts";
import { maskSecrets, maskUrl } from "./secrets.ts";
import type { Env, Json, World } from "./store.ts";

/** Oldest calls are dropped in halves beyond this many, bodies beyond this many bytes are only counted. */
const MAX_CALLS = 20_000;
const MAX_BODY_BYTES = 65_536;

/** First middleware of all: gives the request its id and operation name, and notes the call when it is answered. */
export function recordCalls(world: World): MiddlewareHandler<Env> {
  return async (c, next) => {
    if (c.req.method !== "GET") world.writes += 1;
    if (isOurs(c.req.path)) return next();
    const requestId = world.requestIds.uuid();
    c.set("requestId", requestId);
    c.header("x-request-id", requestId);
    // Servers date their answers by the clock that also dates what they store.
    c.header("date", new Date(world.clock.now()).toUTCString());
    const operation = operationOf(c.req.method, c.req.path)?.id ?? "unknown";
    c.set("operation", operation);
    const at = world.clock.now();
    const started = performance.now();
    const answer = watchAnswer(c);
    await next();
    if (world.calls.length >= MAX_CALLS) world.calls.splice(0, MAX_CALLS / 2);
    world.calls.push({
      n: (world.calls.at(-1)?.n ?? 0) + 1,
      at,
      method: c.req.method,
      path: maskUrl(c.req.url),
      sandbox: c.req.header("x-sandbox-name") ?? null,
      status: c.res.status,
      requestId,
      ms: Math.round((performance.now() - started) * 10) / 10,
      operation,
      requestHeaders: keptHeaders(c),
      requestBody: maskedBody(c.get("requestBody"), Number(c.req.header("content-length") ?? 0)),
      responseBody: answer.body,
      fault: c.get("fault") ?? null,
    });
  };
}

/** The emulator's own pages and control endpoints are no calls of a client. */
function isOurs(path: string): boolean {
  return path === "/" || path.startsWith("/__emulator") || path.startsWith("/console/");
}

/** Headers that decide what a call means. */
const KEPT = ["accept", "content-type", "if-match", "if-none-match", "pragma", "x-adobe-flow-id"];

function keptHeaders(c: Context<Env>): Record<string, string> {
  const kept = KEPT.map((name): [string, string | undefined] => [name, c.req.header(name)]);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Copies the body at the moment it is answered: stored entities may change right afterwards. */
function watchAnswer(c: Context<Env>): { body: Json | undefined } {
  const seen: { body: Json | undefined } = { body: undefined };
  const json = c.json;
  c.json = ((body: unknown, ...rest: []) => {
    seen.body = maskSecrets(body);
    return json(body as never, ...rest);
  }) as typeof c.json;
  return seen;
}

function maskedBody(body: unknown, bytes: number): Json | undefined {
  if (body === undefined) return undefined;
  return bytes > MAX_BODY_BYTES ? `(${bytes} bytes)` : maskSecrets(body);
}
