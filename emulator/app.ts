/** One Hono app for everything on the emulator's port: the gateway's checks, then each service's routes. */
import { Hono, type MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { bodiesUpTo } from "./body-limit.ts";
import { recordCalls } from "./call-log.ts";
import { injectFaults } from "./faults.ts";
import { aepGateway, latency } from "./gateway.ts";
import { gatewayProblem, notEmulated, Problem } from "./problem.ts";
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
  app.use("*", limitBodies());
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

/**
 * No document names a limit for the management APIs; without one a client could fill the memory. The inlets have their own
 * documented one, and a snapshot may be as large as the world it holds.
 */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_CONTROL_BYTES = 256 * 1024 * 1024;

function limitBodies(): MiddlewareHandler<Env> {
  const refuse = (limit: number) => () => {
    // The rest of the body is never read, so the connection cannot be used again.
    throw gatewayProblem(413, "413000", `The request body is larger than ${limit} bytes`, { connection: "close" });
  };
  const apis = bodiesUpTo(MAX_BODY_BYTES, refuse(MAX_BODY_BYTES));
  const controls = bodiesUpTo(MAX_CONTROL_BYTES, refuse(MAX_CONTROL_BYTES));
  return (c, next) => (c.req.path.startsWith("/__emulator") ? controls(c, next) : apis(c, next));
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
