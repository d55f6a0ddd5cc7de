/**
 * The gate of a deployment. New flows are deployed switched off, everything that can be looked at meanwhile is looked at,
 * then they are switched on and a marked sample is followed through each; on failure they are switched off again. Flows
 * that ran before are never switched off. The stack's state says what is still to be switched on and a note what runs
 * unproved, so that a gate that was killed goes on when it is run again.
 */
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { readDeployment } from "../deployment.ts";
import { count } from "../print.ts";
import { deploy, type PlannedFlows, previewFlows } from "./deploy.ts";
import { configOf, flowLabels, flowsOf, type VerifiedFlow } from "./flows.ts";
import { GateNote } from "./gate-note.ts";
import { type FlowReport, isBad } from "./step.ts";
import { type Depth, verifyFlows } from "./verify.ts";

export interface GateOptions {
  timeout: number;
  signal: AbortSignal;
  /** Opens the stack's sandboxes; called when they are needed. */
  open: () => Promise<(sandbox: string) => Promise<Context>>;
  onStep: (done: number, text: string) => void;
  /** What the gate does, line by line. */
  say: (text: string) => void;
}

export interface GateResult {
  stack: string;
  ok: boolean;
  /** Flows the gate was closed for, as `pipeline/flow`. */
  gated: string[];
  summary: string;
  mend?: string;
  /** The last look at each flow. */
  flows: FlowReport[];
}

/** @throws AepError PREVIEW_FAILED, DEPLOYMENT_FAILED, and what reading the stack or the API refuses */
export async function runGate(stack: string, options: GateOptions): Promise<GateResult> {
  return new Gate(stack, options).run();
}

class Gate {
  readonly #stack: string;
  readonly #options: GateOptions;
  readonly #note: GateNote;
  readonly #labels: Map<string, string>;

  constructor(stack: string, options: GateOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#note = new GateNote(stack);
    this.#labels = flowLabels(configOf(stack));
  }

  async run(): Promise<GateResult> {
    const planned = await this.#during("preview", () => previewFlows(this.#stack, this.#options));
    const unproved = this.#note.read().filter((name) => !planned.starting.includes(name));
    const gated = [...planned.starting, ...unproved];
    this.#tell(planned, unproved);
    if (!planned.empty) await this.#deploy(planned.starting, "deploying, new flows switched off");
    const before = await this.#verify((flow) => (planned.starting.includes(flow.resource.name) ? "held" : "checks"));
    if (before.some(isBad)) return this.#closed(before, gated, unproved.length > 0);
    if (gated.length > 0) this.#note.write(gated);
    if (planned.starting.length > 0) await this.#deploy([], "switching the new flows on");
    const proving = new Set([...gated, ...planned.changed]);
    if (proving.size === 0) return this.#opened(before, gated, planned);
    const after = await this.#verify((flow) => (proving.has(flow.resource.name) ? "full" : undefined));
    const all = before.map((report) => after.find(({ flow }) => flow === report.flow) ?? report);
    return after.some(isBad) ? this.#closed(all, gated, true) : this.#opened(all, gated, planned);
  }

  #tell({ starting, changed, empty }: PlannedFlows, unproved: readonly string[]): void {
    const { say } = this.#options;
    if (starting.length > 0)
      say(`gate: ${count(starting.length, "flow")} would begin to run: ${this.#named(starting)}`);
    else say(`gate: no flow begins to run${empty ? ", and nothing changes" : ""}`);
    if (changed.length > 0) say(`gate: changed, and running before: ${this.#named(changed)}`);
    if (unproved.length > 0) say(`gate: left unproved by an earlier run: ${this.#named(unproved)}`);
  }

  #named = (names: readonly string[]): string => names.map((name) => this.#labels.get(name) ?? name).join(", ");

  async #deploy(held: readonly string[], what: string): Promise<void> {
    const names = held.map((name) => this.#labels.get(name) ?? name);
    const counted = await this.#during(what, () => deploy(this.#stack, names, this.#options));
    this.#options.say(`gate: ${what}: ${counted}`);
  }

  /** Looks at the flows for which a depth is given. */
  async #verify(depthOf: (flow: VerifiedFlow) => Depth | undefined): Promise<FlowReport[]> {
    const config = configOf(this.#stack);
    const flows = flowsOf(await readDeployment(this.#stack), config, []).filter((flow) => depthOf(flow) !== undefined);
    const { timeout, signal, onStep } = this.#options;
    const open = await this.#options.open();
    return verifyFlows(flows, (flow) => depthOf(flow) ?? "checks", {
      config,
      open,
      eventFile: undefined,
      timeout,
      signal,
      onStep,
    });
  }

  /** Progress while the engine works, which says nothing meanwhile. */
  async #during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const ticking = setInterval(() => this.#options.onStep(0, what), 500);
    try {
      return await work();
    } finally {
      clearInterval(ticking);
      this.#options.signal.throwIfAborted();
    }
  }

  #opened(flows: FlowReport[], gated: readonly string[], { changed }: PlannedFlows): GateResult {
    this.#note.drop();
    const what = [
      ...(gated.length > 0 ? [`${count(gated.length, "new flow")} verified and running: ${this.#named(gated)}`] : []),
      ...(changed.length > 0 ? [`${count(changed.length, "changed flow")} verified: ${this.#named(changed)}`] : []),
    ];
    const summary = `gate open: ${what.join("; ") || `nothing new; ${count(flows.length, "flow")} looked at`}`;
    return { stack: this.#stack, ok: true, gated: this.#labelled(gated), summary, flows };
  }

  /** `running`: some of the gated flows were switched on and are to be switched off again. */
  async #closed(flows: FlowReport[], gated: readonly string[], running: boolean): Promise<GateResult> {
    if (running && gated.length > 0) await this.#switchOff(gated);
    this.#note.drop();
    const bad = flows.flatMap(({ flow, steps }) =>
      steps.filter(({ status }) => status === "fail").map((step) => ({ flow, step })),
    );
    const [first] = bad;
    const more = bad.length > 1 ? `, and ${bad.length - 1} more` : "";
    const off =
      gated.length === 0 ? "nothing was new, so nothing is switched off" : `switched off: ${this.#named(gated)}`;
    const summary = `gate closed: ${first?.step.step} of ${first?.flow} failed: ${first?.step.reason}${more}; ${off}`;
    const mend = `${first?.step.mend ?? "Mend what is named."} Then run \`aep verify --gate\` again.`;
    return { stack: this.#stack, ok: false, gated: this.#labelled(gated), summary, mend, flows };
  }

  #labelled = (names: readonly string[]): string[] => names.map((name) => this.#labels.get(name) ?? name);

  /** By a deployment, so that the state agrees; where that fails by the API alone. */
  async #switchOff(gated: readonly string[]): Promise<void> {
    try {
      await this.#deploy(gated, "switching the new flows off again");
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      this.#options.say(`gate: ${error.code}: ${error.message.split("\n")[0]}; switching them off directly`);
      const flows = flowsOf(await readDeployment(this.#stack), configOf(this.#stack), []);
      const open = await this.#options.open();
      for (const { flowId, sandbox } of flows.filter(({ resource }) => gated.includes(resource.name)))
        await (await open(sandbox)).flows.action(flowId, "disable");
    }
  }
}
