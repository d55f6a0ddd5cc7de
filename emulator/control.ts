/** The emulator's own endpoints under `/__emulator`: no token, no sandbox header; for tests, demos and people. */
import { Hono } from "hono";
import { enqueueEvents } from "./capillary/feed.ts";
import { deleteObject, patchObject, readStored } from "./control-objects.ts";
import { addFault } from "./fault-rules.ts";
import { integer, isObject, readJson, readObject } from "./http.ts";
import { controlProblem } from "./problem.ts";
import { OPERATIONS } from "./routes-table.ts";
import { changeSettings } from "./settings.ts";
import { restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import type { Entity, Env, SandboxState, World } from "./store.ts";
import { resetWorld } from "./world.ts";

const DEFAULT_ROWS = 1000;
const MAX_ROWS = 100_000;

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
  sandboxStateRoutes(routes, world);
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

function sandboxStateRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/sandboxes/:name/state", (c) => c.json(counts(sandboxOf(world, c.req.param("name")))));
  routes.get("/sandboxes/:name/datasets/:id/rows", (c) => {
    const { lake } = sandboxOf(world, c.req.param("name"));
    const rows = lake.rows.filter((row) => row.datasetId === c.req.param("id"));
    const start = integer(c.req.query("start") ?? "0", 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const limit = integer(c.req.query("limit") ?? "", 0, MAX_ROWS) ?? DEFAULT_ROWS;
    return c.json({ count: rows.length, rows: rows.slice(start, start + limit) as unknown as Entity[] });
  });
  routes.get("/sandboxes/:name/failed", (c) => {
    const { failed } = sandboxOf(world, c.req.param("name")).lake;
    return c.json({ count: failed.length, failed: failed as unknown as Entity[] });
  });
  const path = "/sandboxes/:name/objects/:kind/:id";
  routes.get(path, (c) => {
    const { name, kind, id } = c.req.param();
    return c.json(readStored(sandboxOf(world, name), kind, id));
  });
  const patch = async (sandbox: SandboxState, kind: string, id: string, body: unknown) =>
    patchObject(world, sandbox, kind, id, body);
  routes.on(["PATCH", "PUT"], path, async (c) => {
    const { name, kind, id } = c.req.param() as { name: string; kind: string; id: string };
    const body = await readJson(c, { types: ["application/merge-patch+json", "application/json-patch+json"] });
    return c.json(await patch(sandboxOf(world, name), kind, id, body));
  });
  routes.delete(path, (c) => {
    const { name, kind, id } = c.req.param();
    deleteObject(sandboxOf(world, name), kind, id);
    return c.body(null, 204);
  });
}

function callRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/calls", (c) => {
    const since = integer(c.req.query("since") ?? "0", 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const calls = world.calls.filter((call) => call.n > since);
    return c.json({ count: calls.length, calls: calls as unknown as Entity[] });
  });
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

function sandboxOf(world: World, name: string): SandboxState {
  const sandbox = world.sandboxes.get(name);
  if (!sandbox)
    throw controlProblem(404, `Sandbox ${name} does not exist; there are ${[...world.sandboxes.keys()].join(", ")}`);
  return sandbox;
}

/** How many objects of each kind the sandbox holds, landed rows and failed records included. */
function counts(sandbox: SandboxState): Entity {
  const { registry, catalog, flowService, dataPrep, lake } = sandbox;
  const sizes: Entity = {};
  for (const group of [registry, catalog, flowService])
    for (const [kind, map] of Object.entries(group)) sizes[kind] = map.size;
  return { ...sizes, mappingSets: dataPrep.mappingSets.size, rows: lake.rows.length, failed: lake.failed.length };
}
