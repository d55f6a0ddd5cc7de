/**
 * What every call passes on its way to a route: call log, body limit, faults, the gateway's checks, its service's checks. One
 * function around each route instead of a chain of middlewares: a call that waits for nothing is answered without a promise.
 */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type BodyLimit, limitBody } from "./body-limit.ts";
import { closeCall, openCall } from "./call-log.ts";
import { underFaults } from "./faults.ts";
import { languageLoaded } from "./language.ts";
import { Problem } from "./problem.ts";
import type { Env, World } from "./store.ts";

type C = Context<Env>;
export type Answer = Response | Promise<Response>;
export type Route = (c: C) => Answer;

/** What stands before the routes of a service; a part that is missing is not asked for. */
export interface Stages {
  /** The emulator's own pages and control endpoints are no calls of a client: neither noted nor hit by faults. */
  ours: boolean;
  limits: readonly BodyLimit[];
  /** Whether calls may meet a mapping. */
  usesLanguage: boolean;
  /** Checks in their order; each throws the Problem of its refusal. */
  guards: readonly ((c: C) => void)[];
  /** Surroundings of the route: lists that lag. */
  around?: (c: C, route: Route) => Answer;
}

/** The route behind its stages. Never throws: whatever is thrown in it becomes its answer. */
export function gated(world: World, stages: Stages, route: Route): Route {
  const { limits, guards, around, ours, usesLanguage } = stages;
  const served: Route = (c) => {
    for (const guard of guards) guard(c);
    return around ? around(c, route) : route(c);
  };
  const faulty: Route = (c) =>
    world.settings.latencyMs === 0 && world.faults.rules.length === 0
      ? served(c)
      : underFaults(world, c, () => settled(world, c, served));
  const limited: Route = (c) => {
    const measuring = limitBody(c, limits);
    const loading = usesLanguage ? languageLoaded() : undefined;
    const next = ours ? served : faulty;
    return measuring || loading ? Promise.all([measuring, loading]).then(() => next(c)) : next(c);
  };
  return (c) => {
    if (c.req.method !== "GET") world.writes += 1;
    if (ours) return settled(world, c, limited);
    const call = openCall(world, c);
    const answer = settled(world, c, limited);
    return answer instanceof Promise
      ? answer.then((response) => closeCall(world, call, response))
      : closeCall(world, call, answer);
  };
}

/** The route's answer, or that to what it has thrown. */
function settled(world: World, c: C, route: Route): Answer {
  try {
    const answer = route(c);
    return answer instanceof Promise ? answer.catch((error) => refused(world, c, error)) : answer;
  } catch (error) {
    return refused(world, c, error);
  }
}

function refused(world: World, c: C, error: unknown): Response {
  const problem = error instanceof Problem ? error : unexpected(error);
  const body = problem.body({ requestId: c.get("call")?.requestId ?? "", now: world.clock.now() });
  return c.json(body, problem.status as ContentfulStatusCode, problem.headers);
}

/** A fault of the emulator itself: told apart from every documented answer, so that no test takes it for one. */
function unexpected(error: unknown): Problem {
  const { stack, message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`emulator: ${stack ?? message}\n`);
  return new Problem(500, message, ({ requestId }) => ({
    type: "https://emulator.invalid/errors/internal",
    title: "The emulator failed",
    status: 500,
    detail: message,
    report: { "request-id": requestId },
  }));
}
