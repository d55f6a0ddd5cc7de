/** One Hono app for everything on the emulator's port: each service's routes, every one of them behind its gate. */
import { type Context, Hono } from "hono";
import { mergePath } from "hono/utils/url";
import type { BodyLimit } from "./body-limit.ts";
import { laggingLists } from "./faults.ts";
import { gated, type Route, type Stages } from "./gate.ts";
import { aepGateway, type Gateway } from "./gateway.ts";
import { gatewayProblem, notEmulated } from "./problem.ts";
import { RememberingRouter } from "./remembering-router.ts";
import { operationOf } from "./routes-table.ts";
import type { Env, World } from "./store.ts";

/** A service and the path its routes hang under; inside, paths are relative (`/connections/:id`). */
export interface Service {
  prefix: string;
  routes: (world: World) => Hono<Env>;
  /** Stands before every call under the prefix, whether there is a route for it or not. Throws a Problem. */
  guard?: (world: World) => (c: Context<Env>) => void;
  /** Its calls may meet a mapping. */
  usesLanguage?: boolean;
  /** In addition to the limit of all. */
  bodyLimit?: BodyLimit;
  /** The emulator's own: neither noted in the call log nor hit by faults. */
  ours?: boolean;
  /** Where the paths begin that are the service's also without a route; by default below its prefix. */
  pages?: string;
}

type C = Context<Env>;

/** Builds the app. A trailing slash makes no difference: Adobe's own texts disagree about it. */
export function createApp(world: World, services: Service[]): Hono<Env> {
  const app = new Hono<Env>({ strict: false, router: new RememberingRouter() });
  const gateway = aepGateway(world);
  const unknown: { below: string; route: Route }[] = [];
  for (const service of services) {
    const stages = stagesOf(world, service, gateway);
    for (const { method, path, handler } of service.routes(world).routes)
      app.on(method, mergePath(service.prefix, path), gated(world, stages, handler as Route));
    unknown.push({ below: service.pages ?? `${service.prefix}/`, route: gated(world, stages, refuse) });
  }
  for (const prefix of [FOUNDATION, ""])
    unknown.push({ below: `${prefix}/`, route: gated(world, stagesOf(world, { prefix }, gateway), refuse) });
  app.notFound((c) => {
    const path = `${c.req.path}/`;
    return (unknown.find(({ below }) => path.startsWith(below)) as { route: Route }).route(c);
  });
  return app;
}

const FOUNDATION = "/data/foundation";

/**
 * No document names a limit for the management APIs; without one a client could fill the memory. The inlets have their own
 * documented one, and a snapshot may be as large as the world it holds.
 */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_CONTROL_BYTES = 256 * 1024 * 1024;

function stagesOf(world: World, service: Partial<Service> & { prefix: string }, gateway: Gateway): Stages {
  const { prefix, guard, bodyLimit, ours = false, usesLanguage = false } = service;
  const behindGateway = prefix.startsWith(FOUNDATION);
  const name = prefix.slice(FOUNDATION.length + 1);
  const admit = (c: C) => gateway(c, name === "" ? (c.req.path.split("/")[3] ?? "") : name);
  const lag = (c: C, route: Route) => laggingLists(c, world.settings.listLagMs, route);
  return {
    ours,
    usesLanguage,
    limits: [limitOf(ours ? MAX_CONTROL_BYTES : MAX_BODY_BYTES), ...(bodyLimit ? [bodyLimit] : [])],
    guards: [...(behindGateway ? [admit] : []), ...(guard ? [guard(world)] : [])],
    ...(behindGateway ? { around: lag } : {}),
  };
}

function limitOf(maxBytes: number): BodyLimit {
  return {
    maxBytes,
    refuse: () => {
      throw gatewayProblem(413, "413000", `The request body is larger than ${maxBytes} bytes`, { connection: "close" });
    },
  };
}

function refuse(c: C): never {
  const operation = operationOf(c.req.method, c.req.path);
  const name = operation?.id ?? `${c.req.method} ${c.req.path}`;
  throw notEmulated(name, operation?.reason ?? "no such operation is known to the emulator");
}
