/** Decides, one registration after the other, which steps bring a resource to what the program declares. */
import { randomUUID } from "node:crypto";
import type { Goal } from "../protocol/goal.ts";
import { makeUrn, nameOf, type ResourceState, STACK_TYPE } from "../state/resource.ts";
import { diffProps } from "../values/diff.ts";
import { type Props, sameValue, UNKNOWN } from "../values/value.ts";
import { UNKNOWN_TEXT } from "../values/wire.ts";
import { Bail, type Deployment } from "./deployment.ts";
import {
  type Difference,
  differenceOf,
  NO_DIFFERENCE,
  replaces,
  withIgnored,
  withReplaceOnChanges,
} from "./difference.ts";
import type { Step } from "./step.ts";

const PROVIDER_TYPE = "pulumi:providers:pulumi-nodejs";

export class Planner {
  readonly #deployment: Deployment;
  readonly #config: Props;
  /** Every URN the program has declared; the state's others are deleted at the end. */
  readonly seen = new Set<string>();
  readonly #settled = new Set<string>();
  /** Deleted ahead of their turn, because what they hang on had to go first. */
  readonly #recreated = new Map<string, string[]>();
  readonly #condemned = new Set<ResourceState>();
  #provider: string | undefined;
  readonly #runNow: (steps: Step[]) => Promise<void>;

  /** `runNow` carries out the default provider's own step, which must stand before anything that refers to it. */
  constructor(deployment: Deployment, config: Props, runNow: (steps: Step[]) => Promise<void>) {
    this.#deployment = deployment;
    this.#config = config;
    this.#runNow = runNow;
  }

  async plan(goal: Goal): Promise<Step[]> {
    const deployment = this.#deployment;
    const { stack, project } = deployment.options;
    const parent = goal.parent === "" && goal.type !== STACK_TYPE ? deployment.stackUrn : goal.parent;
    const urn = makeUrn(stack, project.name, parent, goal.type, goal.name);
    if (this.seen.has(urn)) this.#bail(`Duplicate resource URN '${urn}'; try giving it a unique name`, urn);
    this.seen.add(urn);
    const old = deployment.olds.get(urn);
    const fresh = newState(goal, urn, parent, old);
    if (goal.custom) {
      this.#provider ??= await this.#registerProvider();
      fresh.provider = this.#provider;
    }
    const steps = await this.#stepsFor(goal, old, fresh);
    this.#settled.add(urn);
    return steps;
  }

  async #stepsFor(goal: Goal, old: ResourceState | undefined, fresh: ResourceState): Promise<Step[]> {
    const recreated = this.#recreated.get(fresh.urn);
    const inputs = old ? this.#ignoring(goal, old, fresh) : fresh.inputs;
    if (goal.custom)
      fresh.inputs = await this.#check(fresh, recreated || !old ? {} : old.inputs, recreated ? goal.inputs : inputs);
    const base = { urn: fresh.urn, new: fresh, internal: false };
    if (!old) return [{ ...base, op: "create", logical: true }];
    if (recreated) {
      const create: Step = { ...base, op: "create-replacement", old, keys: recreated, logical: false };
      return [{ ...base, op: "replace", old, logical: true }, create];
    }
    const difference = withReplaceOnChanges(await this.#difference(goal, old, fresh), fresh);
    if (old.pendingReplacement || (difference.changed && replaces(difference))) {
      return this.#replacement(goal, old, fresh, difference);
    }
    if (!difference.changed && old.initErrors.length === 0) return [{ ...base, op: "same", old, logical: true }];
    const { changedKeys: diffs, detailedDiff } = difference;
    return [{ ...base, op: "update", old, diffs, detailedDiff, logical: true }];
  }

  async #difference(goal: Goal, old: ResourceState, fresh: ResourceState): Promise<Difference> {
    if (!goal.custom) return { ...NO_DIFFERENCE, changed: !sameValue(old.inputs, fresh.inputs) };
    return differenceOf(await this.#deployment.options.provider(), old, fresh.inputs, goal.ignoreChanges);
  }

