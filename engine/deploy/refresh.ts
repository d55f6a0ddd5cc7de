/** Reads every resource of the state anew, and says what changed behind the program's back. */
import { isProvider, now, type ResourceState } from "../state/resource.ts";
import { inverted } from "../values/diff.ts";
import { sameValue } from "../values/value.ts";
import { Bail, type Deployment } from "./deployment.ts";
import { differenceOf } from "./difference.ts";
import { Semaphore } from "./semaphore.ts";
import type { Op, Step } from "./step.ts";

/**
 * Refreshes the whole state and rebases the deployment on it. A read that fails leaves its resource as it was; the others
 * go on, and the deployment fails at the end.
 */
export async function refreshAll(deployment: Deployment): Promise<void> {
  const standalone = deployment.options.kind === "refresh";
  const slots = new Semaphore(deployment.options.parallel);
  const steps = deployment.previous.map(
    (state): Step => ({
      op: "refresh",
      urn: state.urn,
      old: state,
      new: state,
      logical: false,
      internal: isProvider(state),
    }),
  );
  await Promise.all(steps.map((step) => slots.run(() => refreshOne(deployment, step, standalone))));
  const fresh = new Map(steps.map((step) => [step.old!, step.new]));
  deployment.rebase(rebuilt(deployment.previous, (state) => fresh.get(state)));
  deployment.journal?.flush();
  if (deployment.failed || deployment.canceled) throw new Bail("refresh failed");
}

async function refreshOne(deployment: Deployment, step: Step, standalone: boolean): Promise<void> {
  if (deployment.canceled) return;
  deployment.announce("step-start", step);
  try {
    await read(deployment, step, step.old!);
  } catch (error) {
    deployment.say(
      "error",
      deployment.preview ? `Preview failed: ${(error as Error).message}` : (error as Error).message,
      step.urn,
    );
    deployment.announce("step-failed", step);
    return;
  }
  const op: Op = !standalone ? "refresh" : !step.new ? "delete" : step.diffs || step.detailedDiff ? "update" : "same";
  if (standalone && !step.internal) deployment.count(op);
  deployment.announce("step-end", step, op);
}

async function read(deployment: Deployment, step: Step, old: ResourceState): Promise<void> {
  if (!old.custom || isProvider(old) || old.pendingReplacement) return;
  const provider = await deployment.options.provider();
  const live = await provider.read(old);
  if (live.id === "") {
    delete step.new;
    return;
  }
  const fresh: ResourceState = {
    ...old,
    id: live.id,
    initErrors: [],
    inputs: live.inputs ?? old.inputs,
    outputs: live.outputs,
  };
  if (!sameValue(fresh.inputs, old.inputs) || !sameValue(fresh.outputs, old.outputs)) fresh.modified = now();
  step.new = fresh;
  // What an update would do right after this, seen from the far end: its opposite is what happened there.
  const difference = await differenceOf(provider, fresh, old.inputs, old.ignoreChanges);
  if (!difference.changed) return;
  step.diffs = difference.changedKeys ?? [];
  if (difference.detailedDiff) step.detailedDiff = inverted(difference.detailedDiff);
}

/** The state without what is gone; what hung on that hangs on it no longer, and its children move up to its parent. */
export function rebuilt(
  states: ResourceState[],
  fresh: (state: ResourceState) => ResourceState | undefined,
): ResourceState[] {
  const standing = new Set<string>();
  const movedUp = new Map<string, string>();
  return states.flatMap((old) => {
    const state = fresh(old);
    if (!state) {
      if (!standing.has(old.urn)) movedUp.set(old.urn, movedUp.get(old.parent) ?? old.parent);
      return [];
    }
    const repaired = withoutDangling(state, standing, movedUp);
    standing.add(state.urn);
    return [repaired];
  });
}

function withoutDangling(state: ResourceState, standing: Set<string>, movedUp: Map<string, string>): ResourceState {
  const stands = (urn: string) => standing.has(urn);
  const propertyDependencies = Object.fromEntries(
    Object.entries(state.propertyDependencies).flatMap(([key, urns]) => {
      const left = urns.filter(stands);
      return left.length > 0 ? [[key, left]] : [];
    }),
  );
  const parent = state.parent === "" || stands(state.parent) ? state.parent : (movedUp.get(state.parent) ?? "");
  return { ...state, dependencies: state.dependencies.filter(stands), propertyDependencies, parent };
}
