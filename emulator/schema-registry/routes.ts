/** The Schema Registry: tenant resources, Adobe's own, descriptors, unions and the statistics. */
import { Hono } from "hono";
import { compareAt, headerOf } from "../http.ts";
import type { Entity, Env, SandboxState, World } from "../store.ts";
import { acceptForList, acceptForLookup } from "./accept.ts";
import { descriptorRoutes } from "./descriptors.ts";
import { KINDS, NOT_FOUND, type ResourceKind } from "./kinds.ts";
import { keyed, registryPage } from "./lists.ts";
import { altIdOf, findResource, globalResources, missing } from "./lookup.ts";
import { render } from "./render.ts";
import { resourceRoutes } from "./resources.ts";
import { unionRoutes, unions } from "./unions.ts";

const RECENT = 10;

export function schemaRegistryRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/stats", (c) => c.json(stats(world, c.get("sandbox"))));
  for (const kind of Object.keys(KINDS) as ResourceKind[]) resourceRoutes(routes, world, kind, kind);
  resourceRoutes(routes, world, "fieldgroups", "mixins");
  behaviorRoutes(routes, world);
  descriptorRoutes(routes, world);
  unionRoutes(routes, world);
  return routes;
}

function behaviorRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/global/behaviors", (c) => {
    const accept = acceptForList(headerOf(c, "accept"));
    const page = registryPage(world, keyed(globalResources(c.get("sandbox"), "behaviors")), c.req.queries());
    const results = page.results.map((item) => render(c.get("sandbox"), item, accept));
    return c.json({ results, _page: page._page, _links: { next: null } });
  });
  routes.get("/global/behaviors/:id", (c) => {
    const accept = acceptForLookup(headerOf(c, "accept"));
    const wanted = altIdOf(c.req.param("id"));
    const found = globalResources(c.get("sandbox"), "behaviors").find((item) => item["meta:altId"] === wanted);
    if (!found) throw missing(NOT_FOUND.behaviors, c.req.param("id"));
    return c.json(render(c.get("sandbox"), found, accept));
  });
}

/** The way to learn the tenant id; `classUsage` is an object here, as in the docs (the spec has a list). */
function stats(world: World, sandbox: SandboxState): Entity {
  const { registry } = sandbox;
  const all = (Object.keys(KINDS) as ResourceKind[]).flatMap((kind) => [...registry[kind].values()]);
  const short = ({ title, $id, version, ...rest }: Entity) => ({
    title,
    $id,
    "meta:altId": rest["meta:altId"],
    version,
  });
  const recent = (path: string) => [...all].sort(compareAt(path, true)).slice(0, RECENT).map(short);
  return {
    imsOrg: world.org,
    tenantId: world.tenant,
    counts: {
      schemas: registry.schemas.size,
      mixins: registry.fieldgroups.size,
      datatypes: registry.datatypes.size,
      classes: registry.classes.size,
      unions: unions(world, sandbox).length,
    },
    recentlyCreatedResources: recent("meta:registryMetadata.repo:createdDate"),
    recentlyUpdatedResources: recent("meta:registryMetadata.repo:lastModifiedDate"),
    classUsage: classUsage(sandbox),
  };
}

function classUsage(sandbox: SandboxState): Entity {
  const usage: Entity = {};
  for (const schema of sandbox.registry.schemas.values()) {
    const id = String(schema["meta:class"]);
    const entry = usage[id] ?? { title: findResource(sandbox, id)?.["title"], numberOfSchemas: 0, schemas: [] };
    entry.schemas.push({ $id: schema["$id"], title: schema["title"] });
    entry.numberOfSchemas += 1;
    usage[id] = entry;
  }
  return usage;
}
