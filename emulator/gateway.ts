/**
 * What stands before every AEP service: token, api key, organisation, sandbox, rate limit. Each refusal answers with
 * the body Adobe documents for it, in the order the gateway checks (token, key, organisation, then the sandbox).
 */
import type { Context, MiddlewareHandler } from "hono";
import { laggingLists } from "./faults.ts";
import {
  catalogProblem,
  dataPrepProblem,
  flowProblem,
  gatewayProblem,
  type Problem,
  registryProblem,
} from "./problem.ts";
import type { Env, World } from "./store.ts";

/** Middleware for `/data/foundation/*`. Sets `sandbox` for every service but the sandbox service itself. */
export function aepGateway(world: World): MiddlewareHandler<Env> {
  const limit = rateLimit(world);
  return async (c, next) => {
    checkToken(world, c.req.header("authorization"));
    checkApiKey(world, c.req.header("x-api-key"));
    checkOrg(world, c.req.header("x-gw-ims-org-id"));
    limit();
    const service = c.req.path.split("/")[3] ?? "";
    if (service !== "sandbox-management" && service !== "exim") chooseSandbox(world, c, service);
    await laggingLists(c, world.settings.listLagMs, next);
  };
}

/** Waits as long as the settings say before anything else happens (wall clock). */
export function latency(world: World): MiddlewareHandler<Env> {
  return async (_c, next) => {
    if (world.settings.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, world.settings.latencyMs));
    await next();
  };
}

/** Throws 403010 without a token (documented as 403, not 401) and 401013 for a wrong or expired one. */
export function checkToken(world: World, authorization: string | undefined): void {
  const token = /^bearer\s+(\S+)$/i.exec(authorization ?? "")?.[1];
  if (!authorization) throw gatewayProblem(403, "403010", "Oauth token is missing.");
  const expiry = token === undefined ? undefined : world.tokens.get(token);
  if (expiry === undefined || expiry <= world.clock.now())
    throw gatewayProblem(401, "401013", "Oauth token is not valid");
}

function checkApiKey(world: World, key: string | undefined): void {
  if (!key) throw gatewayProblem(403, "403000", "Api Key is required");
  if (key !== world.clientId) throw gatewayProblem(403, "403003", "Api Key is invalid");
}

function checkOrg(world: World, org: string | undefined): void {
  if (!org) throw gatewayProblem(400, "400003", "Missing header");
  if (!/^[^@\s]+@AdobeOrg$/.test(org)) throw gatewayProblem(403, "403027", "User region is missing");
  if (org !== world.org) throw gatewayProblem(403, "403025", "Profile is not valid");
}

/** Documented for the Flow Service (2105, 2110, 2100, 2101); the other services' bodies are their own shape, assumed. */
function chooseSandbox(world: World, c: Context<Env>, service: string): void {
  const name = c.req.header("x-sandbox-name");
  if (c.req.header("x-sandbox-id") && service === "flowservice")
    throw flowProblem(2110, 400, "The header x-sandbox-id is not allowed here; send x-sandbox-name");
  if (!name) throw sandboxRefusal(service, 2105, 400, "Missing header x-sandbox-name");
  const sandbox = world.sandboxes.get(name);
  if (!sandbox) throw sandboxRefusal(service, 2100, 404, `Sandbox ${name} was not found`);
  if (sandbox.readyAt > world.clock.now() || sandbox.entity["state"] === "deleted")
    throw sandboxRefusal(service, 2101, 404, `Sandbox ${name} is not active`);
  c.set("sandbox", sandbox);
}

function sandboxRefusal(service: string, code: number, status: number, message: string): Problem {
  if (service === "schemaregistry") return registryProblem(code, status, "Sandbox not usable", message);
  if (service === "catalog") return catalogProblem(status, message);
  if (service === "conversion") return dataPrepProblem(status, message);
  return flowProblem(code, status, message);
}

/** A window of one second on the wall clock. The body is the gateway's; `Retry-After` in seconds. */
function rateLimit(world: World): () => void {
  let windowStart = 0;
  let count = 0;
  return () => {
    const allowed = world.settings.rateLimitPerSecond;
    const now = Date.now();
    if (now - windowStart >= 1000) {
      windowStart = now;
      count = 0;
    }
    count += 1;
    if (allowed !== null && count > allowed)
      throw gatewayProblem(429, "429050", "Too many requests", { "retry-after": "1" });
  };
}
