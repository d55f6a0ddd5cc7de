/** The flows of a deployed stack with everything they are made of, and the files of the project they come from. */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { flowLabel } from "../../config/hold.ts";
import { readStackConfig, type StackConfig } from "../../config.ts";
import { AepError } from "../../errors.ts";
import { at } from "../../resources/values.ts";
import type { DeployedObject, DeployedStack } from "../deployment.ts";

/** One flow as the state has it. Ids are those of AEP. */
export interface VerifiedFlow {
  /** `pipeline/flow`, or the resource's name where no pipeline declares it. */
  label: string;
  sandbox: string;
  flow: DeployedObject;
  sourceConnectionId: string;
  targetConnectionId: string;
  baseConnectionId: string | undefined;
  datasetId: string | undefined;
  schemaId: string | undefined;
  mapping: { id: string; version: number; rows: unknown } | undefined;
  /** A polled source, or files: nothing can be sent to it. */
  scheduled: boolean;
  /** Path of its mapping file; undefined when the program does not declare the flow any more. */
  mappingFile: string | undefined;
}

/** The stack's flows, all or those named. @throws AepError USAGE for a name that no flow has */
export function flowsOf(deployed: DeployedStack, config: StackConfig, names: readonly string[]): VerifiedFlow[] {
  const files = new MappingFiles(config);
  const all = deployed.objects
    .filter(({ kind }) => kind === "Dataflow")
    .map((flow) => verifiedFlow(flow, deployed, files))
    .sort((a, b) => files.orderOf(a) - files.orderOf(b) || (a.label < b.label ? -1 : 1));
  const unknown = names.filter((name) => !all.some((one) => isNamed(one, name)));
  if (unknown.length > 0)
    throw new AepError("USAGE", `the stack ${deployed.stack} has no flow ${unknown.join(", ")}`, {
      hint: `Name one of: ${all.map(({ label }) => label).join(", ") || "it has none"}.`,
    });
  return names.length === 0 ? all : all.filter((one) => names.some((name) => isNamed(one, name)));
}

const isNamed = ({ label, flow }: VerifiedFlow, name: string): boolean => label === name || flow.name === name;

/** The configuration that names the files; AEP_HOLD_FLOWS is about deployments and does not matter here. */
export function configOf(stack: string): StackConfig {
  return readStackConfig({ stack, env: { ...process.env, AEP_HOLD_FLOWS: "" } });
}

function verifiedFlow(flow: DeployedObject, { objects }: DeployedStack, files: MappingFiles): VerifiedFlow {
  const byId = (kind: string, id: unknown) => objects.find((one) => one.kind === kind && one.id === id);
  const text = (path: string) => String(at(flow.inputs, path) ?? "");
  const [sourceConnectionId, targetConnectionId] = [text("sourceConnection"), text("targetConnection")];
  const target = byId("TargetConnection", targetConnectionId)?.inputs;
  const mappingId = at(flow.inputs, "mapping.id");
  const set = byId("MappingSet", mappingId);
  const mapping = {
    id: String(mappingId),
    version: Number(at(flow.inputs, "mapping.version")),
    rows: set?.inputs["rows"],
  };
  return {
    label: files.labels.get(flow.name) ?? flow.name,
    sandbox: text("sandbox"),
    flow,
    sourceConnectionId,
    targetConnectionId,
    baseConnectionId: optional(byId("SourceConnection", sourceConnectionId)?.inputs["baseConnection"]),
    datasetId: optional(target?.["dataset"]),
    schemaId: optional(target?.["schema"]),
    mapping: mappingId === undefined ? undefined : mapping,
    scheduled: flow.inputs["schedule"] !== undefined,
    mappingFile: files.of(flow.name, set?.name),
  };
}

const optional = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** `pipeline/flow` of every flow that a pipeline declares, by the resource's name. */
export function flowLabels({ pipelines }: StackConfig): Map<string, string> {
  const pairs = pipelines.flatMap(({ name, flows }) =>
    flows.map((flow) => [`${name}-${flow.name}`, flowLabel(name, flow.name)] as const),
  );
  return new Map(pairs);
}

/** Which mapping file belongs to which resource: pipelines name theirs, single objects through their mapping set. */
class MappingFiles {
  readonly labels: ReadonlyMap<string, string>;
  readonly #files = new Map<string, string>();
  readonly #sets: unknown;

  constructor(config: StackConfig) {
    const { pipelines, resources } = config;
    this.labels = flowLabels(config);
    for (const { name, flows } of pipelines) {
      for (const flow of flows) this.#files.set(`${name}-${flow.name}`, flow.mapping);
    }
    this.#sets = resources === undefined ? undefined : at(parse(readFileSync(resources, "utf8")), "resources");
  }

  /** Flows are shown in the order of the stack file, others after them. */
  orderOf({ flow }: VerifiedFlow): number {
    const at = [...this.labels.keys()].indexOf(flow.name);
    return at < 0 ? this.labels.size : at;
  }

  of(flow: string, set: string | undefined): string | undefined {
    const declared = (this.#sets as Record<string, unknown> | undefined)?.[set ?? ""];
    return this.#files.get(flow) ?? optional(at(declared, "file"));
  }
}
