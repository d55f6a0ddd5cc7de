/**
 * The gate of a deployment. New flows are deployed switched off, everything that can be looked at meanwhile is looked at,
 * then they are switched on and a marked sample is followed through each; on failure they are switched off again. Flows
 * that ran before are never switched off. The stack's state says what is still to be switched on and a note what runs
 * unproved, so that a gate that was killed goes on when it is run again.
 */
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { type DeployedStack, readDeployment } from "../deployment.ts";
import { count } from "../print.ts";
import type { Progress } from "../progress.ts";
import { deploy, previewFlows } from "./deploy.ts";
import { configOf, flowLabels, flowsOf, type VerifiedFlow } from "./flows.ts";
import { GateNote } from "./gate-note.ts";
import { type FlowReport, isBad } from "./step.ts";
import { type Depth, verifyFlows } from "./verify.ts";

/** Preview, deployment with the new flows off, checks, switching on, samples. */
export const STAGES = 5;

export interface GateOptions {
  timeout: number;
  signal: AbortSignal;
  /** Opens the stack's sandboxes; called when they are needed. */
  open: () => Promise<(sandbox: string) => Promise<Context>>;
  progress: Progress;
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
  /** Stages that are behind it. */
  #stage = 0;

  constructor(stack: string, options: GateOptions) {
    this.#stack = stack;
    this.#options = options;
    this.#note = new GateNote(stack);
    this.#labels = flowLabels(configOf(stack));
  }

  async run(): Promise<GateResult> {
    const { say } = this.#options;
    const { starting, touched, prepared } = await this.#during("asking the engine for a preview", () =>
      previewFlows(this.#stack, this.#options),
    );
    say(
      `gate: ${starting.length === 0 ? "no flow begins" : `${count(starting.length, "flow")} would begin`} to run${of(this.#named(starting))}`,
    );
    const noted = this.#note.read();
    const touchedInAll = [...new Set([...noted.touched, ...touched])];
    if (!prepared) {
      this.#note.write({ ...noted, touched: touchedInAll });
      await this.#deploy(starting, starting.length > 0 ? "deploying, new flows switched off" : "deploying");
    }

    const deployed = await readDeployment(this.#stack);
    const affected = flowsOn(deployed, touchedInAll);
    const left = affected.filter((name) => noted.opened.includes(name) && !starting.includes(name));
    const gated = [...starting, ...left];
    const changed = affected.filter((name) => !gated.includes(name));
    if (left.length > 0) say(`gate: left unproved by an earlier run: ${this.#named(left)}`);
    if (changed.length > 0) say(`gate: changed, and running before: ${this.#named(changed)}`);
    const parts = { gated, changed, touched: touchedInAll };
    const proving = new Set([...gated, ...changed]);
    const before = await this.#verify(deployed, proving, (name) => (starting.includes(name) ? "held" : "checks"));
    if (before.some(isBad)) return this.#closed(before, parts, left.length > 0);

    if (proving.size > 0) this.#note.write({ opened: gated, touched: touchedInAll });
    if (starting.length > 0) await this.#deploy([], "switching the new flows on");
    const after = await this.#verify(await readDeployment(this.#stack), proving, () => "full");
    return after.some(isBad) ? this.#closed(after, parts, true) : this.#opened(after, parts);
  }

  #named = (names: readonly string[]): string => names.map((name) => this.#labels.get(name) ?? name).join(", ");

  async #deploy(held: readonly string[], what: string): Promise<void> {
    const names = held.map((name) => this.#labels.get(name) ?? name);
    const counted = await this.#during(what, () => deploy(this.#stack, names, this.#options));
    this.#options.say(`gate: ${what}: ${counted}`);
  }

  async #verify(
    deployed: DeployedStack,
    names: ReadonlySet<string>,
    depthOf: (name: string) => Depth,
  ): Promise<FlowReport[]> {
    const { timeout, signal, progress } = this.#options;
    const config = configOf(this.#stack);
    const flows = flowsOf(deployed, config, []).filter(({ resource }) => names.has(resource.name));
    const open = await this.#options.open();
    const onStep = (_done: number, text: string) => progress.update(this.#stage, text);
    const depth = ({ resource }: VerifiedFlow) => depthOf(resource.name);
    const reports = await verifyFlows(flows, depth, { config, open, eventFile: undefined, timeout, signal, onStep });
    this.#stage += 1;
    return reports;
  }

  async #during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { progress, signal } = this.#options;
    const result = await progress.during(what, work, this.#stage);
    this.#stage += 1;
    signal.throwIfAborted();
    return result;
  }

  #opened(flows: FlowReport[], { gated, changed }: Parts): GateResult {
    this.#note.drop();
    const what = [
      ...(gated.length > 0 ? [`${count(gated.length, "new flow")} verified and running${of(this.#named(gated))}`] : []),
      ...(changed.length > 0 ? [`${count(changed.length, "changed flow")} verified${of(this.#named(changed))}`] : []),
    ];
    const summary = `gate open: ${what.join("; ") || "no flow is new or changed"}`;
    return { stack: this.#stack, ok: true, gated: this.#labelled(gated), summary, flows };
  }

  /** `running`: some of the gated flows were switched on and are to be switched off again. */
  async #closed(flows: FlowReport[], { gated, changed, touched }: Parts, running: boolean): Promise<GateResult> {
    if (running && gated.length > 0) await this.#switchOff(gated);
    this.#note.write({ opened: [], touched });
    const bad = flows.flatMap(({ flow, steps }) =>
      steps.filter(({ status }) => status === "fail").map((step) => ({ flow, step })),
    );
    const [first] = bad;
    const summary = [
      `gate closed: ${first?.step.step} of ${first?.flow} failed: ${first?.step.reason}${bad.length > 1 ? `, and ${bad.length - 1} more` : ""}`,
      ...(gated.length > 0 ? [`${running ? "switched off again" : "still switched off"}: ${this.#named(gated)}`] : []),
      ...(changed.length > 0 ? [`ran before, and runs on: ${this.#named(changed)}`] : []),
    ].join("; ");
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
      for (const { flowId, sandbox } of flows.filter(({ resource }) => gated.includes(resource.name))) {
        const service = (await open(sandbox)).flows;
        // AEP refuses to switch off what is off already, and the flows behind it must still be seen to.
        const { state } = (await service.get("flows", flowId)) ?? {};
        if (state !== "disabled" && state !== "disabling") await service.action(flowId, "disable");
      }
    }
  }
}

/** Flows the gate was closed for, and flows that ran before and are changed, or stand on something that is. */
interface Parts {
  gated: readonly string[];
  changed: readonly string[];
  /** URNs of what was deployed since a gate was open. */
  touched: readonly string[];
}

const of = (names: string): string => (names === "" ? "" : `: ${names}`);

/** Names of the flows that are among the touched objects, or are made of one. */
function flowsOn({ objects }: DeployedStack, touched: readonly string[]): string[] {
  const byUrn = new Map(objects.map((object) => [object.urn, object]));
  const seen = new Map<string, boolean>();
  const isAffected = (urn: string): boolean => {
    const known = seen.get(urn);
    if (known !== undefined) return known;
    seen.set(urn, false);
    const answer = touched.includes(urn) || (byUrn.get(urn)?.dependencies ?? []).some(isAffected);
    seen.set(urn, answer);
    return answer;
  };
  return objects.filter(({ kind, urn }) => kind === "Dataflow" && isAffected(urn)).map(({ name }) => name);
}