  #ignoring(goal: Goal, old: ResourceState, fresh: ResourceState): Props {
    const { inputs, refused } = withIgnored(fresh.inputs, old.inputs, goal.ignoreChanges);
    if (refused.length > 0) {
      const paths = refused.map((path) => `"${path}"`).join(", ");
      this.#deployment.say(
        "info",
        `cannot ignore changes in added or removed elements of the path: ${paths}`,
        fresh.urn,
      );
    }
    return inputs;
  }

  async #check(fresh: ResourceState, olds: Props, news: Props): Promise<Props> {
    const provider = await this.#deployment.options.provider();
    const { inputs, failures } = await provider.check(fresh.urn, olds, news);
    for (const failure of failures) {
      const where = failure.property === "" ? "" : ` property ${failure.property}:`;
      this.#deployment.say(
        "error",
        `${fresh.type} resource '${nameOf(fresh.urn)}' has a problem:${where} ${failure.reason}`,
        fresh.urn,
      );
    }
    if (failures.length > 0) throw new Bail(`resource ${fresh.urn} is invalid`);
    return inputs;
  }

  async #replacement(goal: Goal, old: ResourceState, fresh: ResourceState, difference: Difference): Promise<Step[]> {
    const deployment = this.#deployment;
    if (fresh.protect && old.protect) {
      deployment.say("error", protectedFromReplacing(fresh.urn), fresh.urn);
      if (!deployment.preview) throw new Bail("protected");
      deployment.flawed = true; // the rest of the preview is still worth seeing
    }
    fresh.inputs = await this.#check(fresh, {}, goal.inputs);
    const { replaceKeys: keys, changedKeys: diffs, detailedDiff } = difference;
    const base = { urn: fresh.urn, old, new: fresh, keys, diffs, detailedDiff, internal: false };
    const replace: Step = { ...base, op: "replace", logical: true };
    const create: Step = { ...base, op: "create-replacement", logical: false };
    if (!(goal.deleteBeforeReplace ?? difference.deleteBeforeReplace) && !old.pendingReplacement) {
      return [{ ...create, pendingDelete: true }, replace];
    }
    return [...(await this.#deletesBefore(old)), replace, create];
  }

  /** The deletions that must come first: of what would be replaced because of this one, last dependants first, then of itself. */
  async #deletesBefore(old: ResourceState): Promise<Step[]> {
    const dependents = await this.#replacedDependents(old);
    const steps: Step[] = [];
    for (const { state, keys } of dependents.reverse()) {
      if (this.#condemned.has(state)) continue;
      if (state.protect && !state.delete) this.#bail(protectedFromCascade(state.urn, old.urn), old.urn);
      this.#recreated.set(state.urn, keys);
      this.#condemned.add(state);
      if (state.pendingReplacement) continue;
      steps.push({
        op: "delete-replaced",
        urn: state.urn,
        old: state,
        logical: false,
        internal: false,
        pendingReplacement: true,
      });
    }
    if (!old.pendingReplacement) {
      this.#condemned.add(old);
      steps.push({
        op: "delete-replaced",
        urn: old.urn,
        old,
        logical: false,
        internal: false,
        pendingReplacement: true,
      });
    }
    return steps;
  }

  /** Which dependants a change of `root` would replace, asked of the provider with the inputs that come from it unknown. */
  async #replacedDependents(root: ResourceState): Promise<Array<{ state: ResourceState; keys: string[] }>> {
    const replaced = new Set([root.urn]);
    const found: Array<{ state: ResourceState; keys: string[] }> = [];
    for (const state of this.#deployment.dependentsOf(root)) {
      if (!state.custom || state.delete || state.type === PROVIDER_TYPE || this.#settled.has(state.urn)) continue;
      const touched = Object.entries(state.propertyDependencies).filter(([, urns]) =>
        urns.some((urn) => replaced.has(urn)),
      );
      const unknown = touched.filter(([key]) => key in state.inputs).map(([key]) => [key, UNKNOWN]);
      if (unknown.length === 0) continue;
      const inputs = { ...state.inputs, ...Object.fromEntries(unknown) };
      const provider = await this.#deployment.options.provider();
      const difference = withReplaceOnChanges(await differenceOf(provider, state, inputs, state.ignoreChanges), state);
      if (!replaces(difference)) continue;
      replaced.add(state.urn);
      found.push({ state, keys: difference.replaceKeys });
    }
    return found;
  }

  /** The default provider's own step; returns the reference that its resources carry. */
  async #registerProvider(): Promise<string> {
    const { stack, project } = this.#deployment.options;
    const urn = `urn:pulumi:${stack}::${project.name}::${PROVIDER_TYPE}::default`;
    const old = this.#deployment.olds.get(urn);
    this.seen.add(urn);
    this.#settled.add(urn);
    const fresh = { ...blankState(urn, PROVIDER_TYPE), custom: true, inputs: this.#config, outputs: this.#config };
    fresh.id = old?.id ?? (this.#deployment.preview ? UNKNOWN_TEXT : randomUUID());
    fresh.created = old?.created;
    fresh.modified = old?.modified;
    const op = !old ? "create" : diffProps(old.inputs, this.#config) ? "update" : "same";
    await this.#runNow([{ op, urn, ...(old && { old }), new: fresh, logical: true, internal: true }]);
    return `${urn}::${fresh.id}`;
  }

  #bail(message: string, urn: string): never {
    this.#deployment.say("error", message, urn);
    throw new Bail(message);
  }
}

export function blankState(urn: string, type: string): ResourceState {
  return {
    urn,
    type,
    custom: false,
    id: "",
    inputs: {},
    outputs: {},
    parent: "",
    provider: "",
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    retainOnDelete: false,
    delete: false,
    pendingReplacement: false,
    initErrors: [],
    additionalSecretOutputs: [],
    ignoreChanges: [],
    replaceOnChanges: [],
    customTimeouts: undefined,
    importID: "",
    created: undefined,
    modified: undefined,
    sourcePosition: undefined,
    stackTrace: [],
  };
}

function newState(goal: Goal, urn: string, parent: string, old: ResourceState | undefined): ResourceState {
  return {
    ...blankState(urn, goal.type),
    custom: goal.custom,
    inputs: goal.inputs,
    parent,
    dependencies: goal.dependencies,
    propertyDependencies: goal.propertyDependencies,
    protect: goal.protect,
    retainOnDelete: goal.retainOnDelete,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
    customTimeouts: goal.customTimeouts,
    created: old?.created,
    modified: old?.modified,
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
  };
}

const protectedFromReplacing = (urn: string): string =>
  `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
  "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";

const protectedFromCascade = (urn: string, root: string): string =>
  `unable to replace resource "${urn}" as part of replacing "${root}" as it is currently marked for protection. ` +
  "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`";
