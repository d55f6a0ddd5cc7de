/** The sandbox service: lists, one sandbox, create, rename, reset, delete. */
import { Hono } from "hono";
import { compareAt, integer, matchesFilter, parseFilter, readObject } from "./http.ts";
import { sandboxProblem } from "./problem.ts";
import { type Entity, type Env, newSandbox, type SandboxState, type World } from "./store.ts";
import { sandboxDate, sandboxEntity } from "./world.ts";

/** A new sandbox answers `creating` for about this long (documented: about 30 s), one that is reset `resetting` (assumed: as long). */
const IN_THE_MAKING_MS = 30_000;
const DEFAULT_LIMIT = 50;
/** What an order may name otherwise than the field. */
const ORDERABLE: Record<string, string> = { created: "createdDate", updated: "lastModifiedDate" };
const TYPES = [
  { id: "production", title: "Production" },
  { id: "development", title: "Development" },
];

/** Numbers of refusals that no document gives one: ours, apart from the documented 2074 to 2077, which are about resetting. */
const NUMBERS = { invalid: 4000, missing: 4040, exists: 4090 } as const;

export function sandboxRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/", (c) => {
    const usable = entities(world).filter((entity) => entity["state"] === "active");
    return c.json(listAnswer(world, usable, "", c.req.queries()));
  });
  routes.get("/sandboxes", (c) => c.json(listAnswer(world, entities(world), "sandboxes", c.req.queries())));
  routes.get("/sandboxTypes", (c) => c.json({ sandboxTypes: TYPES }));
  routes.get("/sandboxes/:name", (c) => c.json(shown(world, find(world, c.req.param("name")))));
  routes.post("/sandboxes", async (c) => c.json(create(world, await readObject(c)), 202));
  routes.patch("/sandboxes/:name", async (c) => {
    const { title } = await readObject(c);
    const sandbox = find(world, c.req.param("name"));
    if (typeof title !== "string" || title === "")
      throw sandboxProblem(NUMBERS.invalid, 400, "Only title can be changed");
    sandbox.entity["title"] = title;
    touch(world, sandbox);
    return c.json(shown(world, sandbox));
  });
  routes.put("/sandboxes/:name", async (c) => {
    const { action } = await readObject(c);
    const sandbox = find(world, c.req.param("name"));
    if (action !== "reset") throw sandboxProblem(NUMBERS.invalid, 400, "The only action is reset");
    if (sandbox.entity["state"] === "deleted")
      throw sandboxProblem(NUMBERS.invalid, 400, `Sandbox ${sandbox.name} is deleted`);
    if (c.req.query("validationOnly") !== "true") {
      empty(world, sandbox);
      makeAnew(world, sandbox, "resetting");
    }
    return c.json(shown(world, sandbox), 202);
  });
  routes.delete("/sandboxes/:name", (c) => {
    const sandbox = find(world, c.req.param("name"));
    if (sandbox.entity["isDefault"])
      throw sandboxProblem(NUMBERS.invalid, 400, "The default production sandbox cannot be deleted");
    if (c.req.query("validationOnly") !== "true") {
      empty(world, sandbox);
      sandbox.entity["state"] = "deleted";
    }
    return c.json(shown(world, sandbox), 202);
  });
  return routes;
}

function entities(world: World): Entity[] {
  return [...world.sandboxes.values()].map((sandbox) => shown(world, sandbox));
}

/** `id` is shown to service tokens only, and ours are user-like: left out. */
function shown(world: World, sandbox: SandboxState): Entity {
  const { id: _id, making = "creating", ...rest } = sandbox.entity;
  const waits = sandbox.readyAt > world.clock.now() && rest["state"] !== "deleted";
  return waits ? { ...rest, state: making } : rest;
}

function find(world: World, name: string): SandboxState {
  const sandbox = world.sandboxes.get(name);
  if (!sandbox) throw sandboxProblem(NUMBERS.missing, 404, `Sandbox ${name} was not found`);
  return sandbox;
}

function create(world: World, body: Entity): Entity {
  const { name, title, type } = body;
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]*$/.test(name))
    throw sandboxProblem(NUMBERS.invalid, 400, "name must be lower-case letters, digits and hyphens");
  if (type !== "development" && type !== "production")
    throw sandboxProblem(NUMBERS.invalid, 400, "type must be development or production");
  if (world.sandboxes.has(name)) throw sandboxProblem(NUMBERS.exists, 409, `Sandbox ${name} exists`);
  const entity = sandboxEntity(world, {
    name,
    title: typeof title === "string" ? title : name,
    type,
    isDefault: false,
  });
  const sandbox = newSandbox(name, entity);
  makeAnew(world, sandbox, "creating");
  world.sandboxes.set(name, sandbox);
  return shown(world, sandbox);
}

/** Not usable for a while, and says so with this state. */
function makeAnew(world: World, sandbox: SandboxState, making: "creating" | "resetting"): void {
  sandbox.entity["making"] = making;
  sandbox.readyAt = world.clock.now() + IN_THE_MAKING_MS;
}

function touch(world: World, sandbox: SandboxState): void {
  sandbox.entity["eTag"] = Number(sandbox.entity["eTag"]) + 1;
  sandbox.entity["lastModifiedDate"] = sandboxDate(world.clock.now());
}

/** Empties the sandbox in place: everybody who holds the object sees it empty. */
function empty(world: World, sandbox: SandboxState): void {
  const { entity, readyAt } = sandbox;
  Object.assign(sandbox, newSandbox(sandbox.name, entity), { readyAt });
  touch(world, sandbox);
}

function listAnswer(world: World, all: Entity[], path: string, query: Record<string, string[]>): Entity {
  const filters = (query["property"] ?? []).map(parseFilter);
  const [direction, field] = (query["orderBy"]?.[0] ?? "").split(":");
  const found = all.filter((entity) => filters.every((filter) => matchesFilter(entity, filter)));
  if (field) found.sort(compareAt(ORDERABLE[field] ?? field, direction === "desc"));
  const limit = bounded(query["limit"]?.[0], 1, DEFAULT_LIMIT);
  const offset = bounded(query["offset"]?.[0], 0, 0);
  const size = Math.min(limit, world.settings.maxPageSize ?? limit);
  const page = found.slice(offset, offset + size);
  const link = (from: string, count: string) =>
    `${world.origin}/data/foundation/sandbox-management/${path}?limit=${count}&offset=${from}`;
  const to = (from: number) => ({ href: link(String(from), String(size)) });
  return {
    sandboxes: page,
    _page: { limit, count: page.length },
    _links: {
      ...(offset + size < found.length ? { next: to(offset + size) } : {}),
      ...(offset > 0 ? { prev: to(Math.max(0, offset - size)) } : {}),
      page: { href: link("{offset}", "{limit}"), templated: true },
    },
  };
}

function bounded(text: string | undefined, min: number, fallback: number): number {
  if (text === undefined) return fallback;
  const value = integer(text, min, 1000);
  if (value === undefined) throw sandboxProblem(NUMBERS.invalid, 400, `limit and offset must be numbers, from ${min}`);
  return value;
}
