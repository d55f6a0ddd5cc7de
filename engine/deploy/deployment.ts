/** What the parts of one deployment share: the state it starts from, the provider, the journal, and who listens. */
import type { Project } from "../project.ts";
import type { DynamicProvider } from "../protocol/provider.ts";
import type { Journal } from "../state/journal.ts";
import { dependenciesOf, nameOf, type ResourceState, type Snapshot, STACK_TYPE } from "../state/resource.ts";
import type { Props } from "../values/value.ts";
import type { Diagnostic, EngineEvent, Op, OperationKind, Severity, Step, StepRecord, Summary } from "./step.ts";

/** Ends a deployment whose errors have been reported already. */
export class Bail extends Error {}

export interface DeploymentOptions {
  kind: OperationKind;
  preview: boolean;
  project: Project;
  stack: string;
  parallel: number;
  base: Snapshot;
  /** Absent in a preview, which changes nothing. */
  journal: Journal | undefined;
  /** Starts the provider host on first use. */
  provider: () => Promise<DynamicProvider>;
  emit: (event: EngineEvent) => void;
  /** The user's wish to stop. */
  signal: AbortSignal;
  /** The wish not even to wait: what was under way stays pending in the state. */
  killSignal: AbortSignal;
}

export class Deployment {
  readonly options: DeploymentOptions;
  /** Every resource of the state, the condemned ones too, in dependency order. */
  previous: ResourceState[];
  /** The living ones by URN. */
  olds: Map<string, ResourceState>;
  /** The logical step that made each resource of this run; outputs registered later go to its new state. */
  readonly registered = new Map<string, Step>();
  readonly changes: Summary["changes"] = {};
  /** Something was refused that a preview can go on from; the run fails at its end. */
  flawed = false;
  #errors = 0;
  readonly #stop = new AbortController();

  constructor(options: DeploymentOptions) {
    this.options = options;
    this.previous = options.base.resources;
    this.olds = livingByUrn(this.previous);
    options.signal.addEventListener("abort", () => this.#stop.abort(), { once: true });
    if (options.signal.aborted) this.#stop.abort();
  }

  get preview(): boolean {
    return this.options.preview;
  }

  get journal(): Journal | undefined {
    return this.options.journal;
  }

  /** Aborted when a step failed or the user wants to stop: nothing new is begun. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  get canceled(): boolean {
    return this.options.signal.aborted;
  }

  get failed(): boolean {
    return this.#errors > 0;
  }

  get stackUrn(): string {
    const { stack, project } = this.options;
    return `urn:pulumi:${stack}::${project.name}::${STACK_TYPE}::${project.name}-${stack}`;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** A refresh replaces what the deployment starts from. */
  rebase(resources: ResourceState[]): void {
    this.previous = resources;
    this.olds = livingByUrn(resources);
    this.journal?.rebase(resources);
  }

  say(severity: Severity, message: string, urn = ""): void {
    if (severity === "error") this.#errors++;
    this.diagnose({ severity, message, urn, ephemeral: false });
  }

  diagnose(diagnostic: Diagnostic): void {
    this.options.emit({ type: "diagnostic", diagnostic });
  }

  /** Counts an error that the program has already reported by itself. */
  fail(): void {
    this.#errors++;
  }

  count(op: Op): void {
    this.changes[op] = (this.changes[op] ?? 0) + 1;
  }

  announce(type: "step-start" | "step-end" | "step-failed", step: Step, op: Op = step.op): void {
    if (!step.internal) this.options.emit({ type, step: recordOf(step, op) });
  }

  /** The resources of the state that hang on `root`, directly or not, in dependency order. */
  dependentsOf(root: ResourceState): ResourceState[] {
    const reached = new Set([root.urn]);
    const dependents: ResourceState[] = [];
    for (const candidate of this.previous.slice(this.previous.indexOf(root) + 1)) {
      if (candidate.urn === root.urn) continue;
      const hangs = [...dependenciesOf(candidate)].some((urn) => reached.has(urn));
      if (hangs) {
        reached.add(candidate.urn);
        dependents.push(candidate);
      }
    }
    return dependents;
  }

  get stackOutputs(): Props {
    const step = this.registered.get(this.stackUrn);
    return (step?.new ?? this.olds.get(this.stackUrn))?.outputs ?? {};
  }
}

function livingByUrn(resources: ResourceState[]): Map<string, ResourceState> {
  return new Map(resources.filter((state) => !state.delete).map((state) => [state.urn, state]));
}

function recordOf(step: Step, op: Op): StepRecord {
  const state = step.new ?? step.old!;
  return {
    op,
    urn: step.urn,
    type: state.type,
    name: nameOf(step.urn),
    provider: state.provider,
    old: step.old && { ...step.old },
    new: step.new && { ...step.new },
    keys: step.keys,
    diffs: step.diffs,
    detailedDiff: step.detailedDiff,
    logical: step.logical,
  };
}
