/** What `aep send` does, from the deployed stack to the report. */
import { createHash } from "node:crypto";
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { connector, stackSettings } from "../connect.ts";
import { type DeployedStack, readDeployment } from "../deployment.ts";
import { Quarantine } from "../errors/store.ts";
import { chooseFlows, type DeployedFlow, deployedFlows, needsToken, routesOf } from "../flows.ts";
import { count } from "../print.ts";
import { Progress } from "../progress.ts";
import type { Inlet } from "./deliver.ts";
import { type CheckedFile, checkFile, deliveriesOf } from "./files.ts";
import { followSent, standingBefore } from "./follow-sent.ts";
import { Journal } from "./journal.ts";
import { Pace, SYNC_RATE } from "./pace.ts";
import type { Report } from "./report.ts";
import { type Router, router } from "./routes.ts";
import { type Sample, samplesFor } from "./samples.ts";
import { Sender } from "./sender.ts";

export interface SendOptions {
  files: readonly string[];
  stack: string | undefined;
  flows: readonly string[];
  sample: boolean;
  /** Events a second. */
  rate: number | undefined;
  batch: number;
  sync: boolean;
  follow: boolean;
  timeout: number;
  /** `resume`: send nothing of a file again that was sent in full; `restart`: forget what was sent. */
  mode: "usual" | "resume" | "restart";
  maxRefused: number;
  quiet: boolean;
  signal: AbortSignal;
}

interface Job {
  file: CheckedFile;
  journal: Journal;
}

export async function runSend(options: SendOptions): Promise<Report> {
  const deployed = await readDeployment(options.stack);
  const { inlets, route, samples } = targets(deployed, options);
  const jobs = await jobsOf(options, route, deployed.stack);
  const used = [...new Set([...jobs.flatMap(({ file }) => file.flows), ...samples.map(({ flow }) => flow)])];
  const context = await open(deployed, used);
  const byFlow = await inletsOf(
    context,
    used.filter((flow) => inlets.includes(flow)),
    options,
  );
  const since = context.client.serverNow();
  const before = options.follow ? await standingBefore(context, used, since) : undefined;
  const report = await sendAll({ jobs, samples, byFlow, route, stack: deployed.stack }, options);
  if (before === undefined || options.signal.aborted) return report;
  const sent = used
    .map((flow) => ({ flow, taken: report.flows.find((one) => one.flow === flow.label)?.taken ?? 0 }))
    .filter(({ taken }) => taken > 0);
  const total = sent.reduce((sum, { taken }) => sum + taken, 0);
  const progress = new Progress("follow", { quiet: options.quiet, total, unit: "events" });
  const onStep = (accounted: number) => progress.update(accounted, "waiting for the flows' runs");
  const followed = await followSent(context, sent, {
    since,
    before,
    timeout: options.timeout,
    mask: new Quarantine().mask,
    signal: options.signal,
    onStep,
  });
  progress.end();
  return { ...report, followed };
}

/** Flows that have an inlet, the way an event takes to them, and the samples when they are asked for. */
function targets(
  deployed: DeployedStack,
  { flows: names, sample }: SendOptions,
): { inlets: DeployedFlow[]; route: Router; samples: Sample[] } {
  const all = deployedFlows(deployed);
  const inlets = all.filter(({ inletUrl }) => inletUrl !== undefined);
  const named = names.length > 0 ? chooseFlows(all, names) : [];
  const polled = named.filter((flow) => !inlets.includes(flow));
  if (
    polled.length > 0 &&
    (polled.length === named.length ||
      names.some((name) => polled.some(({ label, flowId }) => name === label || name === flowId)))
  )
    throw new AepError("USAGE", `${polled[0]?.label} has no inlet: it fetches its data by itself`, {
      where: "--flow",
      hint: `Flows with an inlet: ${inlets.map(({ label }) => label).join(", ") || "none in this stack"}.`,
    });
  const chosen = named.filter((flow) => inlets.includes(flow));
  const samples = sample ? samplesFor(deployed.stack, chosen.length > 0 ? chosen : inlets) : [];
  if (sample && samples.length === 0)
    throw new AepError("USAGE", "there are no sample events for these flows", {
      hint: "Samples are the events of the golden tests of a flow's mapping; name a file instead.",
    });
  return { inlets, route: router(chosen, inlets, routesOf(deployed, inlets)), samples };
}

