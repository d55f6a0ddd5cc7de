/** The flows a stack has deployed, with everything that sending to them and looking after them needs. */
import { AepError } from "../errors.ts";
import type { Context } from "../resources/context.ts";
import { at, isPlain, type Plain } from "../resources/values.ts";
import type { DeployedObject, DeployedStack } from "./deployment.ts";

export interface DeployedFlow {
  /** `capillary-stream/profile`; the resource's name for a flow outside the pipelines. */
  label: string;
  pipeline: string | undefined;
  /** Name within its pipeline, or of the resource. */
  name: string;
  flowId: string;
  sandbox: string;
  /** Where events are sent to; undefined for a flow that polls its source. */
  inletUrl: string | undefined;
  datasetId: string;
  datasetName: string;
  schemaId: string;
  mappingSetId: string | undefined;
  baseConnectionId: string | undefined;
}

/** All flows of a stack, those of the pipelines first, in the order of the stack's outputs. */
export function deployedFlows({ objects, outputs }: DeployedStack): DeployedFlow[] {
  const byId = new Map(objects.map((object) => [object.id, object]));
  const flows = objects.filter(({ kind }) => kind === "Dataflow");
  const labelled = pipelineFlows(outputs);
  const position = (flow: DeployedObject) => labelled.findIndex(({ flowId }) => flowId === flow.id) >>> 0;
  return flows
    .toSorted((a, b) => position(a) - position(b))
    .map((flow) => {
      const known = labelled.find(({ flowId }) => flowId === flow.id);
      const source = byId.get(String(flow.inputs["sourceConnection"]));
      const target = byId.get(String(flow.inputs["targetConnection"]));
      const dataset = byId.get(String(target?.inputs["dataset"]));
      const mapping = at(flow.inputs, "mapping.id");
      return {
        label: known?.label ?? flow.name,
        pipeline: known?.pipeline,
        name: known?.name ?? flow.name,
        flowId: flow.id,
        sandbox: String(flow.inputs["sandbox"] ?? outputs["sandbox"]),
        inletUrl: known?.inletUrl ?? text(flow.outputs["inletUrl"]),
        datasetId: String(target?.inputs["dataset"] ?? ""),
        datasetName: String(dataset?.inputs["name"] ?? target?.inputs["dataset"] ?? ""),
        schemaId: String(target?.inputs["schema"] ?? ""),
        mappingSetId: typeof mapping === "string" ? mapping : undefined,
        baseConnectionId: text(source?.inputs["baseConnection"]),
      };
    });
}

/** Flows that take each kind of Capillary event, by the stack's output `routes`. */
export function routesOf(deployed: DeployedStack, flows: readonly DeployedFlow[]): ReadonlyMap<string, DeployedFlow[]> {
  const routes = new Map<string, DeployedFlow[]>();
  for (const [pipeline, output] of Object.entries(plain(deployed.outputs["pipelines"]))) {
    for (const [kind, names] of Object.entries(plain(plain(output)["routes"]))) {
      const wanted = String(names).split(", ");
      const takers = flows.filter((flow) => flow.pipeline === pipeline && wanted.includes(flow.name));
      routes.set(kind, [...(routes.get(kind) ?? []), ...takers]);
    }
  }
  return routes;
}

/**
 * The flows that `wanted` names (`PIPELINE/FLOW`, a pipeline, or a flow's id), all of them without a name.
 * @throws AepError USAGE with the names there are
 */
export function chooseFlows(flows: readonly DeployedFlow[], wanted: readonly string[]): DeployedFlow[] {
  if (wanted.length === 0) return [...flows];
  const chosen = wanted.flatMap((name) => {
    const found = flows.filter((flow) => [flow.label, flow.pipeline, flow.flowId].includes(name));
    if (found.length > 0) return found;
    throw new AepError("USAGE", `there is no flow ${JSON.stringify(name)} in this stack`, {
      where: "--flow",
      hint: `It has: ${flows.map(({ label }) => label).join(", ")}.`,
    });
  });
  return [...new Set(chosen)];
}

/** Whether a flow's inlet asks for a token, as its connection says; a connection that does not say gets one. */
export async function needsToken({ flows }: Context, { baseConnectionId }: DeployedFlow): Promise<boolean> {
  const connection = baseConnectionId === undefined ? undefined : await flows.get("connections", baseConnectionId);
  return String(at(connection, "auth.params.authenticationRequired")) !== "false";
}

function pipelineFlows(outputs: Plain) {
  return Object.entries(plain(outputs["pipelines"])).flatMap(([pipeline, output]) =>
    Object.entries(plain(plain(output)["flows"])).map(([name, flow]) => ({
      pipeline,
      name,
      label: `${pipeline}/${name}`,
      flowId: plain(flow)["flowId"],
      inletUrl: text(plain(flow)["inletUrl"]),
    })),
  );
}

const plain = (value: unknown): Plain => (isPlain(value) ? value : {});
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
