import { z } from "zod";
import type { AepClient } from "./client.ts";
import type { Call } from "./http.ts";
import { orGone, shaped } from "./shape.ts";

const BASE = "/data/foundation/schemaregistry";
const PAGE = 300;
const LOOKUP = "application/vnd.adobe.xed+json; version=1";
const FULL = "application/vnd.adobe.xed-full+json; version=1";
const LIST = "application/vnd.adobe.xed+json";
const DESCRIPTOR = "application/vnd.adobe.xdm+json";
const DESCRIPTOR_LIST = "application/vnd.adobe.xdm-v2+json";

const resource = z.looseObject({
  $id: z.string(),
  "meta:altId": z.string().optional(),
  title: z.string().optional(),
  description: z.string().nullish(),
  allOf: z.array(z.looseObject({ $ref: z.string().optional() })).nullish(),
  "meta:immutableTags": z.array(z.string()).nullish(),
  "meta:intendedToExtend": z.array(z.string()).nullish(),
  "meta:registryMetadata": z.looseObject({}).nullish(),
});
const descriptor = z.looseObject({
  "@id": z.string(),
  "@type": z.string().optional(),
  "xdm:sourceSchema": z.string().optional(),
  "xdm:sourceProperty": z.string().optional(),
  "xdm:namespace": z.string().optional(),
  "xdm:isPrimary": z.boolean().nullish(),
});
const stats = z.looseObject({ tenantId: z.string() });
const pageInfo = z.looseObject({ next: z.union([z.string(), z.number()]).nullish() }).nullish();
const resourcePage = z.looseObject({ results: z.array(resource), _page: pageInfo });
const descriptorPage = z.looseObject({ results: z.array(descriptor), _page: pageInfo });

/** A schema or field group with `$ref` and `allOf` as written. */
export type RegistryEntity = z.output<typeof resource>;
export type DescriptorEntity = z.output<typeof descriptor>;
export type RegistryCollection = "schemas" | "fieldgroups";

export type SchemaRegistry = ReturnType<typeof schemaRegistry>;

/** Schema Registry of one sandbox. Ids may be `$id` or `meta:altId`; both go into a path as one encoded segment. */
export function schemaRegistry(client: AepClient, sandbox: string) {
  const call = (part: Omit<Call, "sandbox">) => client({ ...part, path: BASE + part.path, sandbox });
  const at = (collection: string, id: string) => `/tenant/${collection}/${encodeURIComponent(id)}`;

  async function* pages<T>(
    path: string,
    accept: string,
    schema: z.ZodType<Page<T>>,
    { orderby, filters = [] }: { orderby?: string; filters?: string[] } = {},
  ): AsyncGenerator<T> {
    let start: string | number | undefined;
    do {
      const query = [
        ...filters.map((filter) => ["property", filter] as const),
        ["limit", client.pageSize ?? PAGE] as const,
        ["orderby", orderby] as const,
        ["start", start] as const,
      ];
      const answer = await call({ method: "GET", path, query, headers: { accept } });
      const page = shaped(schema, answer, { method: "GET", path });
      yield* page.results;
      const next = page._page?.next ?? undefined;
      start = next === start ? undefined : next;
    } while (start !== undefined);
  }

  return {
    /** The organisation's tenant id, without its underscore (Adobe doc). */
    async tenantId(): Promise<string> {
      const path = "/stats";
      return shaped(stats, await call({ method: "GET", path }), { method: "GET", path }).tenantId;
    },

    /** The tenant resource, or undefined when it does not exist. */
    async get(collection: RegistryCollection, id: string): Promise<RegistryEntity | undefined> {
      const path = at(collection, id);
      const answer = await orGone(call({ method: "GET", path, headers: { accept: LOOKUP } }));
      return answer && shaped(resource, answer, { method: "GET", path });
    },

    /** One of Adobe's own resources with every reference resolved, or undefined when the sandbox does not have it. */
    async standard(collection: RegistryCollection | "classes", id: string): Promise<RegistryEntity | undefined> {
      const path = `/global/${collection}/${encodeURIComponent(id)}`;
      const answer = await orGone(call({ method: "GET", path, headers: { accept: FULL } }));
      return answer && shaped(resource, answer, { method: "GET", path });
    },

    /** Every tenant resource that passes all `filters` (such as `title==x`), bodies as written, in order of title. */
    list: (collection: RegistryCollection, filters: string[] = []) =>
      pages<RegistryEntity>(`/tenant/${collection}`, LIST, resourcePage, { orderby: "title", filters }),

    /** Creates a resource and gives its `$id`. Titles are unique in the tenant. */
    async create(collection: RegistryCollection, body: object): Promise<string> {
      const path = `/tenant/${collection}`;
      return shaped(resource, await call({ method: "POST", path, json: body }), { method: "POST", path }).$id;
    },

    /** Writes the whole resource; parts left out are gone. */
    async put(collection: RegistryCollection, id: string, body: object): Promise<void> {
      await call({ method: "PUT", path: at(collection, id), json: body });
    },

    /** Enables a schema for Profile. There is no way back. */
    async enableProfile(id: string): Promise<void> {
      const json = [{ op: "add", path: "/meta:immutableTags", value: ["union"] }];
      await call({ method: "PATCH", path: at("schemas", id), json });
    },

    /** Deletes a resource; one that is gone already counts as deleted. */
    async remove(collection: RegistryCollection | "descriptors", id: string): Promise<void> {
      await orGone(call({ method: "DELETE", path: at(collection, id) }));
    },

    async getDescriptor(id: string): Promise<DescriptorEntity | undefined> {
      const path = at("descriptors", id);
      const answer = await orGone(call({ method: "GET", path, headers: { accept: DESCRIPTOR } }));
      return answer && shaped(descriptor, answer, { method: "GET", path });
    },

    listDescriptors: () => pages<DescriptorEntity>("/tenant/descriptors", DESCRIPTOR_LIST, descriptorPage),

    /** Creates a descriptor and gives its `@id`. */
    async createDescriptor(body: object): Promise<string> {
      const path = "/tenant/descriptors";
      return shaped(descriptor, await call({ method: "POST", path, json: body }), { method: "POST", path })["@id"];
    },

    /** Writes the whole descriptor. The services's answer is 201 with an id or 200 with the object; neither is needed. */
    async putDescriptor(id: string, body: object): Promise<void> {
      await call({ method: "PUT", path: at("descriptors", id), json: body });
    },
  };
}

interface Page<T> {
  results: T[];
  _page?: { next?: string | number | null } | null;
}
