/** Capillary's API under `/capillary`, as far as an integration with Adobe meets it. */
import { type Context, Hono } from "hono";
import { headerOf, integer, readJson, readObject } from "../http.ts";
import { perMinute } from "../per-minute.ts";
import { operationOf } from "../routes-table.ts";
import type { Env, OpenCall, World } from "../store.ts";
import { generateToken, requireCapillaryAuth } from "./auth.ts";
import {
  lookUp,
  loyaltyDetails,
  type Registration,
  registerCustomer,
  registerCustomers,
  tierDetails,
} from "./customers.ts";
import { feedPage } from "./feed.ts";
import { capillaryProblem, unreadable } from "./problems.ts";
import { addSingle, addTransactions, transactionDetails } from "./transactions.ts";
import { createWebHook, eventLog, eventMetaData, findWebHook, replaceWebHook } from "./webhooks.ts";

const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

/** Request id in both documented spellings, calls a minute, and a credential for everything but the token endpoint. */
export function capillaryGuard(world: World): (c: Context<Env>) => void {
  const allowed = perMinute();
  return (c) => {
    const { path, method } = c.req;
    const { requestId, headers } = c.get("call") as OpenCall;
    Object.assign(headers, { "X-Cap-Requestid": requestId, "X-CAP-REQUEST-ID": requestId });
    const limit = world.settings.capillaryPerMinute;
    if (limit !== null && !allowed(operationOf(method, path)?.id ?? path, limit))
      throw capillaryProblem(429, 429, "Too many requests", { "retry-after": "60" });
    if (PROTECTED.test(path)) requireCapillaryAuth(world, c);
  };
}

const PROTECTED = /^\/capillary\/(v2|v3\/webHooks)(\/|$)/;

export function capillaryRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>({ strict: false });
  routes.post("/v3/oauth/token/generate", async (c) => c.json(generateToken(world, await bodyObject(c))));
  routes.get("/v2/events", (c) => c.json(feed(world, c)));
  routes.post("/v2/customers", async (c) => c.json(registerCustomer(world, await bodyObject(c), registration(c))));
  for (const path of ["/v2/customers/bulk", "/v2/bulk/addCustomers"])
    routes.post(path, async (c) => {
      const { status, answer } = registerCustomers(world, await bodyOf(c), registration(c));
      return c.json(answer, status);
    });
  const query = (c: Context<Env>) => (name: string) => c.req.query(name);
  routes.get("/v2/customers/lookup", (c) => c.json({ entity: lookUp(world, query(c))["id"], warnings: [] }));
  routes.get("/v2/customers/lookup/loyaltyDetails", (c) => c.json(loyaltyDetails(lookUp(world, query(c)))));
  routes.get("/v2/customers/lookup/tierDetails", (c) => c.json(tierDetails(lookUp(world, query(c)))));
  routes.post("/v2/transactions/bulk", async (c) => {
    const { status, answer } = addTransactions(world, await bodyOf(c), requestIdOf(c));
    return c.json(answer, status);
  });
  routes.post("/v2/transactions", async (c) => {
    const item = { ...(await bodyObject(c)), ...identifierQuery(c) };
    const { status, answer } = addSingle(world, item, requestIdOf(c));
    return c.json(answer, status);
  });
  routes.get("/v2/transactions/:id", (c) => c.json(transactionDetails(world, c.req.param("id"), c.req.query("type"))));
  webHookRoutes(routes, world);
  return routes;
}

const bodyOf = (c: Context<Env>) => readJson(c, { refuse: unreadable });
const bodyObject = (c: Context<Env>) => readObject(c, { refuse: unreadable });
const requestIdOf = (c: Context<Env>): string => (c.get("call") as OpenCall).requestId;

function registration(c: Context<Env>): Registration {
  return { requestId: requestIdOf(c), silent: headerOf(c, "skip-downstream")?.toLowerCase() === "true" };
}

function webHookRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/v3/webHooks/eventMetaData", (c) => c.json(eventMetaData(undefined)));
  routes.get("/v3/webHooks/eventMetaData/:name", (c) => c.json(eventMetaData(c.req.param("name"))));
  const log = (field: string) => (c: Context<Env>) =>
    c.json(eventLog(world, (delivery) => delivery["event"][field] === c.req.param("id")));
  routes.get("/v3/webHooks/eventLog/requestId/:id", log("apiRequestId"));
  routes.get("/v3/webHooks/eventLog/refId/:id", log("refId"));
  routes.get("/v3/webHooks/eventLog/:id", log("eventId"));
  routes.get("/v3/webHooks", (c) => c.json({ data: [...world.capillary.webHooks.values()], errors: null }));
  routes.post("/v3/webHooks", async (c) => c.json(createWebHook(world, await bodyObject(c))));
  routes.get("/v3/webHooks/:id", (c) => c.json({ data: findWebHook(world, c.req.param("id")), errors: null }));
  routes.put("/v3/webHooks/:id", async (c) => c.json(replaceWebHook(world, c.req.param("id"), await bodyObject(c))));
}

/** The single form names the customer in the query. */
function identifierQuery(c: Context<Env>) {
  const { source, identifierName, identifierValue } = c.req.query();
  return {
    ...(source === undefined ? {} : { source }),
    ...(identifierName === undefined ? {} : { identifierType: identifierName }),
    ...(identifierValue === undefined ? {} : { identifierValue }),
  };
}

function feed(world: World, c: Context<Env>) {
  const whole = (name: string, fallback: number, max: number) => {
    const value = integer(c.req.query(name) ?? String(fallback), 0, max);
    if (value === undefined) throw capillaryProblem(400, 400, `${name} must be a whole number`);
    return value;
  };
  const until = whole("until", world.clock.now() + 1, Number.MAX_SAFE_INTEGER);
  const limit = Math.max(1, whole("limit", DEFAULT_PAGE, MAX_PAGE));
  const offset = whole("offset", 0, Number.MAX_SAFE_INTEGER);
  const since = whole("since", 0, Number.MAX_SAFE_INTEGER);
  const { data, total } = feedPage(world, { stream: c.req.query("stream"), since, until, limit, offset });
  return {
    data: data.map(({ seq, at, stream, event }) => ({ seq, at, stream, event })),
    pagination: { limit, offset, total },
  };
}
