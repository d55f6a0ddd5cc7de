/** Every call but the control endpoints' own is noted: operation, status, time, bodies without secrets. */
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
    c.header("x-request-id", requestId);
    // Servers date their answers by the clock that also dates what they store.
    c.header("date", new Date(world.clock.now()).toUTCString());
    const operation = operationOf(c.req.method, c.req.path)?.id ?? "unknown";
    c.set("operation", operation);
    const at = world.clock.now();
    const started = performance.now();
    const answer = watchAnswer(c);
    await next();
    const request = jsonText(c.get("requestBody"), Number(c.req.header("content-length") ?? 0));
    keep(world, (request?.length ?? 0) + (answer.text?.length ?? 0), {
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
  const kept = KEPT.map((name): [string, string | undefined] => [name, c.req.header(name)]);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Takes the answer's text as it goes out: stored entities may change right afterwards. */
function watchAnswer(c: Context<Env>): { text: string | undefined } {
  const seen: { text: string | undefined } = { text: undefined };
  c.json = ((body: unknown, status?: ContentfulStatusCode, headers?: Record<string, string>) => {
    const text = JSON.stringify(body);
    seen.text = text.length > MAX_BODY_BYTES ? counted(text.length) : text;
    return c.body(text, status, { "content-type": "application/json", ...headers });
  }) as unknown as typeof c.json;
  return seen;
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
