/** The emulator's own endpoints under `/__emulator`: no token, no sandbox header; for tests, demos and people. */
import { type Context, Hono } from "hono";
import { enqueueEvents } from "../capillary/feed.ts";
import { curlOf } from "../curl.ts";
import { addFault } from "../fault-rules.ts";
import { headerOf, integer, isObject, readJson, readObject } from "../http.ts";
import { controlProblem } from "../problem.ts";
import { OPERATIONS } from "../routes-table.ts";
import { changeSettings } from "../settings.ts";
import { restoreSnapshot, takeSnapshot } from "../snapshot.ts";
import type { CallRecord, Entity, Env, World } from "../store.ts";
import { resetWorld } from "../world.ts";
import { callSummary, liveEvents } from "./live.ts";
import { sandboxControlRoutes } from "./sandboxes.ts";

/** The data plane as the control endpoints need it: a reset ends the old one and starts another on the empty world. */
export interface DataPlane {
  settle(): Promise<void>;
  stop(): void;
  restart(): void;
}

export function controlRoutes(world: World, plane: DataPlane): Hono<Env> {
  const routes = new Hono<Env>();
  worldRoutes(routes, world, plane);
  clockRoutes(routes, world);
  routes.route("/sandboxes", sandboxControlRoutes(world));
  routes.get("/live", (c) => liveEvents(c, world));
  callRoutes(routes, world);
  faultRoutes(routes, world);
  routes.post("/capillary/events", async (c) => {
    const body = await readJson(c);
    const events = Array.isArray(body) ? body : [body];
    if (!events.every(isObject)) throw controlProblem(400, "Send one event or an array of events, each a JSON object");
    enqueueEvents(world, events);
    return c.json({ queued: world.capillary.events.length });
  });
  return routes;
}

/** A page of another site must not change the world of whoever looks at it: browsers send that page's origin along. */
export function ownPagesOnly(): (c: Context<Env>) => void {
  return (c) => {
    const origin = headerOf(c, "origin");
    if (origin !== undefined && URL.parse(origin)?.host !== headerOf(c, "host"))
      throw controlProblem(403, `Pages of ${origin} have no access to the emulator's controls`);
  };
}

function worldRoutes(routes: Hono<Env>, world: World, plane: DataPlane): void {
  routes.get("/", (c) => c.json({ name: "aep emulator", org: world.org, tenant: world.tenant, seed: world.seed }));
  routes.get("/operations", (c) => c.json({ operations: OPERATIONS as unknown as Entity[] }));
  routes.post("/reset", async (c) => {
    const { seed } = await optionalObject(c.req.raw.clone(), () => readObject(c));
    if (seed !== undefined && !Number.isSafeInteger(seed)) throw controlProblem(400, "seed must be a whole number");
    resetWorld(world, seed as number | undefined);
    plane.restart();
    return c.json({ seed: world.seed });
  });
  routes.post("/settle", async (c) => {
    await plane.settle();
    return c.json({ settled: true, now: world.clock.now() });
  });
  routes.get("/settings", (c) => c.json(world.settings as unknown as Entity));
  routes.post("/settings", async (c) => c.json(changeSettings(world, await readObject(c)) as unknown as Entity));
  routes.get("/snapshot", (c) => c.json(takeSnapshot(world)));
  routes.post("/restore", async (c) => {
    restoreSnapshot(world, await readObject(c));
    plane.restart();
    return c.json({ restored: true, now: world.clock.now() });
  });
}

/** An empty body stands for `{}`. */
async function optionalObject(request: Request, read: () => Promise<Entity>): Promise<Entity> {
  return (await request.text()).trim() === "" ? {} : read();
}

function clockRoutes(routes: Hono<Env>, world: World): void {
  const answer = () => ({ now: world.clock.now(), frozen: world.clock.frozen });
  routes.get("/clock", (c) => c.json(answer()));
  routes.post("/clock", async (c) => {
    const { now, advanceMs, freeze } = await readObject(c);
    const to =
      now === undefined ? world.clock.now() + (advanceMs ?? 0) : typeof now === "string" ? Date.parse(now) : now;
    if (!Number.isFinite(to) || Math.abs(to) > 8.64e15)
      throw controlProblem(400, "now must be epoch milliseconds or ISO 8601, advanceMs a number of milliseconds");
    world.clock.set(to, { freeze: freeze === undefined ? world.clock.frozen : freeze === true });
    return c.json(answer());
  });
}

function callRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/calls", (c) => {
    const since = integer(c.req.query("since") ?? "0", 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const calls = world.calls.filter((call) => call.n > since);
    const limit = integer(c.req.query("limit") ?? "", 0, Number.MAX_SAFE_INTEGER) ?? calls.length;
    const shown = calls.slice(Math.max(0, calls.length - limit));
    const short = c.req.query("bodies") === "false";
    return c.json({ count: calls.length, calls: (short ? shown.map(callSummary) : shown) as unknown as Entity[] });
  });
  const callOf = (n: string): CallRecord => {
    const call = world.calls.find((item) => item.n === Number(n));
    if (!call) throw controlProblem(404, `Call ${n} is not in the log; it keeps the latest ones`);
    return call;
  };
  routes.get("/calls/:n", (c) => c.json(callOf(c.req.param("n")) as unknown as Entity));
  routes.get("/calls/:n/curl", (c) => c.text(curlOf(world, callOf(c.req.param("n")))));
  routes.delete("/calls", (c) => {
    world.calls.length = 0;
    return c.body(null, 204);
  });
}

function faultRoutes(routes: Hono<Env>, world: World): void {
  const answer = () => ({ faults: world.faults.rules as unknown as Entity[] });
  routes.get("/faults", (c) => c.json(answer()));
  routes.post("/faults", async (c) => {
    const body = await readJson(c);
    const added = [body].flat().map((rule) => addFault(world.faults, rule));
    return c.json({ faults: added as unknown as Entity[] }, 201);
  });
  routes.delete("/faults", (c) => {
    world.faults.rules = [];
    return c.body(null, 204);
  });
  routes.delete("/faults/:id", (c) => {
    const left = world.faults.rules.filter((rule) => rule.id !== c.req.param("id"));
    if (left.length === world.faults.rules.length) throw controlProblem(404, `There is no fault ${c.req.param("id")}`);
    world.faults.rules = left;
    return c.body(null, 204);
  });
}
