import { z } from "zod";
import type { AepClient } from "./client.ts";
import type { Call } from "./http.ts";
import { orGone, shaped } from "./shape.ts";

const BASE = "/data/foundation/flowservice";
/** Most objects the service gives in one page. */
const PAGE = 100;

/** Collections of managed objects. */
export type FlowCollection = "connections" | "sourceConnections" | "targetConnections" | "flows";

const entity = z.looseObject({
  id: z.string(),
  name: z.string().optional(),
  description: z.string().nullish(),
  state: z.string().optional(),
  etag: z.string().optional(),
  version: z.unknown().optional(),
  createdAt: z.coerce.number().optional(),
});
const items = z.looseObject({
  items: z.array(entity),
  _links: z.looseObject({ next: z.looseObject({ href: z.string().optional() }).nullish() }).nullish(),
});
const created = z.looseObject({ id: z.string() });
const tested = z.looseObject({ result: z.boolean().default(true) });

/** One connection or flow as the service gives it; times are epoch milliseconds. */
export type FlowEntity = z.output<typeof entity>;

/** One JSON Patch operation; the service knows `add`, `replace` and `remove`. */
export interface PatchOperation {
  op: "add" | "replace" | "remove";
  path: string;
  value?: unknown;
}

export type FlowService = ReturnType<typeof flowService>;

/** Flow Service of one sandbox: connections, flows, specs and runs. */
export function flowService(client: AepClient, sandbox: string) {
  const call = (part: Omit<Call, "sandbox">) => client({ ...part, path: BASE + part.path, sandbox });

  async function get(collection: string, id: string): Promise<FlowEntity | undefined> {
    const path = `/${collection}/${encodeURIComponent(id)}`;
    const answer = await orGone(call({ method: "GET", path }));
    return answer && shaped(items, answer, { method: "GET", path }).items[0];
  }

  return {
    /** The object, or undefined when it does not exist. Single reads are wrapped in a list of one. */
    get: (collection: FlowCollection, id: string) => get(collection, id),

    /** Every object that passes all `filters` (such as `name==x`), page by page until the service names no next page. */
    async *list(
      collection: FlowCollection | "runs" | "connectionSpecs" | "flowSpecs",
      filters: string[] = [],
    ): AsyncGenerator<FlowEntity> {
      let token: string | undefined;
      do {
        const query = [
          ...filters.map((filter) => ["property", filter] as const),
          ["limit", client.pageSize ?? PAGE] as const,
          ["continuationToken", token] as const,
        ];
        const path = `/${collection}`;
        const page = shaped(items, await call({ method: "GET", path, query }), { method: "GET", path });
        yield* page.items;
        token = continuation(page._links?.next?.href, token);
      } while (token !== undefined);
    },

    /** Creates an object and gives its id. Names are not unique: a lost answer must be looked up, never repeated. */
    async create(collection: FlowCollection, body: object): Promise<string> {
      const path = `/${collection}`;
      return shaped(created, await call({ method: "POST", path, json: body }), { method: "POST", path }).id;
    },

    /** Changes an object that still has `etag`; AEP_ETAG_MISMATCH when somebody was faster. */
    async patch(collection: FlowCollection, id: string, etag: string, operations: PatchOperation[]): Promise<void> {
      await call({ method: "PATCH", path: `/${collection}/${id}`, headers: { "if-match": etag }, json: operations });
    },

    /** Enables or disables a flow. Repeating it changes nothing; in the state it leads to it is refused (FLOW-1422). */
    async action(id: string, op: "enable" | "disable"): Promise<void> {
      await call({ method: "POST", path: `/flows/${id}/action`, query: [["op", op]], idempotent: true });
    },

    /** Deletes an object; one that is gone already counts as deleted. */
    async remove(collection: FlowCollection, id: string): Promise<void> {
      await orGone(call({ method: "DELETE", path: `/${collection}/${id}` }));
    },

    /** Has the service sign in at a base connection's source. @throws AepError with the source's words when it is not let in */
    async test(id: string): Promise<boolean> {
      const path = `/connections/${encodeURIComponent(id)}/test`;
      return shaped(tested, await call({ method: "GET", path }), { method: "GET", path }).result;
    },

    /** A connection spec or flow spec by id. */
    spec: (collection: "connectionSpecs" | "flowSpecs", id: string) => get(collection, id),
  };
}

/** The token in a relative `next` link; a link that does not move on ends the list instead of looping for ever. */
function continuation(href: string | undefined, previous: string | undefined): string | undefined {
  if (!href) return undefined;
  const token = URL.parse(href, "https://aep.invalid")?.searchParams.get("continuationToken") ?? undefined;
  return token === previous ? undefined : token;
}
