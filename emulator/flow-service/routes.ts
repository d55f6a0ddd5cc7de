/** Routes of the Flow Service: every single read is wrapped in `items`, creates answer 201 `{id, etag}`. */
import { type Context, Hono } from "hono";
import { headerOf, readJson, readObject } from "../http.ts";
import { languageLoaded } from "../language.ts";
import type { Entity, Env, SandboxState, World } from "../store.ts";
import { act } from "./actions.ts";
import { CONNECTION_SPECS } from "./connection-specs.ts";
import { createConnection, deleteConnection, patchConnection, readConnection } from "./connections.ts";
import {
  createSourceConnection,
  createTargetConnection,
  deleteEndPoint,
  type EndPoint,
  patchEndPoint,
  readEndPoint,
} from "./end-points.ts";
import { find, type Stored } from "./entities.ts";
import { exploreConnection, testConnection } from "./explore.ts";
import { FLOW_SPECS } from "./flow-specs.ts";
import { createFlow, deleteFlow, endTransitions, patchFlow, readFlow } from "./flows.ts";
import { type ListRequest, listPage, searchQuery } from "./listing.ts";
import { type Collection, notFound, refusal } from "./refusals.ts";
import { createRun, retriggerRun } from "./runs.ts";

const SEARCH_LIMIT = 1000;
const EMPTY = { empty: () => refusal(1405, "The request body is empty") };

/** What differs between the four collections that users write to. */
interface Resource {
  kind: Exclude<Stored, "runs">;
  create: (world: World, sandbox: SandboxState, body: Entity, mode: string | undefined) => { id: string; etag: string };
  read: (world: World, sandbox: SandboxState, entity: Entity) => Entity;
  patch: (
    world: World,
    sandbox: SandboxState,
    id: string,
    ifMatch: string | undefined,
    body: unknown,
  ) => { id: string; etag: string };
  remove: (sandbox: SandboxState, id: string) => void;
}

const endPoint = (kind: EndPoint, create: Resource["create"]): Resource => ({
  kind,
  create,
  read: (_world, sandbox, entity) => readEndPoint(sandbox, entity),
  patch: (world, sandbox, id, ifMatch, body) => patchEndPoint(world, sandbox, kind, id, ifMatch, body),
  remove: (sandbox, id) => deleteEndPoint(sandbox, kind, id),
});

const RESOURCES: Resource[] = [
  {
    kind: "connections",
    create: createConnection,
    read: (world, _sandbox, entity) => readConnection(world, entity),
    patch: patchConnection,
    remove: deleteConnection,
  },
  endPoint("sourceConnections", createSourceConnection),
  endPoint("targetConnections", createTargetConnection),
  { kind: "flows", create: createFlow, read: readFlow, patch: patchFlow, remove: deleteFlow },
];

/** Flows whose time in a transition is over are in their next state before anybody looks. */
export function transitionsEnded(world: World): (c: Context<Env>) => void {
  return (c) => endTransitions(world, c.get("sandbox"));
}

/** Flow Service under `/data/foundation/flowservice`. */
export function flowServiceRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>({ strict: false });
  connectionChecks(routes, world);
  for (const resource of RESOURCES) resourceRoutes(routes, world, resource);
  specRoutes(routes, "connectionSpecs", CONNECTION_SPECS);
  specRoutes(routes, "flowSpecs", FLOW_SPECS);
  routes.post("/flowSpecs/search", async (c) =>
    c.json(
      listPage("flowSpecs", keyed(FLOW_SPECS), {
        query: searchQuery(await readObject(c, EMPTY)),
        maxLimit: SEARCH_LIMIT,
      }),
    ),
  );
  runRoutes(routes, world);
  return routes;
}

function connectionChecks(routes: Hono<Env>, world: World): void {
  routes.get("/connections/:id/test", async (c) => {
    await testConnection(world, find(c.get("sandbox"), "connections", c.req.param("id")));
    return c.json({ result: true });
  });
  routes.get("/connections/:id/explore", async (c) => {
    const connection = find(c.get("sandbox"), "connections", c.req.param("id"));
    await languageLoaded();
    return c.json(await exploreConnection(world, connection, queryOf(c)));
  });
}

