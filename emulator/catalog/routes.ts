/** Catalog: datasets (v1 and v2) and the batches written into them. */
import { Hono } from "hono";
import type { Env, World } from "../store.ts";
import { batchRoutes } from "./batches.ts";
import { datasetRoutes } from "./datasets.ts";

export function catalogRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>();
  datasetRoutes(routes, world);
  batchRoutes(routes, world);
  return routes;
}
