/** Whom a row is about: the primary identity that Profile keeps it under. */
import { tagEnabled } from "../catalog/entity.ts";
import { isObject } from "../http.ts";
import { altIdOf } from "../schema-registry/lookup.ts";
import { isInProfile } from "../schema-registry/profile.ts";
import type { Entity, SandboxState } from "../store.ts";
import type { Identity } from "./row-index.ts";

/** Which person a row of a dataset is about; null for nobody that Profile could tell. */
export type WhoIs = (row: Entity) => Identity | null;

/**
 * How rows of a dataset are told apart while it is enabled for Profile; undefined while it is not. The schema's descriptor of a primary
 * identity says it; without one the identity map's item that is marked primary does. A row without such a value lands in the dataset
 * and is not taken by Profile: it fails Profile's validation, not the data lake's. (Adobe's knowledge base, article 29740.)
 */
export function whoIs(sandbox: SandboxState, dataset: Entity): WhoIs | undefined {
  const schema = sandbox.registry.schemas.get(altIdOf(String(dataset["schemaRef"]?.id)));
  if (!schema || !isInProfile(schema) || !tagEnabled(dataset, "unifiedProfile")) return undefined;
  const fields = [...sandbox.registry.descriptors.values()].filter(
    (one) =>
      one["@type"] === "xdm:descriptorIdentity" &&
      one["xdm:sourceSchema"] === schema["$id"] &&
      one["xdm:isPrimary"] === true,
  );
  const primary = fields.map((one) => ({
    namespace: String(one["xdm:namespace"]),
    path: String(one["xdm:sourceProperty"]).slice(1).split("/"),
  }));
  return (row) => {
    for (const { namespace, path } of primary) {
      const id = textAt(row, path);
      if (id !== undefined) return { namespace, id };
    }
    return primary.length > 0 ? null : markedPrimary(row["identityMap"]);
  };
}

function textAt(row: Entity, path: readonly string[]): string | undefined {
  let value: unknown = row;
  for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof value === "string" || typeof value === "number" ? String(value) || undefined : undefined;
}

function markedPrimary(map: unknown): Identity | null {
  if (!isObject(map)) return null;
  for (const [namespace, items] of Object.entries(map)) {
    const found = Array.isArray(items) ? items.find((item) => isObject(item) && item["primary"] === true) : undefined;
    const id = found && textAt(found, ["id"]);
    if (id !== undefined) return { namespace, id };
  }
  return null;
}
