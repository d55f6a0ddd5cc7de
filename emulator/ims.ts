/** Adobe IMS: tokens for the OAuth server-to-server credential. */
import { type Context, Hono } from "hono";
import { headerOf, noteBody } from "./http.ts";
import { Problem } from "./problem.ts";
import type { Env, World } from "./store.ts";

/** Seconds; the value Adobe's documents show. */
const EXPIRES_IN = 86_399;

/** `POST /token[/v2|/v3]`, parameters in the form body or the query, scope with commas or spaces. */
export function imsRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>();
  const answer = async (c: Context<Env>) => {
    const params = await parameters(c);
    refuseWrong(world, params);
    const token = `eyJhbGciOiJFTVVMQVRPUiJ9.${world.requestIds.hex(32)}.${world.requestIds.hex(32)}`;
    world.tokens.set(token, world.clock.now() + EXPIRES_IN * 1000);
    return c.json({ access_token: token, token_type: "bearer", expires_in: EXPIRES_IN });
  };
  routes.post("/token", answer).post("/token/v2", answer).post("/token/v3", answer);
  return routes;
}

async function parameters(c: Context<Env>): Promise<URLSearchParams> {
  const params = new URLSearchParams(c.req.query());
  if ((headerOf(c, "content-type") ?? "").startsWith("application/x-www-form-urlencoded"))
    for (const [name, value] of new URLSearchParams(await c.req.text())) params.set(name, value);
  noteBody(c, JSON.stringify(Object.fromEntries(params)));
  return params;
}

/** The four refusals seen in public code; Adobe's documents list none. */
function refuseWrong(world: World, params: URLSearchParams): void {
  if (params.get("grant_type") !== "client_credentials") throw imsProblem("unsupported_grant_type");
  if (params.get("client_id") !== world.clientId) throw imsProblem("invalid_client", "invalid client_id parameter");
  if (params.get("client_secret") !== world.clientSecret)
    throw imsProblem("invalid_client", "invalid client_secret parameter");
  const scopes = (params.get("scope") ?? "").split(/[,\s]+/).filter(Boolean);
  if (!scopes.includes("openid")) throw imsProblem("invalid_scope");
}

function imsProblem(error: string, description?: string): Problem {
  return new Problem(400, description ?? error, () => ({
    error,
    ...(description === undefined ? {} : { error_description: description }),
  }));
}
