import { AepError } from "../errors.ts";
import {
  markLost,
  markRefusedConnection,
  parseRefusal,
  refusalError,
  wasLost,
  wasRefusedConnection,
} from "./errors.ts";
import type { Answer, Call, Dispatch } from "./http.ts";
import { realTime, type Timing } from "./limiter.ts";
import { log } from "./log.ts";

export interface RetryOptions {
  time?: Timing;
  /** Milliseconds of trying again after the first failure. */
  deadline?: number;
}

const DEADLINE_MS = 120_000;
/** How often a request is tried that cannot be sent. Where nothing listens, the waits come to two seconds at most. */
const UNSENT_ATTEMPTS = 4;
const REFUSED_ATTEMPTS = 3;
const BASE_MS = 300;
const LONGEST_MS = 20_000;
const PASSING = new Set([500, 502, 503, 504]);

/**
 * Tries a call again as long as that is safe: anything on 429 or when nothing was sent; what is idempotent also after
 * 5xx and lost answers. Any other call whose outcome is not known ends at once with an error marked as lost, so that
 * its maker can look whether the object is there. Waits as `Retry-After` says, else exponentially with full jitter.
 */
export function retrying(next: Dispatch, options: RetryOptions = {}): Dispatch {
  const time = options.time ?? realTime;
  const deadline = options.deadline ?? DEADLINE_MS;
  return async (call) => {
    let failedFirst: number | undefined;
    for (let attempt = 1; ; attempt++) {
      const outcome = await tryOnce(next, call);
      if (outcome.answer && outcome.reason === undefined) return outcome.answer;
      if (!mayRepeat(call, outcome, attempt)) return settle(call, outcome);
      failedFirst ??= time.now();
      const wait = waitFor(outcome, attempt, time);
      if (time.now() + wait - failedFirst > deadline) {
        return settle(
          call,
          outcome,
          `gave up after ${attempt} attempts in ${seconds(time.now() - failedFirst)}, waiting for ${outcome.reason} to pass`,
        );
      }
      log.debug(
        { call: `${call.method} ${call.path}`, attempt, wait: Math.round(wait), reason: outcome.reason },
        "trying again",
      );
      await time.sleep(wait);
    }
  };
}

/** Errors that end a row of attempts. */
const gaveUpOn = new WeakSet<object>();

interface Outcome {
  answer?: Answer;
  error?: AepError;
  /** Why the outcome is not final; absent for an answer to hand on. */
  reason?: string;
  /** The API may have acted. */
  unknown: boolean;
}

async function tryOnce(next: Dispatch, call: Call): Promise<Outcome> {
  try {
    const answer = await next(call);
    if (answer.status === 429) return { answer, reason: "throttling (429)", unknown: false };
    if (PASSING.has(answer.status)) return { answer, reason: `status ${answer.status}`, unknown: true };
    if (!call.file && answer.status < 300 && answer.body === undefined && answer.text.trim() !== "") {
      const error = new AepError("AEP_RESPONSE_INVALID", "the answer is not JSON or was cut off", {
        where: where(call),
      });
      return { error: markLost(error), reason: "an answer that is not JSON", unknown: true };
    }
    return { answer, unknown: false };
  } catch (error) {
    // What a call inside this one (for its token) has tried in vain is not tried all over again.
    if (gaveUpOn.has(error as object)) throw error;
    if (!(error instanceof AepError) || (error.code !== "AEP_UNREACHABLE" && error.code !== "AEP_TIMEOUT")) throw error;
    return { error, reason: error.message, unknown: wasLost(error) };
  }
}

function mayRepeat(call: Call, outcome: Outcome, attempt: number): boolean {
  if (outcome.answer?.status === 429) return true;
  if (wasRefusedConnection(outcome.error)) return attempt < REFUSED_ATTEMPTS;
  if (outcome.error?.code === "AEP_UNREACHABLE" && !outcome.unknown) return attempt < UNSENT_ATTEMPTS;
  return call.idempotent ?? call.method !== "POST";
}

/** The end of trying: an error that keeps the API's words, says how long was waited, and remembers a lost outcome. */
function settle(call: Call, outcome: Outcome, gaveUp?: string): never {
  const error = outcome.error ?? refusalError(outcome.answer as Answer, where(call));
  const { code, status, apiCode, requestId } = error;
  const message = gaveUp ? `${error.message}; ${gaveUp}` : error.message;
  const final = new AepError(code, message, { where: where(call), status, apiCode, requestId });
  gaveUpOn.add(final);
  if (wasRefusedConnection(error)) throw markRefusedConnection(final);
  throw outcome.unknown ? markLost(final) : final;
}

function waitFor(outcome: Outcome, attempt: number, time: Timing): number {
  const said = outcome.answer && retryAfter(outcome.answer.headers["retry-after"], time.now());
  if (said !== undefined) return said;
  return time.random() * Math.min(LONGEST_MS, BASE_MS * 2 ** attempt);
}

/** Milliseconds to wait by a `Retry-After` header, which is a number of seconds or an HTTP date. */
export function retryAfter(header: unknown, now: number): number | undefined {
  if (typeof header !== "string" || header.trim() === "") return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Throws for every answer that is not a success. */
export function refusing(next: Dispatch): Dispatch {
  return async (call) => {
    const answer = await next(call);
    if (answer.status >= 200 && answer.status < 300) return answer;
    log.debug({ call: where(call), status: answer.status, ...parseRefusal(answer) }, "refused");
    throw refusalError(answer, where(call));
  };
}

function where(call: Call): string {
  return `${call.method} ${call.path}`;
}

function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}
