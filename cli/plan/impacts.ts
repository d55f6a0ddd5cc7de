/** What a plan does to data, worst first. */
import type { KindName } from "../../resources/pointer.ts";
import { keyOf, keyOfUrn } from "../graph/objects.ts";
import { below, type Facts, IMPACT_RULES, type ImpactRule, LEVELS, type Level } from "./impact-rules.ts";
import type { Plan, PlannedObject, PlannedStep } from "./read.ts";

export interface Impact {
  level: Level;
  urn: string;
  kind: KindName;
  name: string;
  says: string;
}

/** Every consequence for data of every step; of rules that say the same level of one object, the first. */
export function impactsOf(plan: Plan): Impact[] {
  const objects = new Map(plan.objects.map((object) => [object.urn, object]));
  const moved = movedTargets(plan.steps);
  const impacts = plan.steps.flatMap((step) => {
    const object = objects.get(step.urn);
    return object ? impactsOfStep(step, object, factsOf(step, object, moved)) : [];
  });
  const rank = Object.keys(LEVELS);
  return impacts.sort((a, b) => rank.indexOf(a.level) - rank.indexOf(b.level) || (a.urn < b.urn ? -1 : 1));
}

function impactsOfStep(step: PlannedStep, { kind, name, urn }: PlannedObject, facts: Facts): Impact[] {
  const found = IMPACT_RULES.filter((rule) => rule.kind === kind && applies(rule, step, facts));
  const first = new Map<Level, Impact>();
  for (const { level, says } of found) if (!first.has(level)) first.set(level, { level, urn, kind, name, says });
  return [...first.values()];
}

function applies({ ops, paths, when }: ImpactRule, { op, changes }: PlannedStep, facts: Facts): boolean {
  if (!ops.includes(op)) return false;
  // A new object has no changed paths; what makes a rule about it fit is said by `when`.
  const hit = paths === undefined || changes.some(({ path }) => paths.some((one) => below(path, one)));
  return (hit || (op === "create" && when !== undefined)) && (when === undefined || when(facts));
}

function factsOf(step: PlannedStep, object: PlannedObject, moved: ReadonlySet<string>): Facts {
  const said = object.dependencies?.["targetConnection"] ?? [];
  const otherDataset =
    object.kind === "Dataflow" &&
    step.changes.some(({ path }) => path === "targetConnection") &&
    said.some((urn) => moved.has(keyOfUrn(urn)));
  return { changes: step.changes, before: object.before ?? {}, after: object.after ?? {}, otherDataset };
}

/** Target connections whose dataset is another one than before; in events, which name no dependencies, of the same name. */
function movedTargets(steps: readonly PlannedStep[]): Set<string> {
  const moved = steps.filter(
    ({ kind, op, changes }) =>
      kind === "TargetConnection" && (op === "create" || changes.some(({ path }) => path === "dataset")),
  );
  return new Set(moved.map(({ name }) => keyOf("TargetConnection", name)));
}
