/** What is to be deleted at the end of a run, and in which order: nothing before what hangs on it. */
import { isProvider, outlivedBy, type ResourceState } from "../state/resource.ts";
import type { Deployment } from "./deployment.ts";
import type { Executor } from "./executor.ts";
import type { Step } from "./step.ts";

/** The deletions owed: of the replaced, and of everything in the state that is not `kept`. */
export function planDeletes(deployment: Deployment, kept: (state: ResourceState) => boolean): Step[] {
  return deployment.previous.flatMap((state): Step[] => {
    const base = { urn: state.urn, old: state, internal: isProvider(state) };
    if (state.delete) return [{ ...base, op: "delete-replaced", logical: false }];
    if (kept(state)) return [];
    if (state.pendingReplacement) return [{ ...base, op: "remove-pending-replace", logical: false, internal: true }];
    return [{ ...base, op: "delete", logical: true }];
  });
}

/** Runs deletions in waves: each wave holds everything that nothing left of the condemned hangs on. */
export async function runDeletes(deployment: Deployment, executor: Executor, steps: Step[]): Promise<void> {
  let left = steps;
  while (left.length > 0 && !deployment.stopped.aborted) {
    const needed = new Set(left.flatMap((step) => [...outlivedBy(step.old!)].filter((urn) => urn !== step.urn)));
    const wave = left.filter((step) => !needed.has(step.urn));
    // A state whose dependencies form a ring would never end: what is left then goes at once.
    const now = wave.length > 0 ? wave : left;
    await Promise.allSettled(now.map((step) => executor.run([step])));
    left = left.filter((step) => !now.includes(step) && !heldBy(executor, step, steps));
  }
}

function hangsOn(dependent: Step, on: Step): boolean {
  return dependent.urn !== on.urn && outlivedBy(dependent.old!).has(on.urn);
}

/** Something that hangs on this one could not be deleted (it is protected), so neither can this one. */
function heldBy(executor: Executor, step: Step, all: Step[]): boolean {
  const held = all.some((other) => executor.failedUrns.has(other.urn) && hangsOn(other, step));
  if (held) executor.failedUrns.add(step.urn);
  return held;
}
