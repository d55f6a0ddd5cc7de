/** Batches of Catalog, and what the Data Access API says of them: failed rows, error files, a dataset's newest rows. */
import { z } from "zod";
import { AepError } from "../errors.ts";
import type { AepClient } from "./client.ts";
import { orGone, shaped } from "./shape.ts";

const CATALOG = "/data/foundation/catalog";
const EXPORT = "/data/foundation/export";
const PAGE = 100;
/** Error files that are larger are named, and not read: they are streamed to a disk better than into a command. */
const LARGEST_FILE = 64 * 1024 * 1024;

const SAMPLES = "row_error_samples.json";

const number = z.coerce.number().optional().catch(undefined);
const batch = z.looseObject({
  status: z.string().catch("unknown"),
  created: number,
  updated: number,
  started: number,
  completed: number,
  recordCount: number,
  failedRecordCount: number,
  relatedObjects: z
    .array(z.looseObject({ type: z.string(), id: z.string() }))
    .nullish()
    .catch([]),
  tags: z.record(z.string(), z.unknown()).nullish().catch({}),
  metrics: z
    .looseObject({ inputRecordCount: number, outputRecordCount: number, failedRecordCount: number })
    .nullish()
    .catch({
      inputRecordCount: undefined,
      outputRecordCount: undefined,
      failedRecordCount: undefined,
    }),
  errors: z
    .array(
      z.looseObject({
        code: z.coerce.string().catch(""),
        description: z.string().nullish(),
        message: z.string().nullish(),
        recordCount: number,
      }),
    )
    .nullish()
    .catch([]),
});
const batchMap = z.record(z.string(), batch);
const files = z.looseObject({
  data: z.array(z.looseObject({ name: z.string(), length: z.coerce.number().catch(0) })),
  _page: z.looseObject({ next: z.string().nullish() }).nullish(),
});
const rows = z.looseObject({ data: z.array(z.record(z.string(), z.unknown())) });

/** One batch. Times are epoch milliseconds. */
export interface Batch {
  id: string;
  /** `success`, `failed`, `active`, `staging`, `loading`, ... as Catalog says. */
  status: string;
  createdAt: number;
  updatedAt: number | undefined;
  datasetIds: string[];
  /** Flow and run that made it, where its tags tell. */
  flowId: string | undefined;
  runId: string | undefined;
  records: { input: number; output: number; failed: number };
  errors: Array<{ code: string; message: string; recordCount?: number }>;
}

/** A row that did not land. */
export interface FailedRow {
  /** What was sent, as the diagnostics keep it. */
  record: unknown;
  errors: Array<{ code: string; message: string; column?: string }>;
  /** File of diagnostics it stands in. */
  file: string;
}

