/** The pipelines a plan is about, with what it does to each part. */
import type { KindName } from "../../resources/pointer.ts";
import type { Plain } from "../../resources/values.ts";
import { buildGraph, type Mark, type PipelineGraph } from "../graph/model.ts";
import { connect, dangling, type GraphObject, keyOf } from "../graph/objects.ts";
import type { Plan, PlannedObject } from "./read.ts";

const MARK_OF: Record<string, Mark> = {
  create: "new",
  import: "new",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
};

export interface PlanGraph {
  graph: PipelineGraph;
  /** Why what the plan leaves as it is does not show; undefined when it does. */
  partial?: string;
}

/**
 * Of an unchanged object a preview's document says only that there is one; so the program is run once more to hear of it.
 * It calls nobody. Where that is not possible the graph holds what the plan touches.
 */
export async function graphOfPlan(plan: Plan): Promise<PlanGraph> {
  const shown = connect(plan.objects);
  const marks = new Map(
    plan.objects.flatMap(({ kind, name, op }) => (MARK_OF[op] ? [[keyOf(kind, name), MARK_OF[op]] as const] : [])),
  );
  const whole = plan.objects.filter(({ op }) => op === "same").length >= plan.unchanged;
  if (whole && !dangling(shown)) return { graph: buildGraph(shown, marks) };
  try {
    const { declaredBy } = await import("../graph/declared.ts");
    const declared = await declaredBy(plan.stack ?? "plan", withMissing(plan));
    return { graph: buildGraph(joined(declared, shown), marks) };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { graph: buildGraph(withNeighbours(shown), marks), partial: why };
  }
}

/** What the environment told the preview is not in its configuration; any value does to find out what belongs together. */
function withMissing({ config, objects }: Plan): Plain {
  const sandbox = objects.map(({ inputs }) => inputs["sandbox"]).find((name) => typeof name === "string");
  const tenant = tenantOf(objects);
  return {
    "aep:orgId": "unknown@AdobeOrg",
    ...(sandbox !== undefined && { "aep:sandbox": sandbox }),
    ...(tenant !== undefined && { "aep:tenantId": tenant }),
    ...config,
  };
}

/** `acme` of `https://ns.adobe.com/acme/schemas/...`, or of a field `_acme.points`. */
export function tenantOf(objects: readonly PlannedObject[]): string | undefined {
  for (const { before, after } of objects) {
    const text = JSON.stringify([before, after]);
    const found =
      /https:\/\/ns\.adobe\.com\/(?!xdm\/)([A-Za-z0-9]\w*)\/(?:schemas|mixins|classes|datatypes)\//.exec(text) ??
      /"_([A-Za-z0-9]\w*)\./.exec(text);
    if (found) return found[1];
  }
  return undefined;
}

/** Everything declared, and what goes: a deleted object hangs where it hung. */
function joined(declared: GraphObject[], shown: GraphObject[]): GraphObject[] {
  const known = new Map(declared.map((object) => [object.key, object]));
  for (const object of shown) if (!known.has(object.key)) known.set(object.key, object);
  return [...known.values()];
}

/** Objects the plan names without showing them, by nothing but their names. */
function withNeighbours(shown: GraphObject[]): GraphObject[] {
  const sandbox = shown.map(({ inputs }) => inputs["sandbox"]).find((name) => typeof name === "string");
  const known = new Map(shown.map((object) => [object.key, object]));
  for (const { key } of shown.flatMap(({ references }) => references)) {
    if (known.has(key)) continue;
    const [kind = "", name = ""] = key.split(/::(.*)/s);
    known.set(key, { key, kind: kind as KindName, name, inputs: { sandbox }, references: [] });
  }
  return [...known.values()];
}
