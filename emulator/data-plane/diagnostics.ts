/**
 * Error diagnostics of a batch, as Adobe's data access API hands them out: which files of row errors there are, and the rows with
 * their errors. Only where diagnostics were asked for, at the dataset or at the flow.
 */
import { type Context, Hono } from "hono";
import { catalogProblem } from "../problem.ts";
import type { Entity, Env, FailedRecord, Json, SandboxState, World } from "../store.ts";
import { dataAccessRoutes } from "./data-access.ts";

const FILE = "row_errors/conversion_errors_0.json";
const SAMPLE = "row_error_samples.json";
const MAX_ROWS = 1000;
const SAMPLE_ROWS = 10;

/** Routes under `/data/foundation/export`. */
export function exportRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>({ strict: false });
  routes.get("/batches/:id/meta", (c) => {
    const id = c.req.param("id");
    const failed = failedOf(c.get("sandbox"), id);
    const path = (c.req.query("path") ?? "").replace(/^\/|\/$/g, "");
    if (path === FILE) return lines(c, failed.slice(0, MAX_ROWS));
    if (path === SAMPLE) return lines(c, failed.slice(0, SAMPLE_ROWS));
    const names = path === "" ? [SAMPLE, FILE] : path === "row_errors" ? [FILE] : [];
    if (names.length === 0) throw catalogProblem(404, `Batch ${id} has no ${path}`);
    return c.json({
      data: names.map((name) => link(world, id, name, failed)),
      _page: { limit: 100, count: names.length },
    });
  });
  dataAccessRoutes(routes, world);
  return routes;
}

function failedOf(sandbox: SandboxState, batchId: string): FailedRecord[] {
  const batch = sandbox.catalog.batches.get(batchId);
  if (!batch) throw catalogProblem(404, `Batch ${batchId} was not found`);
  const dataset = sandbox.catalog.dataSets.get(batch["relatedObjects"][0].id);
  const flow = sandbox.flowService.flows.get(batch["tags"].acp_flowId?.[0]);
  const asked =
    dataset?.["enableErrorDiagnostics"] === true || String(flow?.["options"]?.errorDiagnosticsEnabled) === "true";
  if (!asked) throw catalogProblem(404, `Error diagnostics are not enabled for batch ${batchId}`);
  return sandbox.lake.failed.ofBatch(batchId, MAX_ROWS);
}

function link(world: World, batchId: string, name: string, failed: FailedRecord[]): Entity {
  const href = `${world.origin}/data/foundation/export/batches/${batchId}/meta?path=${encodeURIComponent(name)}`;
  const rows = failed.slice(0, name === SAMPLE ? SAMPLE_ROWS : MAX_ROWS);
  return { name: name.split("/").pop(), length: String(Buffer.byteLength(text(rows))), _links: { self: { href } } };
}

function lines(c: Context<Env>, failed: FailedRecord[]): Response {
  return c.body(text(failed), 200, { "content-type": "application/octet-stream" });
}

/** One JSON object a line: the record, and under `_errors` what was wrong with it, a list as documented. */
function text(failed: FailedRecord[]): string {
  const rows = failed.map(({ record, code, reason, details }) => {
    const fields = typeof record === "object" && record !== null && !Array.isArray(record) ? record : { value: record };
    return JSON.stringify({ ...fields, _errors: errorsOf(code, reason, details) });
  });
  return rows.map((row) => `${row}\n`).join("");
}

/** One entry for each mapping row or field at fault, with its path as `column`; the first says everything in one line. */
function errorsOf(code: string, reason: string, details: Json[]): Entity[] {
  if (details.length === 0) return [{ code, message: reason }];
  return (details as Entity[]).map(({ destination, exception, pointer, message }, index) => ({
    code,
    message: index === 0 ? reason : (exception ?? message),
    column: destination ?? columnOf(pointer),
  }));
}

/** `#/a/0/b` -> `a[0].b`. */
function columnOf(pointer: unknown): string | undefined {
  if (typeof pointer !== "string") return undefined;
  return pointer
    .replace(/^#\/?/, "")
    .replace(/\/(\d+)(?=\/|$)/g, "[$1]")
    .replaceAll("/", ".");
}
