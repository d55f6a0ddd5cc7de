import { z } from "zod";
import type { AepClient } from "./client.ts";
import type { Call } from "./http.ts";
import { orGone, shaped } from "./shape.ts";

const BASE = "/data/foundation/catalog";
/** Most datasets in one page; without a limit the service gives 20. */
const PAGE = 100;

const dataset = z.looseObject({
  name: z.string().optional(),
  description: z.string().nullish(),
  created: z.coerce.number().optional(),
  createdClient: z.string().optional(),
  tags: z.record(z.string(), z.array(z.string())).nullish(),
  schemaRef: z.looseObject({ id: z.string(), contentType: z.string().optional() }).optional(),
  enableErrorDiagnostics: z.boolean().nullish(),
});
const datasets = z.record(z.string(), dataset);
const references = z.array(z.string()).min(1);

/** A dataset as Catalog gives it, with its id; times are epoch milliseconds. */
export type DatasetEntity = z.output<typeof dataset> & { id: string };

export type Catalog = ReturnType<typeof catalog>;

/** Catalog of one sandbox: datasets and batches. */
export function catalog(client: AepClient, sandbox: string) {
  const call = (part: Omit<Call, "sandbox">) => client({ ...part, path: BASE + part.path, sandbox });
  const contentType = { "content-type": "application/json-patch+json" };

  return {
    /** The dataset, or undefined when it does not exist. Answers are keyed by id. */
    async get(id: string): Promise<DatasetEntity | undefined> {
      const path = `/dataSets/${encodeURIComponent(id)}`;
      const answer = await orGone(call({ method: "GET", path }));
      if (answer === undefined || (Array.isArray(answer.body) && answer.body.length === 0)) return undefined;
      const found = shaped(datasets, answer, { method: "GET", path })[id];
      return found && { ...found, id };
    },

    /** Every dataset that passes all `filters` (such as `name==x`). Reads on until a page is empty: pages may be short. */
    async *list(filters: string[] = []): AsyncGenerator<DatasetEntity> {
      const path = "/dataSets";
      for (let start = 0; ; ) {
        const query = [
          ...filters.map((filter) => ["property", filter] as const),
          ["limit", client.pageSize ?? PAGE] as const,
          ["start", start] as const,
          ["orderBy", "asc:created"] as const,
        ];
        const page = Object.entries(
          shaped(datasets, await call({ method: "GET", path, query }), { method: "GET", path }),
        );
        for (const [id, body] of page) yield { ...body, id };
        if (page.length === 0) return;
        start += page.length;
      }
    },

    /** Creates a dataset and gives its id, the last part of the reference answered. */
    async create(body: object): Promise<string> {
      const path = "/dataSets";
      const [reference = ""] = shaped(references, await call({ method: "POST", path, json: body }), {
        method: "POST",
        path,
      });
      return reference.split("/").at(-1) ?? "";
    },

    /** Merges top-level fields; `tags` only by JSON Patch, so that the service's own tags stay. */
    async merge(id: string, fields: object): Promise<void> {
      await call({ method: "PATCH", path: `/dataSets/${id}`, json: fields });
    },

    /** Applies a JSON Patch. */
    async patch(id: string, operations: object[]): Promise<void> {
      await call({ method: "PATCH", path: `/dataSets/${id}`, headers: contentType, json: operations });
    },

    /** Deletes a dataset; one that is gone already counts as deleted. */
    async remove(id: string): Promise<void> {
      await orGone(call({ method: "DELETE", path: `/dataSets/${id}` }));
    },
  };
}
