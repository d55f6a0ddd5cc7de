/** Carries steps out: calls the provider, keeps the journal, tells the listeners. */
import { InitError } from "../protocol/provider.ts";
import { isProvider, now, type OperationType, type ResourceState } from "../state/resource.ts";
import { isSecret, type Props, Secret } from "../values/value.ts";
import { Bail, type Deployment } from "./deployment.ts";
import { Semaphore } from "./semaphore.ts";
import type { Op, Step } from "./step.ts";

/** A protected resource was to be deleted; the other deletions go on, so that all of them are reported at once. */
class ProtectedError extends Error {}

const PENDING: Partial<Record<Op, OperationType>> = {
  create: "creating",
  "create-replacement": "creating",
  update: "updating",
  delete: "deleting",
  "delete-replaced": "deleting",
  import: "importing",
};

export class Executor {
  readonly #deployment: Deployment;
  readonly #slots: Semaphore;
  readonly #running = new Set<Promise<unknown>>();
  readonly failedUrns = new Set<string>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
    this.#slots = new Semaphore(deployment.options.parallel);
  }

  /** Runs the steps one after the other in one slot; throws Bail when one fails or the deployment has been stopped. */
  run(steps: Step[]): Promise<void> {
    const running = this.#slots.run(async () => {
      for (const step of steps) {
        if (this.#deployment.stopped.aborted) throw new Bail("stopped");
        await this.#execute(step);
      }
    });
    const tracked = running.catch(() => undefined).finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
    return running;
  }

  /** Settles when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #execute(step: Step): Promise<void> {
    const deployment = this.#deployment;
    deployment.announce("step-start", step);
    const pending = PENDING[step.op];
    const finished = pending && (await deployment.journal?.begin((step.new ?? step.old)!, pending));
    let failure: unknown;
    try {
      await this.#apply(step);
    } catch (error) {
      failure = error;
    }
    // Nobody can tell any more how far it got.
    if (deployment.options.killSignal.aborted) throw new Bail("cut off");
    finished?.();
    if (failure === undefined) await this.#succeeded(step);
    else await this.#failed(step, failure);
  }

  async #succeeded(step: Step): Promise<void> {
    const deployment = this.#deployment;
    if (step.new && step.op !== "replace") markSecretOutputs(step.new);
    if (step.logical && step.new) deployment.registered.set(step.urn, step);
    if (step.logical && !step.internal) deployment.count(step.op);
    if (deployment.preview || (step.new ?? step.old)!.custom || step.op === "delete")
      deployment.announce("step-end", step);
    await this.#journal(step);
  }

  async #failed(step: Step, error: unknown): Promise<never> {
    const deployment = this.#deployment;
    this.failedUrns.add(step.urn);
    const message = (error as Error).message;
    deployment.say("error", deployment.preview ? `Preview failed: ${message}` : message, step.internal ? "" : step.urn);
    if (!(error instanceof ProtectedError)) deployment.stop();
    if (!deployment.preview) deployment.announce("step-failed", step);
    if (error instanceof InitError) {
      markSecretOutputs(step.new!);
      if (step.op === "update") step.new!.inputs = step.old!.inputs;
      await this.#journal(step);
    } else await deployment.journal?.written();
    throw new Bail(message);
  }

  async #journal(step: Step): Promise<void> {
    const journal = this.#deployment.journal;
    if (!journal) return;
    const { old, op } = step;
    if (op === "create" || op === "create-replacement") journal.created(step.urn);
    switch (op) {
      case "replace":
        return;
      case "same":
        await journal.settleSame(old!, step.new!);
        return;
      case "create":
      case "import":
        journal.settle(undefined, step.new);
        break;
      case "create-replacement":
        journal.settle(old?.pendingReplacement ? old : undefined, step.new);
        break;
      case "delete":
      case "delete-replaced":
        if (!old!.pendingReplacement) journal.settle(old, undefined);
        break;
      default:
        journal.settle(old, step.new);
    }
    await journal.written();
  }

  async #apply(step: Step): Promise<void> {
    switch (step.op) {
      case "same":
        step.new!.id = step.old!.id;
        step.new!.outputs = step.old!.outputs;
        return;
      case "create":
      case "create-replacement":
        return this.#create(step, step.new!);
      case "update":
        return this.#update(step.old!, step.new!);
      case "delete":
      case "delete-replaced":
        return this.#delete(step, step.old!);
      default:
        return;
    }
  }

  async #create(step: Step, fresh: ResourceState): Promise<void> {
    try {
      if (fresh.custom && !isProvider(fresh)) await this.#createCustom(fresh);
    } catch (error) {
      if (error instanceof InitError) this.#created(step, fresh);
      throw error;
    }
    this.#created(step, fresh);
  }

  #created(step: Step, fresh: ResourceState): void {
    fresh.created = now();
    fresh.modified = fresh.created;
    if (step.pendingDelete) step.old!.delete = true;
  }

  async #createCustom(fresh: ResourceState): Promise<void> {
    if (this.#deployment.preview) {
      fresh.outputs = { ...fresh.inputs };
      return;
    }
    const provider = await this.#deployment.options.provider();
    const made = await provider.create(fresh.urn, fresh.inputs).catch((error) => keepPartial(error, fresh));
    if (made.id === "") throw new Error("provider did not return an ID from Create");
    fresh.id = made.id;
    fresh.outputs = made.outputs;
  }

  async #update(old: ResourceState, fresh: ResourceState): Promise<void> {
    fresh.id = old.id;
    fresh.created = old.created;
    fresh.modified = old.modified;
    if (!fresh.custom || isProvider(fresh)) return;
    if (this.#deployment.preview) fresh.outputs = { ...fresh.inputs };
    else {
      const provider = await this.#deployment.options.provider();
      try {
        fresh.outputs = await provider.update(old, fresh.inputs);
      } catch (error) {
        if (error instanceof InitError) fresh.modified = now();
        keepPartial(error, fresh);
      }
    }
    fresh.modified = now();
  }

  async #delete(step: Step, old: ResourceState): Promise<void> {
    if (step.op === "delete" && old.protect) throw new ProtectedError(protectedFromDeleting(old.urn));
    const real = !this.#deployment.preview && !old.retainOnDelete && old.custom && !isProvider(old);
    if (real) await (await this.#deployment.options.provider()).delete(old);
    if (step.pendingReplacement) old.pendingReplacement = true;
  }
}

/** Keeps what a failed initialisation left behind, and fails all the same. */
function keepPartial(error: unknown, fresh: ResourceState): never {
  if (error instanceof InitError) {
    fresh.id = error.id;
    fresh.outputs = error.outputs;
    fresh.initErrors = error.reasons;
  }
  throw error;
}

/** Root outputs are secret when the program says so, and when the input of the same name is. */
function markSecretOutputs(state: ResourceState): void {
  const outputs: Props = { ...state.outputs };
  for (const [key, value] of Object.entries(outputs)) {
    const wanted = state.additionalSecretOutputs.includes(key) || isSecret(state.inputs[key]);
    if (wanted && key !== "id" && !isSecret(value)) outputs[key] = new Secret(value);
  }
  state.outputs = outputs;
}

const protectedFromDeleting = (urn: string): string =>
  `resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, either remove the ` +
  "`protect` flag from the resource in your Pulumi program and run `pulumi up`, or use the command:\n" +
  `\`pulumi state unprotect '${urn}'\``;
