/** One deployment from start to end: refresh if asked, the program and its steps, the deletions. */
import { stripVTControlCharacters } from "node:util";
import { AepError } from "../../errors.ts";
import type { StackConfig } from "../config.ts";
import { configEnvironment, providerInputs } from "../config.ts";
import type { Goal } from "../protocol/goal.ts";
import { Program, type ProgramEnd } from "../protocol/program.ts";
import { type ProgramHandler, ProgramServer } from "../protocol/server.ts";
import { type ResourceState, STACK_TYPE } from "../state/resource.ts";
import { type Props, sameValue } from "../values/value.ts";
import { planDeletes, runDeletes } from "./deletes.ts";
import { Bail, type Deployment } from "./deployment.ts";
import { Executor } from "./executor.ts";
import { Planner } from "./planner.ts";
import { refreshAll } from "./refresh.ts";
import type { Step } from "./step.ts";

export interface RunInputs {
  deployment: Deployment;
  config: StackConfig;
  env: NodeJS.ProcessEnv;
  /** Refresh the state before anything else. */
  refresh: boolean;
}

/** Runs the deployment; every failure has been said on the deployment's diagnostics when this settles. */
export async function runDeployment(inputs: RunInputs): Promise<void> {
  const { deployment } = inputs;
  const { kind } = deployment.options;
  try {
    warnOfPending(deployment);
    if (inputs.refresh || kind === "refresh") await refreshAll(deployment);
    if (kind === "update") await update(inputs);
    if (kind === "destroy") await destroy(deployment);
  } catch (error) {
    if (!(error instanceof Bail)) throw error;
  }
  if (deployment.canceled) deployment.say("error", `${deployment.preview ? "preview" : kind} canceled`);
}

async function destroy(deployment: Deployment): Promise<void> {
  const executor = new Executor(deployment);
  await runDeletes(
    deployment,
    executor,
    planDeletes(deployment, () => false),
  );
  await executor.idle();
  sayFailed(deployment, executor);
}

async function update(inputs: RunInputs): Promise<void> {
  const { deployment } = inputs;
  const run = new ProgramRun(deployment, providerInputs(inputs.config));
  if (await run.program(inputs)) await run.deletes();
  await run.executor.idle();
  run.finishStackOutputs();
  sayFailed(deployment, run.executor);
}

function sayFailed(deployment: Deployment, executor: Executor): void {
  if (executor.failedUrns.size > 0 || deployment.flawed) {
    deployment.say("error", `${deployment.preview ? "preview" : "update"} failed`);
  }
}

class ProgramRun implements ProgramHandler {
  readonly executor: Executor;
  readonly #deployment: Deployment;
  readonly #planner: Planner;
  #planning: Promise<unknown> = Promise.resolve();
  #stackOutputs: Props | undefined;
  #end: () => void = () => undefined;

  constructor(deployment: Deployment, config: Props) {
    this.#deployment = deployment;
    this.executor = new Executor(deployment);
    this.#planner = new Planner(deployment, config, (steps) => this.executor.run(steps));
  }

  /** Runs the program; true when it came to its end and everything it declared stands. */
  async program(inputs: RunInputs): Promise<boolean> {
    const deployment = this.#deployment;
    const { project, stack, preview, parallel } = deployment.options;
    const server = await ProgramServer.start(this, project.root);
    const stopped = new Promise<void>((resolve) => {
      this.#end = resolve;
      deployment.stopped.addEventListener("abort", () => resolve(), { once: true });
      if (deployment.stopped.aborted) resolve();
    });
    const program = new Program({
      project,
      stack,
      preview,
      parallel,
      address: server.address,
      env: { ...inputs.env, ...configEnvironment(inputs.config) },
      onLine: (line) => deployment.say("info", line, deployment.stackUrn),
    });
    try {
      const end = await Promise.race([program.ended, stopped]);
      if (end) this.#ended(end);
      await this.#planning;
      await this.executor.idle();
      return end === "ok" && !deployment.stopped.aborted;
    } finally {
      await program.stop();
      server.close();
    }
  }

