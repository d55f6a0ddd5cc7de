/** The web console: plain files of this folder's `console/`, served as they are. */
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { notEmulated } from "./problem.ts";
import type { Env } from "./store.ts";

const TYPES = { html: "text/html", css: "text/css", js: "text/javascript", svg: "image/svg+xml" } as const;
/** Nothing else is served, whatever the path says. */
const FILE = /^[a-z][a-z-]*\.(html|css|js|svg)$/;
const HEADERS = {
  "content-security-policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** `GET /` and `GET /console/FILE`. */
export function consoleRoutes(): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/", (c) => c.body(...served("index.html")));
  routes.get("/console/:file", (c) => c.body(...served(c.req.param("file"))));
  return routes;
}

function served(name: string): [body: string, status: 200, headers: Record<string, string>] {
  const extension = FILE.exec(name)?.[1] as keyof typeof TYPES | undefined;
  const text = extension ? read(name) : undefined;
  if (!extension || text === undefined) throw notEmulated(`GET /console/${name}`, "the console has no such file");
  return [text, 200, { ...HEADERS, "content-type": `${TYPES[extension]}; charset=utf-8` }];
}

function read(name: string): string | undefined {
  try {
    return readFileSync(new URL(`./console/${name}`, import.meta.url), "utf8");
  } catch {
    return undefined;
  }
}
