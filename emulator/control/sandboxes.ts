/** Control endpoints of one sandbox: what is in it, what landed in it, changing it behind the program's back. */
import { type Context, Hono } from "hono";
import { filterTest, integer, parseFilter, readJson, readObject } from "../http.ts";
import { languageLoaded } from "../language.ts";
import { controlProblem } from "../problem.ts";
import { listProfiles, readProfile } from "../profile/view.ts";
import { querySandbox, tablesOf } from "../sql.ts";
import type { Entity, Env, LandedRow, SandboxState, World } from "../store.ts";
import { graphOf } from "./graph.ts";
import { namesOf } from "./names.ts";
import { deleteObject, patchObject, readStored } from "./objects.ts";

type C = Context<Env>;
const DEFAULT_ROWS = 1000;
const MAX_ROWS = 100_000;

/** Reads and writes YAML, whose libraries only somebody at the console needs. */
const playground = () => import("./playground.ts");

/** Routes below `/__emulator/sandboxes`. */
export function sandboxControlRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/", (c) => c.json({ sandboxes: [...world.sandboxes.values()].map(summary) }));
  const of = (c: C) => sandboxOf(world, c.req.param("name") ?? "");
  routes.get("/:name/state", (c) => c.json(counts(of(c))));
  routes.get("/:name/graph", (c) => {
    const limit = integer(c.req.query("limit") ?? "", 1, MAX_ROWS);
    return c.json(graphOf(of(c), { limit, find: c.req.query("find") }) as unknown as Entity);
  });
  routes.get("/:name/datasets", (c) => c.json(datasetsAnswer(c, of(c))));
  routes.get("/:name/landed", (c) => {
    const sandbox = of(c);
    const rows = sandbox.lake.rows.newest(Math.min(window(c).limit, DEFAULT_ROWS));
    const names = namesOf(
      sandbox,
      rows.map(({ datasetId }) => datasetId),
    );
    return c.json({ rows: rows as unknown as Entity[], names });
  });
  routes.get("/:name/datasets/:id/rows", (c) => c.json(rowsAnswer(c, of(c), c.req.param("id"))));
  routes.get("/:name/failed", (c) => {
    const sandbox = of(c);
    const { failed } = sandbox.lake;
    const { start, limit } = window(c);
    const shown = failed.page(start, limit);
    const names = namesOf(
      sandbox,
      shown.flatMap(({ flowId, datasetId }) => [flowId, datasetId]),
    );
    return c.json({ count: failed.length, forgotten: failed.forgotten, failed: shown as unknown as Entity[], names });
  });
  routes.get("/:name/profiles", (c) => {
    const find = c.req.query("find") ?? "";
    return c.json(listProfiles(of(c), { ...window(c), find }) as unknown as Entity);
  });
  routes.get("/:name/profiles/:namespace/:id", async (c) => {
    const { namespace, id } = c.req.param();
    const sandbox = of(c);
    const profile = await readProfile(sandbox, { namespace, id });
    if (!profile) throw controlProblem(404, `No row has landed on a profile ${id} in namespace ${namespace}`);
    const names = namesOf(
      sandbox,
      [...profile.fragments, ...profile.events].map(({ datasetId }) => datasetId),
    );
    return c.json({ ...profile, names } as unknown as Entity);
  });
  routes.get("/:name/mappingSets/:id/yaml", async (c) =>
    c.json((await playground()).mappingText(world, of(c), c.req.param("id"))),
  );
  routes.post("/:name/playground", async (c) => {
    await languageLoaded();
    return c.json((await playground()).tryMapping(world, of(c), await readObject(c)));
  });
  routes.get("/:name/query", async (c) => c.json((await querySandbox(of(c), c.req.query("sql"))) as never));
  routes.post("/:name/query", async (c) => c.json((await querySandbox(of(c), (await readObject(c))["sql"])) as never));
  objectRoutes(routes, world);
  return routes;
}

