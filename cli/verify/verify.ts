/** A whole verification: every flow's chain, then its sample or its last run; flows are looked at side by side. */

import type { StackConfig } from "../../config.ts";
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { failed, skip } from "../finding.ts";
import { Chain } from "./chain.ts";
import { type ChosenSample, chooseSample } from "./event.ts";
import type { VerifiedFlow } from "./flows.ts";
import { lastRun } from "./last-run.ts";
import { newMarker } from "./sample.ts";
import { mapSample, sendSample } from "./send.ts";
import { type FlowReport, isBad, type Step } from "./step.ts";

export interface VerifyOptions {
  config: StackConfig;
  /** Opens a sandbox. */
  open: (sandbox: string) => Promise<Context>;
  /** `--event`. */
  eventFile: string | undefined;
  /** Milliseconds to follow a sample or to wait for a run. */
  timeout: number;
  signal: AbortSignal;
  /** Told of every flow that is done, and of what is waited for meanwhile. */
  onStep: (done: number, text: string) => void;
  /** Have flows of frequency `once` run now. */
  startRuns?: boolean;
}

/** `checks`: nothing is sent. `held`: the flow is to be off, so that only what works without it is looked at. */
export type Depth = "full" | "checks" | "held";

/** Looks at the flows, each to the depth said. Nothing is sent to a flow whose chain is broken. */
export async function verifyFlows(
  flows: readonly VerifiedFlow[],
  depthOf: (flow: VerifiedFlow) => Depth,
  options: VerifyOptions,
): Promise<FlowReport[]> {
  const chains = new Map<string, { context: Context; chain: Chain }>();
  for (const { sandbox } of flows) {
    if (chains.has(sandbox)) continue;
    const context = await options.open(sandbox);
    chains.set(sandbox, { context, chain: new Chain(context) });
  }
  const started = Date.now();
  let done = 0;
  return Promise.all(
    flows.map(async (flow, index) => {
      const { context, chain } = chains.get(flow.sandbox)!;
      const progress = { ...options, onStep: (text: string) => options.onStep(done, `${flow.label}: ${text}`) };
      const marker = newMarker(started, index);
      const report = await verifyFlow(context, chain, flow, { ...progress, depth: depthOf(flow), marker });
      done += 1;
      options.onStep(done, flow.label);
      return report;
    }),
  );
}

interface FlowOptions extends Omit<VerifyOptions, "onStep"> {
  depth: Depth;
  marker: string;
  onStep: (text: string) => void;
}

async function verifyFlow(
  context: Context,
  chain: Chain,
  flow: VerifiedFlow,
  options: FlowOptions,
): Promise<FlowReport> {
  const { depth, signal } = options;
  const { label, sandbox, scheduled } = flow;
  const steps = await chain.check(flow, depth === "held");
  const report: FlowReport = { flow: label, flowId: flow.flowId, sandbox, scheduled, steps };
  signal.throwIfAborted();
  const off = flow.resource.inputs["state"] === "disabled" && depth !== "held";
  if (off) return report;
  if (scheduled) {
    const start = depth === "full" && options.startRuns === true;
    if (depth !== "held" && !isBad(report)) steps.push(await lastRun(context, flow, { ...options, start }));
    return report;
  }
  return sampleOf(context, flow, report, options);
}

async function sampleOf(
  context: Context,
  flow: VerifiedFlow,
  report: FlowReport,
  options: FlowOptions,
): Promise<FlowReport> {
  const sample = chosen(flow, options);
  if ("step" in sample) return { ...report, steps: [...report.steps, sample] };
  const steps = [...report.steps];
  if (flow.mapping?.rows !== undefined) steps.push(await mapSample(context, flow, sample));
  const checked = { ...report, steps };
  if (options.depth !== "full") return checked;
  if (isBad(checked))
    return {
      ...checked,
      steps: [...steps, { step: "sample sent", ...skip("nothing is sent while a step before fails"), ms: 0 }],
    };
  const sent = await sendSample(context, flow, sample, options);
  return { ...checked, steps: [...steps, ...sent.steps], sample: sent.sample };
}

/** The sample, or the step that says why there is none. */
function chosen(
  { mappingFile, mapping }: VerifiedFlow,
  { config, eventFile, marker }: FlowOptions,
): ChosenSample | Step {
  const step = "sample mapped";
  if (mapping === undefined)
    return { step, ...skip("the flow takes XDM as it is: send an event to it yourself, with `aep send`"), ms: 0 };
  if (mappingFile === undefined)
    return { step, ...skip("the program has no mapping file of this flow, and so no event to send"), ms: 0 };
  const { tenantId: tenant, standardFields } = config;
  try {
    return chooseSample({ mappingFile, tenant, standardFields, eventFile }, marker);
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    return { step, ...failed(error), ms: 0 };
  }
}