function resourceRoutes(routes: Hono<Env>, world: World, resource: Resource): void {
  const { kind } = resource;
  const page = (c: Context<Env>, request: ListRequest) => {
    const sandbox = c.get("sandbox");
    const answer = listPage(kind, sandbox.flowService[kind], {
      ...request,
      pageCap: world.settings.maxPageSize,
    });
    return c.json(
      answer.items ? { ...answer, items: answer.items.map((item) => resource.read(world, sandbox, item)) } : answer,
    );
  };
  routes.get(`/${kind}`, (c) => page(c, { query: queryOf(c) }));
  if (kind === "connections" || kind === "flows")
    routes.post(`/${kind}/search`, async (c) =>
      page(c, { query: searchQuery(await readObject(c, EMPTY)), maxLimit: SEARCH_LIMIT }),
    );
  routes.post(`/${kind}`, async (c) => {
    const created = resource.create(world, c.get("sandbox"), await readObject(c, EMPTY), c.req.query("mode"));
    return c.json(created, 201, { location: `/data/foundation/flowservice/${kind}/${created.id}` });
  });
  routes.get(`/${kind}/:id`, (c) => {
    const sandbox = c.get("sandbox");
    return c.json({ items: [resource.read(world, sandbox, find(sandbox, kind, c.req.param("id")))] });
  });
  routes.patch(`/${kind}/:id`, async (c) => {
    const body = await readJson(c, { ...EMPTY, types: ["application/json-patch+json"] });
    return c.json(resource.patch(world, c.get("sandbox"), c.req.param("id"), headerOf(c, "if-match"), body));
  });
  routes.delete(`/${kind}/:id`, (c) => {
    resource.remove(c.get("sandbox"), c.req.param("id"));
    return c.body(null, 204);
  });
  routes.post(`/${kind}/:id/action`, (c) => {
    const request = { op: c.req.query("op"), subOp: c.req.query("subOp"), ifMatch: headerOf(c, "if-match") };
    return c.json(act(world, c.get("sandbox"), kind, c.req.param("id"), request));
  });
}

const keyed = (specs: readonly Entity[]): [string, Entity][] => specs.map((spec) => [spec["id"], spec]);

function specRoutes(routes: Hono<Env>, kind: Collection, specs: readonly Entity[]): void {
  routes.get(`/${kind}`, (c) => c.json(listPage(kind, keyed(specs), { query: queryOf(c) })));
  routes.get(`/${kind}/:id`, (c) => {
    const spec = specs.find((item) => item["id"] === c.req.param("id"));
    if (!spec) throw notFound(kind, c.req.param("id"));
    return c.json({ items: [spec] });
  });
}

function runRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/runs", (c) => {
    const { runs } = c.get("sandbox").flowService;
    return c.json(listPage("runs", runs, { query: queryOf(c), pageCap: world.settings.maxPageSize }));
  });
  routes.post("/runs", async (c) => c.json(createRun(world, c.get("sandbox"), await readObject(c, EMPTY)), 201));
  routes.get("/runs/:id", (c) => c.json({ items: [find(c.get("sandbox"), "runs", c.req.param("id"))] }));
  routes.put("/runs/:id", (c) => {
    const { id } = find(c.get("sandbox"), "runs", c.req.param("id"));
    throw refusal(1427, "Runs are updated by their providers only, not with a user's token", { id, type: "runs" });
  });
  routes.post("/runs/:id/action", (c) => {
    const op = c.req.query("op") ?? "";
    if (op.toUpperCase() !== "RE_TRIGGER") throw refusal(1434, `Operation ${op} is not supported`);
    return c.json(retriggerRun(world, c.get("sandbox"), c.req.param("id")));
  });
}

function queryOf(c: Context<Env>): URLSearchParams {
  return new URL(c.req.url).searchParams;
}
