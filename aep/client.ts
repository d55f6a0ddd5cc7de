import { AepError } from "../errors.ts";
import { type Answer, type Call, type Dispatch, send } from "./http.ts";
import { imsTokens, type TokenSource } from "./ims.ts";
import { Limiter, realTime, type Timing } from "./limiter.ts";
import { log } from "./log.ts";
import { refusing, retryAfter, retrying } from "./retry.ts";
import type { Settings } from "./settings.ts";

/** The client every service file works with. Answers are successes (2xx); everything else is an AepError. */
export interface AepClient {
  (call: Call): Promise<Answer>;
  readonly settings: Settings;
  /** The API's clock in epoch milliseconds, from its latest `Date` header; this machine's until one was seen. */
  serverNow(): number;
  /** Objects asked for in each page of a list; undefined takes each service's own maximum. */
  readonly pageSize: number | undefined;
}

export interface ClientOptions {
  time?: Timing;
  limiter?: Limiter;
  /** Milliseconds for one request. */
  timeout?: number;
  /** Milliseconds of retrying after the first failure. */
  deadline?: number;
  pageSize?: number;
}

const REQUEST_TIMEOUT_MS = 60_000;

/** One limiter for all clients of this process: AEP throttles the caller, whatever it calls. */
const processLimiter = new Limiter();

/**
 * Puts the steps of a call together, outermost first: refusals become errors, retries, the limiter, the token and
 * Adobe's headers, the request itself.
 */
export function createClient(settings: Settings, options: ClientOptions = {}): AepClient {
  const time = options.time ?? realTime;
  const wire = send({ endpoint: settings.endpoint, timeout: options.timeout ?? REQUEST_TIMEOUT_MS });
  const clock = serverClock(wire, time);
  const retry = { time, ...(options.deadline === undefined ? {} : { deadline: options.deadline }) };
  const tokens = imsTokens(settings, retrying(wire, retry), () => time.now());
  const limited = limiting(authorising(clock.dispatch, settings, tokens), options.limiter ?? processLimiter, time);
  const dispatch = explainingSandbox(refusing(retrying(logging(limited, time), retry)));
  return Object.assign((call: Call) => dispatch(call), { settings, serverNow: clock.now, pageSize: options.pageSize });
}

/** Token and Adobe's headers; a refused token is replaced and the call repeated once. */
function authorising(next: Dispatch, settings: Settings, tokens: TokenSource): Dispatch {
  const attempt = (call: Call, token: string) =>
    next({
      ...call,
      headers: {
        authorization: `Bearer ${token}`,
        "x-api-key": settings.clientId,
        "x-gw-ims-org-id": settings.orgId,
        ...(call.sandbox === undefined ? {} : { "x-sandbox-name": call.sandbox }),
        ...call.headers,
      },
    });
  return async (call) => {
    if (call.authenticated === false) return next(call);
    const token = await tokens.token();
    const answer = await attempt(call, token);
    if (!refusesToken(answer)) return answer;
    tokens.refused(token);
    return attempt(call, await tokens.token());
  };
}

/** A token that is not valid (any more): 401, and at an inlet 403 with a body of its own. */
function refusesToken({ status, body }: Answer): boolean {
  const { type } = (body ?? {}) as { type?: unknown };
  return status === 401 || (status === 403 && String(type).includes("data-collection-service-authorization"));
}

/** Every call waits for its turn and tells the limiter how it went. */
function limiting(next: Dispatch, limiter: Limiter, time: Timing): Dispatch {
  return (call) =>
    limiter.run(async () => {
      const sentAt = time.now();
      const answer = await next(call);
      if (answer.status === 429) limiter.throttled(sentAt, retryAfter(answer.headers["retry-after"], time.now()));
      else limiter.succeeded();
      return answer;
    });
}

/** Remembers how far the API's clock is from this machine's: creations are told apart by the API's timestamps. */
function serverClock(next: Dispatch, time: Timing): { dispatch: Dispatch; now: () => number } {
  let offset = 0;
  const dispatch: Dispatch = async (call) => {
    const answer = await next(call);
    const date = Date.parse(String(answer.headers["date"] ?? ""));
    if (!Number.isNaN(date)) offset = date - time.now();
    return answer;
  };
  return { dispatch, now: () => time.now() + offset };
}

function logging(next: Dispatch, time: Timing): Dispatch {
  return async (call) => {
    const started = time.now();
    const answer = await next(call);
    const { method, path, sandbox } = call;
    log.debug(
      {
        method,
        path,
        sandbox,
        status: answer.status,
        ms: time.now() - started,
        requestId: answer.headers["x-request-id"],
      },
      "call",
    );
    return answer;
  };
}

/** An unknown sandbox is a wrong name in the configuration: the error then lists the names there are. */
function explainingSandbox(next: Dispatch): Dispatch {
  return async (call) => {
    try {
      return await next(call);
    } catch (error) {
      if (!(error instanceof AepError) || error.code !== "AEP_SANDBOX_UNKNOWN") throw error;
      const names = await sandboxNames(next);
      throw new AepError("AEP_SANDBOX_UNKNOWN", `there is no sandbox "${call.sandbox}" in this organisation`, {
        where: error.where,
        hint: names === undefined ? undefined : `Set aep:sandbox (or AEP_SANDBOX) to one of: ${names.join(", ")}.`,
        status: error.status,
        apiCode: error.apiCode,
        requestId: error.requestId,
      });
    }
  };
}

async function sandboxNames(next: Dispatch): Promise<string[] | undefined> {
  try {
    const { body } = await next({ method: "GET", path: "/data/foundation/sandbox-management/" });
    return (body as { sandboxes: { name: string }[] }).sandboxes.map((sandbox) => sandbox.name);
  } catch {
    return undefined;
  }
}
