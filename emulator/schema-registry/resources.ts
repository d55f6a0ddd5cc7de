/** Routes of classes, schemas, field groups (also under their old name, mixins) and data types. */
import type { Context, Hono } from "hono";
import { headerOf, readJson, readObject } from "../http.ts";
import { applyPatch, PatchError, parsePatch } from "../json-patch.ts";
import type { Entity, Env, World } from "../store.ts";
import { acceptForList, acceptForLookup } from "./accept.ts";
import { newResource, touchResource, withBody } from "./entity.ts";
import { checkEvolution, checkUnused } from "./evolution.ts";
import { KINDS, type ResourceKind } from "./kinds.ts";
import { keyed, registryPage } from "./lists.ts";
import { existing, globalResources, missing } from "./lookup.ts";
import { checkUnionTag } from "./profile.ts";
import { render } from "./render.ts";
import { checkResource, invalid } from "./rules.ts";

type C = Context<Env>;

/** Adds the six operations of one kind under `/global|tenant/<plural>`. */
export function resourceRoutes(routes: Hono<Env>, world: World, kind: ResourceKind, plural: string): void {
  const one = `/:container{global|tenant}/${plural}/:id` as const;
  const own = `/tenant/${plural}/:id` as const;
  routes.get(`/:container{global|tenant}/${plural}`, (c) => c.json(list(c, world, kind)));
  routes.get(one, (c) => c.json(lookup(c, kind)));
  routes.post(`/tenant/${plural}`, async (c) => c.json(create(c, world, kind, await readObject(c)), 201));
  routes.put(own, async (c) => c.json(change(c, world, kind, await readObject(c))));
  routes.patch(own, async (c) => {
    const body = await readJson(c, { types: ["application/json-patch+json"] });
    return c.json(change(c, world, kind, patched(existing(c.get("sandbox"), "tenant", kind, idOf(c)), body)));
  });
  routes.delete(own, (c) => {
    remove(c, world, kind);
    return c.body(null, 204);
  });
}

function idOf(c: C): string {
  return c.req.param("id") ?? "";
}

function list(c: C, world: World, kind: ResourceKind): Entity {
  const accept = acceptForList(headerOf(c, "accept"));
  const sandbox = c.get("sandbox");
  const container = c.req.param("container") ?? "tenant";
  const { segment } = KINDS[kind];
  const all = container === "global" ? keyed(globalResources(sandbox, segment)) : sandbox.registry[kind];
  const page = registryPage(world, all, c.req.queries());
  const other = container === "global" ? "tenant" : "global";
  return {
    results: page.results.map((resource) => render(sandbox, resource, accept)),
    _page: page._page,
    _links: {
      next: nextLink(c, page._page.next),
      [`${other}_${kind}`]: { href: `${world.origin}/data/foundation/schemaregistry/${other}/${kind}` },
    },
  };
}

/** The same list from the last value on; null at the end. */
export function nextLink(c: C, next: string | null): { href: string } | null {
  if (next === null) return null;
  const url = new URL(c.req.url);
  url.searchParams.set("start", next);
  return { href: `${url.pathname}${url.search}` };
}

function lookup(c: C, kind: ResourceKind): Entity {
  const accept = acceptForLookup(headerOf(c, "accept"));
  const sandbox = c.get("sandbox");
  const resource = existing(sandbox, c.req.param("container") ?? "tenant", kind, idOf(c));
  const version = accept.version ?? "1";
  // A whole number means the major version, its latest minor; older minors are not kept.
  const fits = version === String(resource["version"]).split(".")[0] || version === resource["version"];
  if (!fits) throw missing(KINDS[kind].notFound, idOf(c), version);
  return render(sandbox, resource, accept);
}

function create(c: C, world: World, kind: ResourceKind, body: Entity): Entity {
  const sandbox = c.get("sandbox");
  const entity = newResource(world, sandbox, kind, body);
  checkResource(world, sandbox, kind, entity);
  if (kind === "schemas") checkUnionTag(sandbox, undefined, entity);
  sandbox.registry[kind].set(entity["meta:altId"], entity);
  return entity;
}

/** PUT and PATCH come down to the same: another whole body for the same resource. */
function change(c: C, world: World, kind: ResourceKind, body: Entity): Entity {
  const sandbox = c.get("sandbox");
  const before = existing(sandbox, "tenant", kind, idOf(c));
  const after = withBody(world, sandbox, kind, before, body);
  checkResource(world, sandbox, kind, after);
  if (kind === "schemas") checkUnionTag(sandbox, before, after);
  checkEvolution(sandbox, before, after);
  touchResource(world, after);
  sandbox.registry[kind].set(after["meta:altId"], after);
  return after;
}

function patched(entity: Entity, body: unknown): Entity {
  try {
    return applyPatch(entity, parsePatch(body));
  } catch (error) {
    if (error instanceof PatchError) throw invalid(error.message);
    throw error;
  }
}

/** Descriptors of a deleted schema go with it (assumed). */
function remove(c: C, world: World, kind: ResourceKind): void {
  const sandbox = c.get("sandbox");
  const entity = existing(sandbox, "tenant", kind, idOf(c));
  checkUnused(world, sandbox, kind, entity);
  sandbox.registry[kind].delete(entity["meta:altId"]);
  for (const [id, descriptor] of sandbox.registry.descriptors)
    if (descriptor["xdm:sourceSchema"] === entity["$id"]) sandbox.registry.descriptors.delete(id);
}
