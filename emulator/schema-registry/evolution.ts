/**
 * Change under use. A schema is in use when a dataset refers to it or it is in Profile (documents name both, and the
 * arrival of data; the emulator takes the earliest). From then on it may grow, and nothing may be taken away from it.
 */
import { composeSchema, type JsonSchema } from "../../mapping/xdm/model.ts";
import { isObject } from "../http.ts";
import { type Problem, registryProblem } from "../problem.ts";
import type { Entity, SandboxState, World } from "../store.ts";
import { refsOf } from "./entity.ts";
import { KINDS, type ResourceKind } from "./kinds.ts";
import { altIdOf, findResource } from "./lookup.ts";
import { isInProfile } from "./profile.ts";

const PROFILE = "Real-Time Customer Profile";

/** The code of this refusal is undocumented; XDM-4000-400 is ours. */
function refusal(title: string, detail: string): Problem {
  return registryProblem(4000, 400, title, detail);
}

/** Who holds the schema: the datasets' names, or Profile; undefined when it is free. */
export function heldBy(sandbox: SandboxState, schema: Entity): string | undefined {
  const datasets = [...sandbox.catalog.dataSets].filter(
    ([, dataset]) => altIdOf(String(dataset["schemaRef"]?.["id"])) === schema["meta:altId"],
  );
  if (datasets.length > 0) return `dataset ${datasets.map(([id, dataset]) => `${dataset["name"]} (${id})`).join(", ")}`;
  return isInProfile(schema) ? PROFILE : undefined;
}

/** Refuses a change of `after` that takes something away from any schema in use built on it. */
export function checkEvolution(sandbox: SandboxState, before: Entity, after: Entity): void {
  for (const schema of sandbox.registry.schemas.values()) {
    const holder = heldBy(sandbox, schema);
    if (!holder || !reaches(sandbox, schema, before["meta:altId"])) continue;
    const next = schema["$id"] === after["$id"] ? after : schema;
    if (next["meta:class"] !== schema["meta:class"])
      throw refusal(
        "Schema cannot be modified",
        `The class of schema ${schema["$id"]} cannot change: used by ${holder}`,
      );
    const found = breakingChange(
      composeSchema(schema, ($id) => findResource(sandbox, $id)),
      composeSchema(next, ($id) => (altIdOf($id) === after["meta:altId"] ? after : findResource(sandbox, $id))),
      "",
    );
    if (found) throw refusal("Schema cannot be modified", `${found}: schema ${schema["$id"]} is used by ${holder}`);
  }
}

/** Refuses to delete a schema in use, or a resource another one refers to. */
export function checkUnused(world: World, sandbox: SandboxState, kind: ResourceKind, entity: Entity): void {
  const holder = kind === "schemas" ? heldBy(sandbox, entity) : userOf(sandbox, entity);
  if (holder === undefined || (holder === PROFILE && world.settings.profileDelete === "allowed")) return;
  const title = kind === "schemas" ? "Schema cannot be deleted" : "Resource cannot be deleted";
  throw refusal(title, `${entity["$id"]} is used by ${holder}`);
}

function userOf(sandbox: SandboxState, entity: Entity): string | undefined {
  for (const kind of Object.keys(KINDS) as ResourceKind[])
    for (const other of sandbox.registry[kind].values())
      if (other["$id"] !== entity["$id"] && allRefs(other).includes(entity["$id"]))
        return `${KINDS[kind].segment} ${other["title"]} (${other["$id"]})`;
  return undefined;
}

/** Whether the resource is the schema itself or something it is built of, however far down. */
function reaches(sandbox: SandboxState, schema: Entity, altId: string): boolean {
  const seen = new Set<string>();
  const queue = [schema];
  for (let item = queue.pop(); item; item = queue.pop()) {
    if (item["meta:altId"] === altId) return true;
    for (const ref of allRefs(item)) {
      const next = seen.has(ref) ? undefined : findResource(sandbox, ref);
      seen.add(ref);
      if (next) queue.push(next);
    }
  }
  return false;
}

/** Every reference to another resource, in `allOf` and inside fields. */
function allRefs(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(allRefs);
  if (!isObject(node)) return [];
  const own = refsOf({ allOf: [node] });
  return [...own, ...Object.values(node).flatMap(allRefs)];
}

/** What was taken away, in words; undefined when the new schema only adds. */
function breakingChange(before: JsonSchema, after: JsonSchema, path: string): string | undefined {
  if (before.type !== after.type) return `Field ${path} changes its type from ${before.type} to ${after.type}`;
  const narrowed = narrower(before, after);
  if (narrowed) return `Field ${path} narrows its ${narrowed}`;
  if (before.items && after.items) return breakingChange(before.items, after.items, `${path}[*]`);
  for (const [key, child] of Object.entries(before.properties ?? {})) {
    const next = after.properties?.[key];
    if (!next) return `Field ${path}/${key} is removed`;
    const found = breakingChange(child, next, `${path}/${key}`);
    if (found) return found;
  }
  return undefined;
}

function narrower(before: JsonSchema, after: JsonSchema): string | undefined {
  if (after.enum && !before.enum?.every((value) => after.enum?.includes(value))) return "enum";
  if (before.format !== after.format && after.format !== undefined) return "format";
  if (before.pattern !== after.pattern && after.pattern !== undefined) return "pattern";
  for (const key of ["minimum", "minLength"] as const)
    if ((after[key] ?? Number.NEGATIVE_INFINITY) > (before[key] ?? Number.NEGATIVE_INFINITY)) return key;
  for (const key of ["maximum", "maxLength"] as const)
    if ((after[key] ?? Number.POSITIVE_INFINITY) < (before[key] ?? Number.POSITIVE_INFINITY)) return key;
  return undefined;
}
