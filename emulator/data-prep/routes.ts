/** Routes of Data Prep: mapping sets and the expression language. */
import { type Context, Hono } from "hono";
import { readObject } from "../http.ts";
import type { Env, World } from "../store.ts";
import { functions, OPERATORS, validateExpression } from "./expressions.ts";
import {
  createMappingSet,
  deleteMappingSet,
  listMappingSets,
  previewMappingSet,
  readMapping,
  readMappingSet,
  replaceMappingSet,
  validateMappingSet,
} from "./mapping-sets.ts";

/** Data Prep under `/data/foundation/conversion`. POST of a mapping set answers 200, not 201. */
export function dataPrepRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>({ strict: false });
  routes.post("/mappingSets/validate", async (c) => c.json(validateMappingSet(c.get("sandbox"), await readObject(c))));
  routes.post("/mappingSets/preview", async (c) => {
    const body = await readObject(c);
    return c.json(previewMappingSet(world, c.get("sandbox"), body, c.get("call")?.requestText ?? ""));
  });
  routes.get("/mappingSets", (c) => c.json(listMappingSets(world, c.get("sandbox"), new URL(c.req.url).searchParams)));
  routes.post("/mappingSets", async (c) => {
    const validate = c.req.query("validate") === "true";
    return c.json(createMappingSet(world, c.get("sandbox"), await readObject(c), validate));
  });
  routes.get("/mappingSets/:id", (c) => {
    const expand = c.req.query("expandSchema") === "true";
    return c.json(readMappingSet(c.get("sandbox"), c.req.param("id"), c.req.query("version"), expand));
  });
  routes.put("/mappingSets/:id", async (c) =>
    c.json(replaceMappingSet(world, c.get("sandbox"), c.req.param("id"), await readObject(c))),
  );
  routes.delete("/mappingSets/:id", (c) => {
    deleteMappingSet(world, c.get("sandbox"), c.req.param("id"));
    return c.body(null, 204);
  });
  routes.get("/mappingSets/:id/mappings", (c) => c.json(latest(c)["mappings"]));
  routes.get("/mappingSets/:id/mappings/:mappingId", (c) => {
    const { id, mappingId } = c.req.param();
    return c.json(readMapping(c.get("sandbox"), id, mappingId, c.req.query("version")));
  });
  routes.get("/languages/el/functions", (c) => c.json(functions()));
  routes.get("/languages/el/operators", (c) => c.json(OPERATORS));
  routes.post("/languages/el/validate", async (c) => c.json(validateExpression(await readObject(c))));
  return routes;
}

function latest(c: Context<Env>) {
  return readMappingSet(c.get("sandbox"), c.req.param("id") as string, c.req.query("version"), false);
}
