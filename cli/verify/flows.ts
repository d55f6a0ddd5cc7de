/** The flows of a deployed stack with everything they are made of, and the files of the project they come from. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { flowLabel } from "../../config/hold.ts";
import { readStackConfig, type StackConfig } from "../../config.ts";
import { at } from "../../resources/values.ts";
import type { DeployedObject, DeployedStack } from "../deployment.ts";
import { chooseFlows, type DeployedFlow, deployedFlows } from "../flows.ts";

/** One flow as the state has it. Ids are those of AEP. */
export interface VerifiedFlow extends DeployedFlow {
  resource: DeployedObject;
  sourceConnectionId: string;
  targetConnectionId: string;
  /** What the state says that the flow runs. */
  mapping: { id: string; version: number; rows: unknown } | undefined;
  /** A polled source, or files: nothing can be sent to it. */
  scheduled: boolean;
  /** Path of its mapping file; undefined when the program does not declare the flow any more. */
  mappingFile: string | undefined;
}

/** The stack's flows, all or those named, in the order of the stack file. @throws AepError USAGE for a name that no flow has */
export function flowsOf(deployed: DeployedStack, config: StackConfig, names: readonly string[]): VerifiedFlow[] {
  const order = [...flowLabels(config).values()];
  const position = ({ label }: DeployedFlow) => order.indexOf(label) >>> 0;
  const chosen = chooseFlows(deployedFlows(deployed), names).sort((a, b) => position(a) - position(b));
  const files = mappingFiles(config);
  return chosen.map((flow) => withParts(flow, deployed, files));
}

/** The configuration that names the files; AEP_HOLD_FLOWS is about deployments and does not matter here. */
export function configOf(stack: string): StackConfig {
  return readStackConfig({ stack, env: { ...process.env, AEP_HOLD_FLOWS: "" } });
}

/** `pipeline/flow` of every flow that a pipeline declares, by the resource's name. */
export function flowLabels({ pipelines }: StackConfig): Map<string, string> {
  const pairs = pipelines.flatMap(({ name, flows }) =>
    flows.map((flow) => [`${name}-${flow.name}`, flowLabel(name, flow.name)] as const),
  );
  return new Map(pairs);
}

type MappingFiles = (flow: string, mappingSet: string | undefined) => string | undefined;

/** Which mapping file a resource comes from: pipelines name theirs, single flows through their mapping set. */
function mappingFiles({ pipelines, resources }: StackConfig): MappingFiles {
  const own = pipelines.flatMap(({ name, flows }) =>
    flows.map((flow) => [`${name}-${flow.name}`, flow.mapping] as const),
  );
  const files = new Map<string, string>(own);
  const single: unknown = resources === undefined ? undefined : parse(readFileSync(resources, "utf8"));
  const entries = at(single, "resources") as Record<string, unknown> | undefined;
  return (flow, mappingSet) => files.get(flow) ?? optional(at(entries?.[mappingSet ?? ""], "file"));
}

function withParts(flow: DeployedFlow, { objects }: DeployedStack, fileOf: MappingFiles): VerifiedFlow {
  const resource = objects.find(({ kind, id }) => kind === "Dataflow" && id === flow.flowId) as DeployedObject;
  const set = objects.find(({ kind, id }) => kind === "MappingSet" && id === flow.mappingSetId);
  const text = (path: string) => String(at(resource.inputs, path) ?? "");
  const version = Number(at(resource.inputs, "mapping.version"));
  return {
    ...flow,
    resource,
    sourceConnectionId: text("sourceConnection"),
    targetConnectionId: text("targetConnection"),
    mapping:
      flow.mappingSetId === undefined ? undefined : { id: flow.mappingSetId, version, rows: set?.inputs["rows"] },
    scheduled: resource.inputs["schedule"] !== undefined,
    mappingFile: fileOf(resource.name, set?.name),
  };
}

const optional = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
