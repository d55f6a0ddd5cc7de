/** Makes calls fail as the rules say, before the gateway looks at them: a fault can hit any service. */
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { staleView } from "./collection.ts";
import { type Fault, faultFor } from "./fault-rules.ts";
import { headerOf } from "./http.ts";
import { gatewayProblem, Problem } from "./problem.ts";
import { replaceSecrets } from "./secrets.ts";
import type { Env, OpenCall, World } from "./store.ts";

type C = Context<Env>;
type Answer = Response | Promise<Response>;
const PAGE = "<html><head><title>Service Unavailable</title></head><body><h1>Service Unavailable</h1></body></html>";
const DRIPS = 10;

/** A call while faults or latency are ordered: `serve` gives its own answer. */
export async function underFaults(world: World, c: C, serve: () => Answer): Promise<Response> {
  if (world.settings.latencyMs > 0) await wait(world.settings.latencyMs);
  const call = c.get("call") as OpenCall;
  const rule = faultFor(world.faults, {
    method: c.req.method,
    path: c.req.path,
    operation: call.operation,
    sandbox: headerOf(c, "x-sandbox-name") ?? null,
    now: world.clock.now(),
  });
  if (!rule) return serve();
  call.fault = rule.id;
  const { fault } = rule;
  if (fault.kind === "expiredToken") world.tokens.delete((headerOf(c, "authorization") ?? "").split(" ")[1] ?? "");
  const early = isBefore(fault) ? await instead(c, fault) : undefined;
  if (early) return early;
  const answer = await during(world, c, fault, serve);
  return isBefore(fault) ? answer : afterwards(c, fault, answer);
}

/** The call itself, in the circumstances the fault makes for it. */
async function during(world: World, c: C, fault: Fault, serve: () => Answer): Promise<Response> {
  if (fault.kind === "staleList") return laggingLists(c, fault.ms, serve);
  if (fault.kind === "maskedSecrets") hideSecrets(c, fault.as);
  if (fault.kind !== "clockSkew") return serve();
  const answer = await world.clock.skewed(fault.ms, serve);
  answer.headers.set("date", new Date(world.clock.now() + fault.ms).toUTCString());
  return answer;
}

/** Lists and searches see the world as it was; everything else is up to date. */
export function laggingLists(c: C, ms: number, serve: (c: C) => Answer): Answer {
  if (ms === 0) return serve(c);
  const reads = c.req.method === "GET" || c.req.path.endsWith("/search");
  return reads ? staleView(ms, () => serve(c)) : serve(c);
}

function hideSecrets(c: C, as: "mask" | "empty" | "absent"): void {
  const json = c.json;
  const shown = { mask: "xxxx", empty: "", absent: undefined }[as];
  c.json = ((body: unknown, ...rest: []) => json(replaceSecrets(body, shown) as never, ...rest)) as typeof c.json;
}

function isBefore(fault: Fault): boolean {
  if ("when" in fault) return fault.when === "before";
  return fault.kind === "throttle" || fault.kind === "expiredToken";
}

/** The answer in place of the call; undefined lets the call go on. */
async function instead(c: C, fault: Fault): Promise<Response | undefined> {
  if (fault.kind === "latency") await wait(fault.ms);
  if (fault.kind === "reset") return reset(c);
  return failure(c, fault);
}

/** The answer after the call has done its work. */
async function afterwards(c: C, fault: Fault, answer: Response): Promise<Response> {
  if (fault.kind === "clockSkew" || fault.kind === "staleList" || fault.kind === "maskedSecrets") return answer;
  if (fault.kind === "latency") await wait(fault.ms);
  if (fault.kind === "reset") return reset(c);
  if (fault.kind === "truncate") return truncated(c, answer, fault.cut);
  if (fault.kind === "slowBody") return dripping(await answer.arrayBuffer(), answer, fault.ms);
  return failure(c, fault) ?? answer;
}

/** Throttling and status faults go out as problems, so that the call log sees their bodies. */
function failure(c: C, fault: Fault): Response | undefined {
  if (fault.kind === "html") return c.html(PAGE, fault.status as ContentfulStatusCode);
  if (fault.kind === "throttle") {
    const headers = fault.retryAfter === null ? undefined : { "retry-after": String(fault.retryAfter) };
    throw gatewayProblem(429, "429050", "Too many requests", headers);
  }
  if (fault.kind !== "status") return undefined;
  const { status, body, headers } = fault;
  if (body === undefined) throw gatewayProblem(status, `${status}000`, "The service is unavailable", headers);
  throw new Problem(status, "ordered fault", () => body as Record<string, never>, headers);
}

function bindings(c: C): Partial<HttpBindings> {
  return (c.env ?? {}) as Partial<HttpBindings>;
}

/** A TCP reset, as a dying proxy sends it. */
function reset(c: C): Response {
  bindings(c).incoming?.socket.resetAndDestroy();
  return RESPONSE_ALREADY_SENT;
}

async function truncated(c: C, answer: Response, cut: boolean): Promise<Response> {
  const whole = new Uint8Array(await answer.arrayBuffer());
  const half = whole.slice(0, Math.floor(whole.length / 2));
  const headers = new Headers(answer.headers);
  headers.set("content-length", String(cut ? whole.length : half.length));
  const { outgoing } = bindings(c);
  if (!cut || !outgoing) return new Response(half, { status: answer.status, headers });
  outgoing.writeHead(answer.status, Object.fromEntries(headers));
  await new Promise<void>((resolve) => outgoing.write(half, () => resolve()));
  outgoing.destroy();
  return RESPONSE_ALREADY_SENT;
}

/** The body in a few pieces with pauses between them. */
function dripping(body: ArrayBuffer, answer: Response, ms: number): Response {
  const bytes = new Uint8Array(body);
  const size = Math.max(1, Math.ceil(bytes.length / DRIPS));
  let at = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (at >= bytes.length) return controller.close();
      await wait(ms / DRIPS);
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  return new Response(stream, { status: answer.status, headers });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
