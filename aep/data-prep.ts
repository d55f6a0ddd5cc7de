import { z } from "zod";
import { AepError } from "../errors.ts";
import type { AepClient } from "./client.ts";
import type { Call } from "./http.ts";
import { log } from "./log.ts";
import { orGone, shaped } from "./shape.ts";

const BASE = "/data/foundation/conversion";
const PAGE = 100;

const row = z.looseObject({
  sourceType: z.string().optional(),
  source: z.string().nullish(),
  destination: z.string().nullish(),
  sourceAttribute: z.string().nullish(),
  destinationXdmPath: z.string().nullish(),
});
const mappingSet = z.looseObject({
  id: z.string(),
  version: z.coerce.number(),
  name: z.string().nullish(),
  createdDate: z.union([z.number(), z.string()]).optional(),
  outputSchema: z.looseObject({ schemaRef: z.looseObject({ id: z.string() }).optional() }).nullish(),
  xdmSchema: z.string().nullish(),
  mappings: z.array(row).nullish(),
});
const page = z.looseObject({ data: z.array(mappingSet) });
const created = z.looseObject({ id: z.string(), version: z.coerce.number().default(0) });
const verdicts = z.looseObject({
  validationResponse: z.array(
    z.looseObject({
      status: z.string(),
      errors: z.array(z.looseObject({ exception: z.string().optional() })).nullish(),
    }),
  ),
});
const previewRow = z.looseObject({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.looseObject({ destination: z.string().nullish(), exception: z.string().nullish() })).nullish(),
});
const previewed = z.union([z.array(previewRow), previewRow]);

export type MappingSetEntity = z.output<typeof mappingSet>;

export type DataPrep = ReturnType<typeof dataPrep>;

/** Data Prep of one sandbox: mapping sets. */
export function dataPrep(client: AepClient, sandbox: string) {
  const call = (part: Omit<Call, "sandbox">) => client({ ...part, path: BASE + part.path, sandbox });

  return {
    /** The mapping set in its latest version, or in `version`; undefined when it does not exist. */
    async get(id: string, version?: number): Promise<MappingSetEntity | undefined> {
      const path = `/mappingSets/${encodeURIComponent(id)}`;
      const answer = await orGone(call({ method: "GET", path, query: [["version", version]] }));
      return answer && shaped(mappingSet, answer, { method: "GET", path });
    },

    /** Every mapping set in its latest version, with its rows. Reads on until a page is empty: pages may be short. */
    async *list(): AsyncGenerator<MappingSetEntity> {
      const path = "/mappingSets";
      for (let start = 0; ; ) {
        const query = [
          ["limit", client.pageSize ?? PAGE],
          ["start", start],
          ["orderBy", "+createdDate"],
        ] as const;
        const { data } = shaped(page, await call({ method: "GET", path, query }), { method: "GET", path });
        yield* data;
        if (data.length === 0) return;
        start += data.length;
      }
    },

    /** Creates a mapping set; its first version is 0. */
    async create(body: object): Promise<{ id: string; version: number }> {
      const path = "/mappingSets";
      return shaped(created, await call({ method: "POST", path, json: body }), { method: "POST", path });
    },

    /** Writes a new version of the whole set and gives its number. Some answers lack it; then the latest is read. */
    async put(id: string, body: object): Promise<number> {
      const answer = await call({ method: "PUT", path: `/mappingSets/${id}`, json: body });
      const { version } = (answer.body ?? {}) as { version?: unknown };
      if (version !== undefined && version !== null) return Number(version);
      return (await this.get(id))?.version ?? 0;
    },

    /** Has the service check every row; one verdict for each, in order. A bad row is a verdict, not an error. */
    async validate(body: object): Promise<Array<{ ok: boolean; message: string }>> {
      const path = "/mappingSets/validate";
      const answer = await call({ method: "POST", path, json: body, idempotent: true });
      return shaped(verdicts, answer, { method: "POST", path }).validationResponse.map(({ status, errors }) => ({
        ok: status === "SUCCESS",
        message: (errors ?? []).map((error) => error.exception ?? "").join("; "),
      }));
    },

    /** Has the service map sample events. Both documented forms of the answer are understood: a list, and one object. */
    async preview(body: object): Promise<Array<{ data: Record<string, unknown>; errors: string[] }>> {
      const path = "/mappingSets/preview";
      const answer = await call({ method: "POST", path, json: body, idempotent: true });
      const rows = shaped(previewed, answer, { method: "POST", path });
      return (Array.isArray(rows) ? rows : [rows]).map(({ data, errors }) => ({
        data: data ?? {},
        errors: (errors ?? []).map(
          ({ destination, exception }) => `${destination ?? "a row"}: ${exception ?? "failed"}`,
        ),
      }));
    },

    /** Deletes a mapping set. Adobe does not document it: where it is not offered the set stays, with a warning. */
    async remove(id: string): Promise<void> {
      try {
        await orGone(call({ method: "DELETE", path: `/mappingSets/${id}` }));
      } catch (error) {
        if (!(error instanceof AepError) || ![403, 405, 501].includes(error.status ?? 0)) throw error;
        log.warn({ mappingSet: id, sandbox }, "Data Prep does not delete mapping sets here; the set stays, unused");
      }
    },
  };
}
