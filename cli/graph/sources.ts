/** Where `aep graph` takes its objects from. */
import { AepError } from "../../errors.ts";
import { selectedStack } from "../selected-stack.ts";
import { buildGraph, type PipelineGraph } from "./model.ts";

export interface GraphSource {
  stack?: string;
  deployed?: boolean;
  /** File of a preview. */
  plan?: string;
}

/** @throws AepError as the source chosen does */
export async function graphOf(source: GraphSource): Promise<{ graph: PipelineGraph; title: string }> {
  if (source.plan !== undefined) return ofPlan(source.plan);
  if (source.deployed) {
    const [{ readDeployment }, { deployedObjects }] = await Promise.all([
      import("../deployment.ts"),
      import("./objects.ts"),
    ]);
    const { stack, objects } = await readDeployment(source.stack);
    return { graph: buildGraph(deployedObjects(objects)), title: `What is deployed of stack ${stack}` };
  }
  const stack = await selectedStack(source.stack);
  const { declaredByStack } = await import("./declared.ts");
  return { graph: buildGraph(await declaredByStack(stack)), title: `Pipelines of stack ${stack}` };
}

async function ofPlan(file: string): Promise<{ graph: PipelineGraph; title: string }> {
  const [{ readPlanFile }, { graphOfPlan }] = await Promise.all([
    import("../plan/read-file.ts"),
    import("../plan/graph.ts"),
  ]);
  const plan = await readPlanFile(file);
  if (plan.stack === undefined)
    throw new AepError("PLAN_INVALID", "the plan holds no resource to draw", { where: file });
  const { graph, partial } = await graphOfPlan(plan);
  if (partial !== undefined) process.stderr.write(`note: only what the plan touches is drawn: ${partial}\n`);
  return { graph, title: `Plan for stack ${plan.stack}` };
}