/** Every file read through, with the journal of how far it was sent. */
async function jobsOf(options: SendOptions, route: Router, stack: string): Promise<Job[]> {
  const progress = new Progress("read", { quiet: options.quiet, unit: "events" });
  const jobs: Job[] = [];
  for (const path of options.files) {
    const file = await checkFile(path, route, (events) => progress.update(events, path), options.signal);
    const flows = file.flows.map(({ flowId }) => flowId);
    const key = createHash("sha256")
      .update([stack, file.sha256, ...flows].join("\n"))
      .digest("hex")
      .slice(0, 24);
    jobs.push({ file, journal: new Journal(key, { file: path, sha256: file.sha256, flows, total: file.total }) });
  }
  progress.end();
  return jobs;
}

async function open({ stack }: DeployedStack, flows: readonly DeployedFlow[]): Promise<Context> {
  const connect = connector(await stackSettings(stack));
  return connect(flows[0]?.sandbox ?? "");
}

async function inletsOf(
  context: Context,
  flows: readonly DeployedFlow[],
  { sync, batch }: SendOptions,
): Promise<ReadonlyMap<DeployedFlow, Inlet>> {
  const needs = new Map<string | undefined, boolean>();
  const inlets = new Map<DeployedFlow, Inlet>();
  for (const flow of flows) {
    if (!needs.has(flow.baseConnectionId)) needs.set(flow.baseConnectionId, await needsToken(context, flow));
    const authenticated = needs.get(flow.baseConnectionId) ?? true;
    inlets.set(flow, { client: context.client, flow, url: flow.inletUrl ?? "", authenticated, sync, batch: batch > 1 });
  }
  return inlets;
}

interface Work {
  jobs: Job[];
  samples: Sample[];
  byFlow: ReadonlyMap<DeployedFlow, Inlet>;
  route: Router;
  stack: string;
}

async function sendAll(work: Work, options: SendOptions): Promise<Report> {
  const { sentBefore, going, resumed } = decide(work.jobs, options);
  const total = work.samples.length + going.reduce((sum, { file, journal }) => sum + file.total - journal.answered, 0);
  const progress = new Progress("send", { quiet: options.quiet, total, unit: "events" });
  const started = performance.now();
  const rate = options.sync ? Math.min(options.rate ?? SYNC_RATE, SYNC_RATE) : options.rate;
  const sender: Sender = new Sender({
    quarantine: new Quarantine(),
    stack: work.stack,
    batch: options.batch,
    pace: rate === undefined ? undefined : new Pace(rate),
    maxRefused: options.maxRefused,
    signal: options.signal,
    onAnswer: (flow) => progress.update(sender.answered, flow),
  });
  try {
    await pushAll(work, going, sender);
  } finally {
    progress.end();
    for (const { journal } of going) journal.end();
    if (sender.stopped)
      process.stderr.write(`${sender.answered} of ${count(total, "event")} were answered before it stopped\n`);
  }
  const flows = [...sender.counts].map(([flow, counts]) => ({ flow, ...counts }));
  const seconds = (performance.now() - started) / 1000;
  const several = going.some(({ file }) => file.total > file.events);
  return { stack: work.stack, flows, several, resumed, sentBefore, records: sender.records, seconds };
}

async function pushAll({ samples, byFlow, route }: Work, going: readonly Job[], sender: Sender): Promise<void> {
  for (const [index, { flow, text, where }] of samples.entries()) {
    if (sender.stopped) break;
    await sender.push(byFlow.get(flow) as Inlet, { index, text, where }, undefined);
  }
  await sender.flush(undefined);
  for (const { file, journal } of going) {
    for await (const { flow, delivery } of deliveriesOf(file, route)) {
      if (sender.stopped) break;
      if (!journal.has(delivery.index)) await sender.push(byFlow.get(flow) as Inlet, delivery, journal);
    }
    await sender.flush(journal);
    if (sender.stopped) break;
  }
  await sender.end();
}

/** Files of which nothing is left, those that go out, and what earlier runs did of these. */
function decide(
  jobs: readonly Job[],
  { mode }: SendOptions,
): { sentBefore: string[]; going: Job[]; resumed: Report["resumed"] } {
  const over = jobs.filter(({ journal }) => journal.complete);
  const sentBefore = mode === "resume" ? over.map(({ file }) => file.path) : [];
  const going = jobs.filter((job) => mode !== "resume" || !over.includes(job));
  const resumed = { answered: 0, open: 0 };
  for (const { journal } of going) {
    const anew = mode === "restart" || journal.complete;
    if (!anew) {
      resumed.answered += journal.answered;
      resumed.open += journal.open;
    }
    journal.begin(anew);
  }
  return { sentBefore, going, resumed };
}
