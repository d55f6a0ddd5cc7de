/** What the kinds of the Schema Registry share. */
import type { RegistryCollection, RegistryEntity } from "../aep/schema-registry.ts";
import type { Context } from "./context.ts";
import { plainName } from "./flow-objects.ts";
import type { Source } from "./reads.ts";
import { at } from "./values.ts";

export function registrySource(context: Context, collection: RegistryCollection): Source<RegistryEntity> {
  return {
    get: (id) => context.registry.get(collection, id),
    list: () => context.registry.list(collection),
    idOf: (object) => object.$id,
  };
}

/** Resources of a title, of which there is one at most. */
export async function* findByTitle(
  context: Context,
  collection: RegistryCollection,
  title: unknown,
): AsyncGenerator<RegistryEntity> {
  const filters = plainName(title) ? [`title==${title}`] : [];
  for await (const object of context.registry.list(collection, filters)) if (object.title === title) yield object;
}

/** Creation time in epoch milliseconds. */
export function createdAt(object: RegistryEntity): number | undefined {
  const time = at(object["meta:registryMetadata"], "repo:createdDate");
  return typeof time === "number" ? time : undefined;
}
