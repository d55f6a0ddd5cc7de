/** Datasets: every answer is a map keyed by id or a list of one `@/dataSets/ID`. */
import type { Context, Hono } from "hono";
import { headerOf, isObject, readJson, readObject } from "../http.ts";
import { applyPatch, mergePatch, PatchError, parsePatch } from "../json-patch.ts";
import { catalogProblem } from "../problem.ts";
import type { Entity, Env, World } from "../store.ts";
import { changedDataset, newDataset, touchDataset } from "./entity.ts";
import { catalogPage, project } from "./query.ts";

type C = Context<Env>;
const JSON_PATCH = "application/json-patch+json";

export function datasetRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/dataSets", (c) => c.json(catalogPage(world, c.get("sandbox").catalog.dataSets, c.req.queries())));
  routes.post("/dataSets", async (c) => create(c, world, await readObject(c)));
  routes.get("/dataSets/:id", (c) => {
    const entity = existing(c);
    return c.json({ [idOf(c)]: project(entity, c.req.query("properties")) }, 200, { "E-Tag": entity["version"] });
  });
  routes.put("/dataSets/:id", async (c) => {
    const body = await readObject(c);
    const before = existing(c);
    return replace(c, world, before, body);
  });
  routes.patch("/dataSets/:id", async (c) => {
    const body = await readJson(c, { types: [JSON_PATCH] });
    const before = existing(c);
    return replace(c, world, before, patched(before, body));
  });
  routes.patch("/v2/dataSets/:id", async (c) => {
    const body = await readObject(c);
    const before = existing(c);
    if (body["name"] !== undefined) throw catalogProblem(400, "name cannot be changed here; use PATCH /dataSets");
    return replace(c, world, before, mergePatch(before, body) as Entity);
  });
  routes.delete("/dataSets/:id", (c) => c.json(remove(c)));
}

function idOf(c: C): string {
  return c.req.param("id") ?? "";
}

function existing(c: C): Entity {
  const found = c.get("sandbox").catalog.dataSets.get(idOf(c));
  if (!found) throw catalogProblem(404, `Dataset ${idOf(c)} was not found`);
  return found;
}

function reference(id: string): string {
  return `@/dataSets/${id}`;
}

/** With `Pragma: validate-only` the body is checked and nothing is made (what it answers then is assumed: `[]`). */
function create(c: C, world: World, body: Entity): Response {
  const sandbox = c.get("sandbox");
  const id = world.ids.hex(24);
  const entity = newDataset(world, sandbox, id, body);
  if (validateOnly(c)) return c.json([]);
  sandbox.catalog.dataSets.set(id, entity);
  return c.json([reference(id)], 201, { Location: `${world.origin}/data/foundation/catalog/dataSets/${id}` });
}

function replace(c: C, world: World, before: Entity, fields: Entity): Response {
  checkVersion(c, before);
  const sandbox = c.get("sandbox");
  const after = changedDataset(sandbox, before, fields);
  if (validateOnly(c)) return c.json([]);
  touchDataset(world, after);
  sandbox.catalog.dataSets.set(idOf(c), after);
  return c.json([reference(idOf(c))], 200, { "E-Tag": after["version"] });
}

/** An array is a JSON Patch, whatever its media type says; an object replaces the top-level fields it names. */
function patched(before: Entity, body: unknown): Entity {
  if (isObject(body)) return { ...before, ...body };
  try {
    return applyPatch(before, parsePatch(body));
  } catch (error) {
    if (error instanceof PatchError) throw catalogProblem(400, error.message);
    throw error;
  }
}

/** The version is the E-Tag; both headers are optional and come with or without quotes. */
function checkVersion(c: C, entity: Entity): void {
  const wanted = headerOf(c, "if-match")?.replaceAll('"', "");
  const unwanted = headerOf(c, "if-none-match")?.replaceAll('"', "");
  const version = entity["version"];
  if ((wanted !== undefined && wanted !== "*" && wanted !== version) || unwanted === version)
    throw catalogProblem(412, `Dataset ${idOf(c)} is at version ${version}`);
}

function validateOnly(c: C): boolean {
  return headerOf(c, "pragma")?.toLowerCase() === "validate-only";
}

/** No documented refusal; the data goes with it, and flows that still write to it fail. Unknown ids answer `[]`. */
function remove(c: C): string[] {
  const sandbox = c.get("sandbox");
  const id = idOf(c);
  if (!sandbox.catalog.dataSets.delete(id)) return [];
  sandbox.lake.rows.drop(id);
  for (const [batchId, batch] of sandbox.catalog.batches) if (isOf(batch, id)) sandbox.catalog.batches.delete(batchId);
  return [reference(id)];
}

/** Whether the batch belongs to the dataset. */
export function isOf(batch: Entity, datasetId: string): boolean {
  const related: unknown = batch["relatedObjects"];
  return Array.isArray(related) && related.some((item) => item?.type === "dataSet" && item?.id === datasetId);
}
