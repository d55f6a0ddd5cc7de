import { setTimeout as delay } from "node:timers/promises";
import { AepError } from "../errors.ts";

/** How long a deletion that is refused is tried again: what hung on the object may have been deleted a moment ago. */
const REFUSAL_DEADLINE_MS = 8_000;
const FIRST_WAIT_MS = 250;

/** Repeats work the API refuses for now; after the deadline the refusal itself is the error. */
export async function patiently<T>(work: () => Promise<T>, deadline: number = REFUSAL_DEADLINE_MS): Promise<T> {
  const started = Date.now();
  for (let wait = FIRST_WAIT_MS; ; wait *= 2) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AepError) || error.code !== "AEP_REFUSED" || Date.now() + wait - started > deadline)
        throw error;
      await delay(wait);
    }
  }
}

/** Asks until `done`, or fails with what was waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
  deadline: number,
): Promise<T> {
  const started = Date.now();
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, 5_000)) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() + wait - started > deadline) {
      throw new AepError("AEP_TIMEOUT", `waited ${Math.round(deadline / 1000)} s for ${what}`, {
        hint: "Look at the object in AEP, and apply again once it has come to rest.",
      });
    }
    await delay(wait);
  }
}