  async deletes(): Promise<void> {
    const steps = planDeletes(this.#deployment, (state) => this.#planner.seen.has(state.urn));
    await runDeletes(this.#deployment, this.executor, steps);
  }

  async register(goal: Goal): Promise<ResourceState> {
    const planned = this.#planning.then(() => {
      if (this.#deployment.stopped.aborted) throw new Bail("stopped");
      return this.#planner.plan(goal);
    });
    this.#planning = planned.catch(() => undefined);
    const steps = await planned;
    await this.executor.run(steps);
    return steps.findLast((step) => step.op !== "replace")!.new!;
  }

  async registerOutputs(urn: string, outputs: Props): Promise<void> {
    const step = this.#deployment.registered.get(urn);
    if (!step?.new)
      throw new AepError("ENGINE_FAILED", `The program gave outputs to a resource it has not declared: ${urn}`);
    if (step.new.type === STACK_TYPE) {
      this.#stackOutputs = outputs;
      return;
    }
    this.#putOutputs(step, outputs);
    if (!sameValue(step.old?.outputs ?? {}, outputs)) await this.#deployment.journal?.written();
  }

  #putOutputs(step: Step, outputs: Props): void {
    step.new!.outputs = outputs;
    this.#deployment.announce("step-end", step);
  }

  /** The stack's outputs come last; after a failure those that are missing keep their old values. They are written at the end. */
  finishStackOutputs(): void {
    const urn = this.#deployment.stackUrn;
    const step = this.#deployment.registered.get(urn);
    if (!this.#stackOutputs || !step) return;
    const old = this.#deployment.failed ? (this.#deployment.olds.get(urn)?.outputs ?? {}) : {};
    this.#putOutputs(step, { ...old, ...this.#stackOutputs });
  }

  log(message: {
    severity: "debug" | "info" | "warning" | "error";
    message: string;
    urn: string;
    ephemeral: boolean;
  }): void {
    if (message.severity === "debug") return;
    if (message.severity === "error") this.#deployment.fail();
    const text =
      message.severity === "error"
        ? plainProgramError(message.message, this.#deployment.options.project.root)
        : message.message;
    this.#deployment.diagnose({ ...message, message: text, urn: message.urn || this.#deployment.stackUrn });
  }

  finished(): Promise<void> {
    return Promise.resolve();
  }

  refused(error: Error): void {
    if (!(error instanceof Bail)) {
      const text =
        error instanceof AepError
          ? `${error.where ? `${error.where}: ` : ""}${error.message} ${error.hint}`
          : error.message;
      this.#deployment.say("error", text);
    }
    this.#deployment.stop();
    this.#end();
  }

  #ended(end: ProgramEnd): void {
    if (end === "ok") return;
    if (end === "failed-and-told") this.#deployment.fail();
    else if (!this.#deployment.failed) {
      const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.exitCode}`;
      this.#deployment.say("error", `the program ${how}`);
    }
  }
}

/** The SDK reports an exception with its whole stack; what helps is the message and the first place in the project. */
export function plainProgramError(message: string, root: string): string {
  const [head, ...rest] = stripVTControlCharacters(message).split("\n");
  const failed = /^Running program '.*' failed with an unhandled exception:$/.test(head ?? "");
  if (!failed) return message;
  const frames = rest.filter((line) => /^\s+at /.test(line));
  const own = frames.find((line) => line.includes(root) && !line.includes("node_modules"));
  const place = own && /([^/()\s]+:\d+):\d+\)?$/.exec(own)?.[1];
  const text = rest
    .filter((line) => !/^\s+at /.test(line))
    .join("\n")
    .trim();
  return `the program failed${place ? ` at ${place}` : ""}: ${text.replace(/^(?:[A-Za-z]*Error|AepError): /, "")}`;
}

function warnOfPending(deployment: Deployment): void {
  const pending = deployment.options.base.pendingOperations;
  if (pending.length === 0 || deployment.options.kind === "refresh") return;
  const list = pending.map((operation) => `  * ${operation.resource.urn}, interrupted while ${operation.type}`);
  deployment.say(
    "warning",
    [
      `the last run was interrupted; ${pending.length} operation(s) may or may not have happened:`,
      ...list,
      "`refresh` reads what is really there; `refresh --clear-pending-creates` forgets interrupted creations too.",
    ].join("\n"),
  );
}
