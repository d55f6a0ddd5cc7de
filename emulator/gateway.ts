/**
 * What stands before every AEP service: token, api key, organisation, sandbox, rate limit. Each refusal answers with
 * the body Adobe documents for it, in the order the gateway checks (token, key, organisation, then the sandbox).
 */
import type { Context } from "hono";
import { headerOf } from "./http.ts";
import {
  catalogProblem,
  dataPrepProblem,
  flowProblem,
  gatewayProblem,
  type Problem,
  registryProblem,
} from "./problem.ts";
import type { Env, World } from "./store.ts";

/** Checks a call to the service of this name below `/data/foundation/`. */
export type Gateway = (c: Context<Env>, service: string) => void;

/** The checks. They set `sandbox` for every service but the sandbox service itself. */
export function aepGateway(world: World): Gateway {
  const limit = rateLimit(world);
  return (c, service) => {
    checkToken(world, headerOf(c, "authorization"));
    checkApiKey(world, headerOf(c, "x-api-key"));
    checkOrg(world, headerOf(c, "x-gw-ims-org-id"));
    limit();
    if (service !== "sandbox-management" && service !== "exim") chooseSandbox(world, c, service);
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
  const name = headerOf(c, "x-sandbox-name");
  if (headerOf(c, "x-sandbox-id") && service === "flowservice")
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
    if (allowed === null) return;
    const now = Date.now();
    if (now - windowStart >= 1000) {
      windowStart = now;
      count = 0;
    }
    count += 1;
    if (count > allowed) throw gatewayProblem(429, "429050", "Too many requests", { "retry-after": "1" });
  };
}