/** Batches of one sandbox. Facts: Catalog's specification, Adobe's pages on error diagnostics and the Data Access API. */
export function batches(client: AepClient, sandbox: string) {
  const get = (path: string, query: ReadonlyArray<readonly [string, string | number | undefined]> = [], file = false) =>
    client({ method: "GET", path, query, sandbox, file });
  const meta = (id: string) => `${EXPORT}/batches/${encodeURIComponent(id)}/meta`;

  return {
    /** The batch, or undefined when it does not exist. */
    async get(id: string): Promise<Batch | undefined> {
      const path = `${CATALOG}/batches/${encodeURIComponent(id)}`;
      const answer = await orGone(get(path));
      const found = answer && shaped(batchMap, answer, { method: "GET", path })[id];
      return found && summary(id, found);
    },

    /** Batches, newest first; of one dataset, created after a moment (epoch ms). Reads on until a page is empty. */
    async *list(filter: { datasetId?: string; createdAfter?: number } = {}): AsyncGenerator<Batch> {
      const path = `${CATALOG}/batches`;
      for (let start = 0; ; ) {
        const answer = await get(path, [
          ["dataSet", filter.datasetId],
          ["createdAfter", filter.createdAfter],
          ["orderBy", "desc:created"],
          ["limit", client.pageSize ?? PAGE],
          ["start", start],
        ]);
        const page = Object.entries(shaped(batchMap, answer, { method: "GET", path }));
        for (const [id, body] of page) yield summary(id, body);
        if (page.length === 0) return;
        start += page.length;
      }
    },

    /** Files of row errors; undefined when error diagnostics are off, or kept no longer (30 days). */
    async errorFiles(id: string): Promise<Array<{ path: string; bytes: number }> | undefined> {
      const answer = await orGone(get(meta(id), [["path", "row_errors"]]));
      if (answer === undefined) return undefined;
      const { data } = shaped(files, answer, { method: "GET", path: meta(id) });
      return data.map(({ name, length }) => ({ path: `row_errors/${name}`, bytes: length }));
    },

    /**
     * Failed rows with their errors, at most `limit`; undefined when there are no diagnostics to read. `sample` reads the
     * small file of samples where there is one.
     * @throws AepError AEP_RESPONSE_INVALID for an error file too large to be read here
     */
    async failedRows(id: string, options: { limit?: number; sample?: boolean } = {}): Promise<FailedRow[] | undefined> {
      const { limit = Number.POSITIVE_INFINITY, sample = false } = options;
      if (sample) {
        const answer = await orGone(get(meta(id), [["path", SAMPLES]], true));
        if (answer) return failedRows(answer.text, SAMPLES, limit);
      }
      const named = await this.errorFiles(id);
      if (named === undefined) return undefined;
      const found: FailedRow[] = [];
      for (const { path, bytes } of named) {
        if (found.length >= limit) break;
        if (bytes > LARGEST_FILE)
          throw new AepError("AEP_RESPONSE_INVALID", `${path} has ${Math.round(bytes / 1024 / 1024)} MB`, {
            where: `GET ${meta(id)}`,
            hint: "Download it with the Data Access API, or look at the samples.",
          });
        const answer = await orGone(get(meta(id), [["path", path]], true));
        if (answer === undefined) return undefined;
        found.push(...failedRows(answer.text, path, limit - found.length));
      }
      return found;
    },

    /** A dataset's newest rows, flat and keyed by dotted paths (at most some hundred); undefined where they cannot be read. */
    async preview(datasetId: string): Promise<Array<Record<string, unknown>> | undefined> {
      const path = `${EXPORT}/datasets/${encodeURIComponent(datasetId)}/preview`;
      try {
        return shaped(rows, await get(path), { method: "GET", path }).data;
      } catch (error) {
        if (error instanceof AepError && [403, 404, 405, 501].includes(error.status ?? 0)) return undefined;
        throw error;
      }
    },
  };
}

function summary(id: string, body: z.output<typeof batch>): Batch {
  const { metrics, tags } = body;
  const output = metrics?.outputRecordCount ?? body.recordCount ?? 0;
  const failed = metrics?.failedRecordCount ?? body.failedRecordCount ?? 0;
  const tag = (name: string) => {
    const value = tags?.[name];
    return Array.isArray(value) && typeof value[0] === "string" ? value[0] : undefined;
  };
  return {
    id,
    status: body.status,
    createdAt: body.created ?? body.started ?? 0,
    updatedAt: body.completed ?? body.updated,
    datasetIds: (body.relatedObjects ?? []).filter(({ type }) => type === "dataSet").map((one) => one.id),
    flowId: tag("acp_flowId") ?? tag("flowId"),
    runId: tag("acp_flowRunId") ?? tag("flowRunId"),
    records: { input: metrics?.inputRecordCount ?? output + failed, output, failed },
    errors: (body.errors ?? []).map(({ code, description, message, recordCount }) => ({
      code,
      message: description ?? message ?? "",
      ...(recordCount !== undefined && { recordCount }),
    })),
  };
}

/** One JSON object a line: the record's fields, `_errors` (a list; one object in some files), `_filename`. */
function failedRows(text: string, file: string, limit: number): FailedRow[] {
  const found: FailedRow[] = [];
  for (const line of text.split("\n")) {
    if (found.length >= limit) break;
    if (line.trim() === "") continue;
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      found.push({ record: line, errors: [], file });
      continue;
    }
    const { _errors, _filename, _corrupt_record, ...record } = (parsed ?? {}) as Record<string, unknown>;
    const errors = (Array.isArray(_errors) ? _errors : _errors === undefined ? [] : [_errors]).map(rowError);
    found.push({ record: _corrupt_record ?? record, errors, file: typeof _filename === "string" ? _filename : file });
  }
  return found;
}

function rowError(value: unknown): FailedRow["errors"][number] {
  const error = (typeof value === "object" && value !== null ? value : { message: value }) as Record<string, unknown>;
  return {
    code: String(error["code"] ?? ""),
    message: String(error["message"] ?? error["description"] ?? ""),
    ...(typeof error["column"] === "string" && { column: error["column"] }),
  };
}
