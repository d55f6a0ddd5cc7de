/** Batches, read only: the data plane writes one for every portion of rows that lands or fails. */
import type { Hono } from "hono";
import { catalogProblem } from "../problem.ts";
import type { Entity, Env, SandboxState, World } from "../store.ts";
import { isOf } from "./datasets.ts";
import { catalogPage, type Special } from "./query.ts";

const SPECIAL: Special = {
  batch: ([id], value) => value.split(",").includes(id),
  dataSet: ([, batch], value) => value.split(",").some((id) => isOf(batch, id)),
  createdAfter: ([, batch], value) => Number(batch["created"]) > Number(value),
  createdBefore: ([, batch], value) => Number(batch["created"]) < Number(value),
};

export function batchRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/batches", (c) => c.json(catalogPage(world, c.get("sandbox").catalog.batches, c.req.queries(), SPECIAL)));
  routes.get("/batches/:id", (c) => {
    const batch = c.get("sandbox").catalog.batches.get(c.req.param("id"));
    if (!batch) throw catalogProblem(404, `Batch ${c.req.param("id")} was not found`);
    return c.json({ [c.req.param("id")]: batch });
  });
  routes.get("/lastBatches", (c) => {
    const query = c.req.queries();
    const ids = query["dataSetId"]?.[0]?.split(",");
    const entries = Object.entries(lastBatches(world, c.get("sandbox")));
    const { dataSetId: _ids, ...rest } = query;
    return c.json(
      catalogPage(
        world,
        entries.filter(([id]) => !ids || ids.includes(id)),
        rest,
      ),
    );
  });
}

/** By dataset: its newest batch, its newest good one and its newest bad one. Datasets without a batch are left out. */
function lastBatches(world: World, sandbox: SandboxState): Record<string, Entity> {
  const last: Record<string, Entity> = {};
  for (const id of sandbox.catalog.dataSets.keys()) {
    const batches = [...sandbox.catalog.batches].filter(([, batch]) => isOf(batch, id));
    const newest = batches.at(-1);
    if (!newest) continue;
    last[id] = {
      lastBatchId: newest[0],
      lastBatchStatus: newest[1]["status"],
      lastSuccessfulBatchId: batches.findLast(([, batch]) => batch["status"] === "success")?.[0],
      lastFailedBatchId: batches.findLast(([, batch]) => batch["status"] === "failed")?.[0],
      imsOrg: world.org,
      sandboxId: sandbox.entity["id"],
      created: newest[1]["created"],
      updated: newest[1]["updated"],
    };
  }
  return last;
}
