/** The guards: what a plan must not do unless it is said to be meant. Pure. */
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import type { Plan, PlannedStep } from "./read.ts";

export interface Limits {
  /** Percent of the existing objects. */
  maxShare: number;
  /** The share counts only where at least so many objects exist. */
  minObjects: number;
  /** URNs, names or kinds. */
  allow: readonly string[];
}

export interface Refusal {
  guard: "share" | "data";
  /** The resource it is about; absent for the plan as a whole. */
  urn?: string;
  reason: string;
  /** What to pass to --allow when it is meant. */
  allow: string;
}

export interface Verdict {
  refusals: Refusal[];
  /** Objects the stack has before the plan. */
  existing: number;
  /** Of those, how many it updates, replaces or deletes. */
  touched: number;
  /** The share guard leaves these out. */
  allowed: number;
  /** --allow values that fit nothing: a slip of the pen, or a plan that has changed. */
  unused: string[];
}

const TOUCHING = new Set(["update", "replace", "delete"]);

/** Datasets and schemas must not go by accident, and no plan may quietly touch much of what exists. */
export function judge(plan: Plan, limits: Limits): Verdict {
  const touching = plan.steps.filter(({ op }) => TOUCHING.has(op));
  const open = touching.filter((step) => !limits.allow.some((what) => fits(step, what)));
  const existing = touching.length + plan.unchanged;
  const share = existing === 0 ? 0 : (100 * open.length) / existing;
  const refusals = open.filter(losesData).map(dataRefusal);
  if (existing >= limits.minObjects && share > limits.maxShare) {
    refusals.unshift({
      guard: "share",
      reason: `touches ${open.length} of ${existing} existing objects (${percent(share)}); at most ${percent(limits.maxShare)} may be touched at once`,
      allow: "the kinds or names that are meant, or raise --max-share",
    });
  }
  const unused = limits.allow.filter((what) => !plan.steps.some((step) => fits(step, what)));
  return { refusals, existing, touched: touching.length, allowed: touching.length - open.length, unused };
}

function fits(step: PlannedStep, what: string): boolean {
  return step.urn === what || step.name === what || step.kind === what;
}

function losesData({ op, kind }: PlannedStep): boolean {
  return (
    (op === "delete" || op === "replace") && Object.hasOwn(KINDS, kind) && KINDS[kind as KindName].holdsData === true
  );
}

function dataRefusal(step: PlannedStep): Refusal {
  const cause = step.changes.filter(({ replaces }) => replaces).map(({ path }) => path);
  const verb = step.op === "delete" ? "deletes" : "replaces";
  const because = cause.length > 0 ? ` because of ${cause.join(", ")}` : "";
  return {
    guard: "data",
    urn: step.urn,
    reason: `${verb} the ${step.kind} ${step.name}${step.label ? ` ("${step.label}")` : ""}${because}; its data would be lost`,
    allow: step.name,
  };
}

const percent = (value: number): string => `${Number(value.toFixed(1))}%`;
