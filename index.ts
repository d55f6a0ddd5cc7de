/** The Pulumi program: reads this stack's configuration and declares its pipelines. */
import * as pulumi from "@pulumi/pulumi";
import { type AepClient, createClient } from "./aep/client.ts";
import { listSandboxes } from "./aep/sandboxes.ts";
import { readSettings } from "./aep/settings.ts";
import { EVENT_KINDS } from "./capillary/events.ts";
import { flowLabel, HOLD_FLOWS } from "./config/hold.ts";
import { type PipelineConfig, readStackConfig, type SpecChoice, type StackConfig } from "./config.ts";
import { AepError } from "./errors.ts";
import { CapillaryToAep, DEFAULT_SPECS, type Spec } from "./resources/capillary-to-aep.ts";
import { declareResources } from "./resources/declared.ts";
import { checkFlows, profileSchemas } from "./resources/flow-files.ts";
import { lookupSpec } from "./resources/spec-lookup.ts";
import { XdmModel } from "./resources/xdm-model.ts";

/** Stack outputs: what a sender or a check needs to find its flow. */
export default async function program(): Promise<Record<string, unknown>> {
  try {
    const config = readStackConfig({ stack: pulumi.getStack(), values: pulumi.runtime.allConfig() });
    checkFlows(
      config.pipelines.flatMap(({ flows }) => flows),
      { tenant: config.tenantId, standardFields: config.standardFields },
    );
    // A preview asks nobody and needs no credentials; before anything is changed, one call says whether it can work at all.
    if (!pulumi.runtime.isDryRun()) await checkSandbox(connect(), config.sandbox);
    return await declare(config);
  } catch (error) {
    // The text is all a user needs: what, where, what to do. A RunError is shown without a stack trace.
    throw error instanceof AepError ? new pulumi.RunError(error.toString()) : error;
  }
}

async function declare(config: StackConfig): Promise<Record<string, unknown>> {
  const { sandbox, tenantId, protect, holdFlows } = config;
  if (holdFlows.length > 0) await pulumi.log.warn(`switched off in this run by ${HOLD_FLOWS}: ${holdFlows.join(", ")}`);
  const known = config.standardFields && { standardFields: config.standardFields };
  const specs = await Promise.all(config.pipelines.map((pipeline) => specsOf(pipeline, sandbox)));
  const flows = config.pipelines.flatMap((pipeline) => pipeline.flows);
  const xdm = new XdmModel("xdm", { sandbox, tenantId, protect, profileSchemas: profileSchemas(flows) });
  if (config.resources !== undefined)
    declareResources(config.resources, { sandbox, tenantId, ...known, protect, xdm, holdFlows });
  const pipelines = config.pipelines.map((pipeline, index) => {
    const { name, mode, description, source } = pipeline;
    const component = new CapillaryToAep(name, {
      sandbox,
      tenantId,
      ...known,
      mode,
      xdm,
      ...specs[index],
      ...(description !== undefined && { description }),
      ...(source.auth && { auth: source.auth as { specName: string; params: Record<string, string> } }),
      ...(source.authenticationRequired !== undefined && { authenticationRequired: source.authenticationRequired }),
      flows: pipeline.flows.map((flow) => ({ ...flow, held: holdFlows.includes(flowLabel(name, flow.name)) })),
    });
    return [name, outputsOf(pipeline, component)] as const;
  });
  return {
    sandbox,
    datasets: xdm.datasetIds,
    pipelines: Object.fromEntries(pipelines),
  };
}

/** Ids of the flows, inlets of those that may have one, and for each event that is routed the names of the flows that take it. */
function outputsOf({ mode, source, flows }: PipelineConfig, component: CapillaryToAep) {
  const polled = mode === "genericRest" && !source.flowSpec;
  const each = flows.map(({ name }) => [
    name,
    { flowId: component.flows[name]!.id, ...(!polled && { inletUrl: component.inletOf(name) }) },
  ]);
  const takers = EVENT_KINDS.map((kind) => [kind, flows.filter(({ events }) => events.includes(kind))] as const);
  const routed = takers.filter(([, taken]) => taken.length > 0);
  return {
    baseConnectionId: component.baseConnection.id,
    flows: Object.fromEntries(each),
    ...(routed.length > 0 && {
      routes: Object.fromEntries(routed.map(([kind, taken]) => [kind, taken.map(({ name }) => name).join(", ")])),
    }),
  };
}

/** The specs that the stack chooses; only a choice by name asks Flow Service. */
async function specsOf(
  { mode, source }: PipelineConfig,
  sandbox: string,
): Promise<{ connectionSpec: Spec; flowSpec: Spec }> {
  const defaults = DEFAULT_SPECS[mode];
  return {
    connectionSpec: await chosen("connectionSpecs", source.connectionSpec, defaults.connectionSpec, sandbox),
    flowSpec: await chosen("flowSpecs", source.flowSpec, defaults.flowSpec, sandbox),
  };
}

async function chosen(
  collection: "connectionSpecs" | "flowSpecs",
  choice: SpecChoice | undefined,
  fallback: Spec,
  sandbox: string,
): Promise<Spec> {
  if (choice?.lookup) return lookupSpec(connect(), sandbox, collection, choice.lookup);
  return choice?.id ? { id: choice.id, version: choice.version } : fallback;
}

function connect(): AepClient {
  const values = pulumi.runtime.allConfig();
  return createClient(readSettings((key) => values[key]));
}

async function checkSandbox(client: AepClient, sandbox: string): Promise<void> {
  const wanted = ({ name }: { name: string }) => name === sandbox;
  const known = await listSandboxes(client, wanted);
  if (known.some(wanted)) return;
  throw new AepError("AEP_SANDBOX_UNKNOWN", `There is no sandbox "${sandbox}".`, {
    where: "aep:sandbox",
    hint: `Usable with these credentials: ${known.map(({ name }) => name).join(", ") || "none"}.`,
  });
}
