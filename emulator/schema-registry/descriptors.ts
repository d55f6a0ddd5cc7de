/** Descriptors: what a schema's field means, above all which field is an identity. */
import type { Context, Hono } from "hono";
import { headerOf, readObject } from "../http.ts";
import { registryProblem } from "../problem.ts";
import type { Entity, Env, SandboxState, World } from "../store.ts";
import { acceptForDescriptors, checkAcceptForDescriptor } from "./accept.ts";
import { checkDescriptor } from "./descriptor-rules.ts";
import { metadata } from "./entity.ts";
import { NOT_FOUND } from "./kinds.ts";
import { registryPage } from "./lists.ts";
import { missing } from "./lookup.ts";
import { hasIdentity, isInProfile } from "./profile.ts";
import { nextLink } from "./resources.ts";

type C = Context<Env>;

export function descriptorRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/:container{global|tenant}/descriptors", (c) => c.json(list(c, world)));
  routes.get("/:container{global|tenant}/descriptors/:id", (c) => {
    checkAcceptForDescriptor(headerOf(c, "accept"));
    return c.json(existing(c));
  });
  routes.post("/tenant/descriptors", async (c) => c.json(create(c, world, await readObject(c)), 201));
  routes.put("/tenant/descriptors/:id", async (c) => c.json(replace(c, world, await readObject(c)), 201));
  routes.delete("/tenant/descriptors/:id", (c) => {
    remove(c, world);
    return c.body(null, 204);
  });
}

function existing(c: C): Entity {
  const id = c.req.param("id") ?? "";
  const found = c.req.param("container") === "global" ? undefined : c.get("sandbox").registry.descriptors.get(id);
  if (!found) throw missing(NOT_FOUND.descriptors, id);
  return found;
}

/** Grouped by `@type` (absent types are left out), or with a v2 media type one page of a flat list. */
function list(c: C, world: World): Entity {
  const accept = acceptForDescriptors(headerOf(c, "accept"));
  const all = c.req.param("container") === "global" ? [] : c.get("sandbox").registry.descriptors;
  const shown = (item: Entity) => {
    if (accept.form === "id") return item["@id"];
    return accept.form === "link" ? `/data/foundation/schemaregistry/tenant/descriptors/${item["@id"]}` : item;
  };
  const page = registryPage(world, all, accept.paged ? c.req.queries() : { property: c.req.queries("property") ?? [] });
  if (accept.paged)
    return {
      results: page.results.map(shown),
      _page: page._page,
      _links: { next: nextLink(c, page._page.next) },
    };
  const grouped: Entity = {};
  for (const item of page.results) {
    const type = String(item["@type"]);
    grouped[type] = [...(grouped[type] ?? []), shown(item)];
  }
  return grouped;
}

function create(c: C, world: World, body: Entity): Entity {
  const sandbox = c.get("sandbox");
  const entity = descriptor(world, sandbox, world.ids.hex(40), body, metadata(world));
  checkDescriptor(world, sandbox, entity);
  sandbox.registry.descriptors.set(entity["@id"], entity);
  return entity;
}

/** A full rewrite; the docs answer 201 with the id alone, the spec 200 with the object: as the docs. */
function replace(c: C, world: World, body: Entity): Entity {
  const sandbox = c.get("sandbox");
  const before = existing(c);
  const kept = {
    ...before["meta:registryMetadata"],
    "repo:lastModifiedDate": world.clock.now(),
    eTag: world.ids.hex(64),
  };
  const after = descriptor(world, sandbox, before["@id"], body, kept);
  checkDescriptor(world, sandbox, after);
  if (before["xdm:isPrimary"] && !after["xdm:isPrimary"]) keepIdentity(world, sandbox, before);
  sandbox.registry.descriptors.set(after["@id"], after);
  return { "@id": after["@id"] };
}

function remove(c: C, world: World): void {
  const sandbox = c.get("sandbox");
  const entity = existing(c);
  if (entity["xdm:isPrimary"]) keepIdentity(world, sandbox, entity);
  sandbox.registry.descriptors.delete(entity["@id"]);
}

/** A schema in Profile must keep an identity; that deleting the last one is refused is assumed. */
function keepIdentity(world: World, sandbox: SandboxState, entity: Entity): void {
  if (world.settings.profileDelete === "allowed") return;
  const schema = [...sandbox.registry.schemas.values()].find((item) => item["$id"] === entity["xdm:sourceSchema"]);
  if (!schema || !isInProfile(schema) || hasIdentity(sandbox, schema, entity["@id"])) return;
  throw registryProblem(
    1528,
    400,
    "Real-Time Customer Profile error",
    `Schema ${schema["$id"]} is in Profile and needs its primary identity`,
  );
}

function descriptor(world: World, sandbox: SandboxState, id: string, body: Entity, registryMetadata: Entity): Entity {
  const { "@id": _id, ...own } = body;
  return {
    "@id": id,
    ...structuredClone(own),
    imsOrg: world.org,
    version: "1",
    "meta:containerId": "tenant",
    "meta:sandboxId": sandbox.entity["id"],
    "meta:sandboxType": sandbox.entity["type"],
    "meta:registryMetadata": registryMetadata,
  };
}
