/** Union schemas: all Profile schemas of one class seen as one. */
import type { Context, Hono } from "hono";
import { headerOf } from "../http.ts";
import type { Entity, Env, SandboxState, World } from "../store.ts";
import { acceptForList, acceptForLookup } from "./accept.ts";
import { refsOf } from "./entity.ts";
import { NOT_FOUND } from "./kinds.ts";
import { keyed, registryPage } from "./lists.ts";
import { altIdOf, findResource, missing } from "./lookup.ts";
import { isInProfile } from "./profile.ts";
import { render } from "./render.ts";
import { nextLink } from "./resources.ts";

export function unionRoutes(routes: Hono<Env>, world: World): void {
  routes.get("/tenant/unions", (c) => {
    const accept = acceptForList(headerOf(c, "accept"));
    const sandbox = c.get("sandbox");
    const page = registryPage(world, keyed(unions(world, sandbox)), c.req.queries());
    return c.json({
      results: page.results.map((union) => render(sandbox, union, accept)),
      _page: page._page,
      _links: { next: nextLink(c as Context<Env>, page._page.next) },
    });
  });
  routes.get("/tenant/unions/:id", (c) => {
    const accept = acceptForLookup(headerOf(c, "accept"));
    const sandbox = c.get("sandbox");
    const wanted = altIdOf(c.req.param("id"));
    const union = unions(world, sandbox).find((item) => item["meta:altId"] === wanted);
    if (!union) throw missing(NOT_FOUND.unions, c.req.param("id"));
    return c.json(render(sandbox, union, accept));
  });
}

/** One per class that has a schema in Profile. */
export function unions(world: World, sandbox: SandboxState): Entity[] {
  const byClass = new Map<string, Entity[]>();
  for (const schema of sandbox.registry.schemas.values()) {
    if (!isInProfile(schema)) continue;
    const id = String(schema["meta:class"]);
    byClass.set(id, [...(byClass.get(id) ?? []), schema]);
  }
  return [...byClass].map(([classId, schemas]) => unionOf(world, sandbox, classId, schemas));
}

function unionOf(world: World, sandbox: SandboxState, classId: string, schemas: Entity[]): Entity {
  const owner = findResource(sandbox, classId) ?? {};
  const refs = [...new Set(schemas.flatMap(refsOf))];
  return {
    $id: `${classId}__union`,
    "meta:altId": `${altIdOf(classId)}__union`,
    "meta:resourceType": "unions",
    version: "1.0",
    title: owner["title"],
    type: "object",
    description: owner["description"],
    allOf: refs.map(($ref) => ({ $ref, type: "object", "meta:xdmType": "object" })),
    imsOrg: world.org,
    "meta:extends": [...schemas.map((schema) => schema["$id"]), ...refs],
    "meta:class": classId,
    "meta:containerId": "tenant",
    "meta:tenantNamespace": `_${world.tenant}`,
    "meta:xdmType": "object",
  };
}