function objectRoutes(routes: Hono<Env>, world: World): void {
  const path = "/:name/objects/:kind/:id";
  const params = (c: C) => c.req.param() as { name: string; kind: string; id: string };
  routes.get(path, (c) => {
    const { name, kind, id } = params(c);
    return c.json(readStored(sandboxOf(world, name), kind, id));
  });
  routes.on(["PATCH", "PUT"], path, async (c) => {
    const { name, kind, id } = params(c);
    const sandbox = sandboxOf(world, name);
    const body = await readJson(c, { types: ["application/merge-patch+json", "application/json-patch+json"] });
    return c.json(patchObject(world, sandbox, kind, id, body));
  });
  routes.delete(path, (c) => {
    const { name, kind, id } = params(c);
    deleteObject(sandboxOf(world, name), kind, id);
    return c.body(null, 204);
  });
}

/** Datasets as tables, those with the most rows first; `find` part of a name, or an id. All of them without `limit`. */
function datasetsAnswer(c: C, sandbox: SandboxState): Entity {
  const start = integer(c.req.query("start") ?? "", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const limit = integer(c.req.query("limit") ?? "", 0, MAX_ROWS) ?? Number.POSITIVE_INFINITY;
  const wanted = (c.req.query("find") ?? "").trim().toLowerCase();
  const matching = tablesOf(sandbox).filter(
    ({ id, name }) => wanted === "" || id === wanted || name.toLowerCase().includes(wanted),
  );
  const sorted = matching.sort((a, b) => b.rows - a.rows);
  return { count: matching.length, datasets: sorted.slice(start, start + limit) };
}

/** `start` and `limit`, or `property=` filters on the row's fields, which read all of the dataset. */
function rowsAnswer(c: C, { lake }: SandboxState, id: string): Entity {
  const { start, limit } = window(c);
  const filters = (c.req.queries("property") ?? []).map((text) => filterTest(parseFilter(text)));
  if (filters.length === 0)
    return { count: lake.rows.count(id), rows: lake.rows.page(id, start, limit) as unknown as Entity[] };
  let count = 0;
  const rows: LandedRow[] = [];
  for (const portion of lake.rows.portions(id))
    for (const landed of portion) {
      if (!filters.every((passes) => passes(landed.row))) continue;
      if (count >= start && rows.length < limit) rows.push(landed);
      count += 1;
    }
  return { count, rows: rows as unknown as Entity[] };
}

function window(c: C): { start: number; limit: number } {
  const start = integer(c.req.query("start") ?? "0", 0, Number.MAX_SAFE_INTEGER) ?? 0;
  return { start, limit: integer(c.req.query("limit") ?? "", 0, MAX_ROWS) ?? DEFAULT_ROWS };
}

function sandboxOf(world: World, name: string): SandboxState {
  const sandbox = world.sandboxes.get(name);
  if (!sandbox)
    throw controlProblem(404, `Sandbox ${name} does not exist; there are ${[...world.sandboxes.keys()].join(", ")}`);
  return sandbox;
}

function summary(sandbox: SandboxState): Entity {
  const { name, entity } = sandbox;
  return { name, title: entity["title"], type: entity["type"], state: entity["state"], counts: counts(sandbox) };
}

/** Number of objects of every kind; of failed records also those that are forgotten by now. */
function counts(sandbox: SandboxState): Entity {
  const { registry, catalog, flowService, dataPrep, lake, forgotten } = sandbox;
  const sizes = Object.fromEntries(
    Object.entries({ ...registry, ...catalog, ...flowService }).map(([kind, map]) => [kind, map.size]),
  );
  return {
    ...sizes,
    mappingSets: dataPrep.mappingSets.size,
    rows: lake.rows.length,
    failed: lake.failed.length + lake.failed.forgotten,
    forgottenRuns: forgotten.runs,
    forgottenBatches: forgotten.batches,
    forgottenFailed: lake.failed.forgotten,
  };
}
