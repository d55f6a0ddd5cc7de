/** Adobe's Data Access API as far as rows are read back with it: a dataset's newest rows, and the files of a batch. */
import type { Context, Hono } from "hono";
import { isObject } from "../http.ts";
import { catalogProblem } from "../problem.ts";
import type { Entity, Env, SandboxState, World } from "../store.ts";

type C = Context<Env>;
/** Documented: the first hundred rows. */
const PREVIEW_ROWS = 100;
/** A batch is one file here; real ones are Parquet. */
const PART = "part-00000.json";

/** Adds `datasets/:id/preview`, `batches/:id/files` and `files/:id`. */
export function dataAccessRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/datasets/:id/preview", (c) => {
    const { catalog, lake } = c.get("sandbox");
    const id = c.req.param("id");
    if (!catalog.dataSets.has(id)) throw catalogProblem(404, `Dataset ${id} was not found`);
    const newest = lake.rows.page(id, Math.max(0, lake.rows.count(id) - PREVIEW_ROWS), PREVIEW_ROWS);
    return c.json({ data: newest.reverse().map(({ row }) => flat(row)) });
  });
  routes.get("/batches/:id/files", (c) => {
    const id = c.req.param("id");
    const batch = batchOf(c.get("sandbox"), id);
    const files = Number(batch["recordCount"]) > 0 ? [fileEntry(world, id, batch)] : [];
    return c.json({ data: files, _page: { limit: PREVIEW_ROWS, count: files.length } });
  });
  routes.get("/files/:id", (c) => file(c, world, c.req.param("id")));
}

function batchOf(sandbox: SandboxState, id: string): Entity {
  const batch = sandbox.catalog.batches.get(id);
  if (!batch) throw catalogProblem(404, `Batch ${id} was not found`);
  return batch;
}

function fileEntry(world: World, batchId: string, batch: Entity): Entity {
  const id = `${batchId}-1`;
  return {
    dataSetFileId: id,
    dataSetViewId: batch["relatedObjects"][0].id,
    version: "1.0.0",
    created: String(batch["created"]),
    updated: String(batch["updated"]),
    isValid: true,
    _links: { self: { href: `${world.origin}/data/foundation/export/files/${id}` } },
  };
}

/** What a file of a batch consists of, or with `path` that part: one JSON object a line. */
function file(c: C, world: World, id: string): Response {
  const sandbox = c.get("sandbox");
  const batchId = id.replace(/-1$/, "");
  const dataset: string = batchOf(sandbox, batchId)["relatedObjects"][0].id;
  const lines = linesOf(sandbox, dataset, batchId);
  const path = c.req.query("path");
  if (path === PART) return c.body(lines, 200, { "content-type": "application/octet-stream" });
  if (path !== undefined) throw catalogProblem(404, `File ${id} has no ${path}`);
  const href = `${world.origin}/data/foundation/export/files/${id}?path=${PART}`;
  const parts = [{ name: PART, length: String(Buffer.byteLength(lines)), _links: { self: { href } } }];
  return c.json({ data: parts, _page: { limit: PREVIEW_ROWS, count: parts.length } });
}

function linesOf(sandbox: SandboxState, datasetId: string, batchId: string): string {
  const lines: string[] = [];
  for (const rows of sandbox.lake.rows.portions(datasetId))
    for (const landed of rows) if (landed.batchId === batchId) lines.push(`${JSON.stringify(landed.row)}\n`);
  return lines.join("");
}

/** A row keyed by dotted paths; lists stay as they are. */
function flat(row: Entity, prefix = ""): Entity {
  const entries = Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
    isObject(value) ? Object.entries(flat(value, `${prefix}${name}.`)) : [[`${prefix}${name}`, value]],
  );
  return Object.fromEntries(entries);
}
