/** One Hono app for everything on the emulator's port: the gateway's checks, then each service's routes. */
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { recordCalls } from "./call-log.ts";
import { injectFaults } from "./faults.ts";
import { aepGateway, latency } from "./gateway.ts";
import { notEmulated, Problem } from "./problem.ts";
import { operationOf } from "./routes-table.ts";
import type { Env, World } from "./store.ts";

/** A service and the path its routes hang under; inside, paths are relative (`/connections/:id`). */
export interface Service {
  prefix: string;
  routes: (world: World) => Hono<Env>;
}

/** Builds the app. A trailing slash makes no difference: Adobe's own texts disagree about it. */
export function createApp(world: World, services: Service[]): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  app.use("*", recordCalls(world));
  for (const prefix of ["/ims/*", "/data/*", "/collection/*", "/capillary/*"])
    app.use(prefix, latency(world), injectFaults(world));
  app.use("/data/foundation/*", aepGateway(world));
  for (const service of services) app.route(service.prefix, service.routes(world));
  app.notFound((c) => {
    const operation = operationOf(c.req.method, c.req.path);
    const name = operation?.id ?? `${c.req.method} ${c.req.path}`;
    throw notEmulated(name, operation?.reason ?? "no such operation is known to the emulator");
  });
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    const problem = error instanceof Problem ? error : unexpected(error);
    const body = problem.body({ requestId, now: world.clock.now() });
    return c.json(body, problem.status as ContentfulStatusCode, problem.headers);
  });
  return app;
}

/** A fault of the emulator itself: told apart from every documented answer, so that no test takes it for one. */
function unexpected(error: Error): Problem {
  process.stderr.write(`emulator: ${error.stack ?? error.message}\n`);
  return new Problem(500, error.message, ({ requestId }) => ({
    type: "https://emulator.invalid/errors/internal",
    title: "The emulator failed",
    status: 500,
    detail: error.message,
    report: { "request-id": requestId },
  }));
}
