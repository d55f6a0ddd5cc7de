/** Capillary's tokens: asked for with key and secret, sent in a header, short-lived. */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { headerOf } from "../http.ts";
import type { Entity, Env, World } from "../store.ts";
import { ORG_ID } from "./event-parts.ts";
import { capillaryProblem } from "./problems.ts";

/** Documented sample value; the lifetime is set per client, at most an hour. */
const TTL_SECONDS = 300;
/** `base64(user:md5hex(password))`. */
const BASIC = /^Basic\s+([A-Za-z0-9+/=]+)$/i;

/** POST /v3/oauth/token/generate. 401 for a wrong pair, 400 for a missing one. */
export function generateToken(world: World, body: Entity): Entity {
  const { key, secret } = body;
  if (typeof key !== "string" || typeof secret !== "string" || key === "" || secret === "")
    throw capillaryProblem(400, 400, "key and secret are mandatory");
  const clients = world.settings.capillaryClients;
  if (clients !== null && !(Object.hasOwn(clients, key) && clients[key] === secret))
    throw capillaryProblem(401, 401, "The key or the secret is not valid");
  const issued = Math.floor(world.clock.now() / 1000);
  const accessToken = unsignedToken({
    iss: "Capillary",
    sub: key,
    client_id: key,
    org_id: ORG_ID,
    token_use: "token_access",
    iat: issued,
    exp: issued + TTL_SECONDS,
    jti: world.requestIds.hex(16),
  });
  world.capillary.tokens.set(accessToken, (issued + TTL_SECONDS) * 1000);
  return { data: { accessToken, ttlSeconds: TTL_SECONDS }, errors: null };
}

/** Looks like a JWT and carries its claims; the signature is a digest of them, worth nothing outside the emulator. */
function unsignedToken(claims: Entity): string {
  const encode = (value: Entity) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${head}.${createHash("sha256").update(head).digest("base64url")}`;
}

/** Throws 401 unless the request carries a live token (either header spelling) or a well-formed Basic credential. */
export function requireCapillaryAuth(world: World, c: Context<Env>): void {
  const token = headerOf(c, "x-cap-api-oauth-token") ?? headerOf(c, "cap-api-access-token");
  if (token !== undefined) {
    const expiry = world.capillary.tokens.get(token);
    if (expiry !== undefined && expiry > world.clock.now()) return;
    world.capillary.tokens.delete(token);
    throw capillaryProblem(401, 401, "The access token is not valid or has expired");
  }
  const basic = BASIC.exec(headerOf(c, "authorization") ?? "")?.[1];
  if (basic !== undefined && /^[^:]+:[0-9a-f]{32}$/.test(Buffer.from(basic, "base64").toString("utf8"))) return;
  throw capillaryProblem(401, 401, "Authentication failed");
}
