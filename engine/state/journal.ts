/**
 * The state during an update: the resources that were there and are not yet dealt with, those this update has settled, and
 * what is under way. It is written before and after every change, so that a kill at any moment leaves a state to go on from:
 * no operation is begun before the state says so, and nothing is built on a result that the state does not hold.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sameValue } from "../values/value.ts";
import type { OperationType, PendingOperation, ResourceState, Snapshot } from "./resource.ts";

export class Journal {
  #base: ResourceState[];
  #kept: PendingOperation[];
  readonly #settled: ResourceState[] = [];
  readonly #done = new Set<ResourceState>();
  readonly #operations = new Set<PendingOperation>();
  readonly #write: (snapshot: Snapshot) => void;
  #nextWrite: Promise<void> | undefined;
  #lastWriteMs = 0;

  constructor(base: Snapshot, write: (snapshot: Snapshot) => void) {
    this.#base = base.resources;
    // Whether an interrupted creation happened the engine cannot say; the other kinds are repeated safely.
    this.#kept = base.pendingOperations.filter((operation) => operation.type === "creating");
    this.#write = write;
  }

  /** Says that something is about to happen to `state`; settles once that is written. The result takes it back. */
  async begin(state: ResourceState, type: OperationType): Promise<() => void> {
    const operation = { resource: state, type };
    this.#operations.add(operation);
    await this.written();
    return () => this.#operations.delete(operation);
  }

  /** The provider created it after all; what became of earlier attempts was the provider's to find out. */
  created(urn: string): void {
    this.#kept = this.#kept.filter((operation) => operation.resource.urn !== urn);
  }

  /** `old` is no longer part of the stack, or `fresh` stands for it. */
  settle(old: ResourceState | undefined, fresh: ResourceState | undefined): void {
    if (old) this.#done.add(old);
    if (fresh) this.#settled.push(fresh);
  }

  /** An unchanged resource needs no write unless something beside its declared inputs moved. */
  async settleSame(old: ResourceState, fresh: ResourceState): Promise<void> {
    this.settle(old, fresh);
    if (!equivalent(old, fresh)) await this.written();
  }

  /** What a refresh found takes the place of what was there. */
  rebase(resources: ResourceState[]): void {
    this.#base = resources;
  }

  flush(): void {
    this.#write(this.snapshot());
  }

  /**
   * Settles once everything said so far is written. A write waits as long as the last one took, and what is said meanwhile
   * goes with it: however large the state, writing it takes half of the time at most.
   */
  written(): Promise<void> {
    this.#nextWrite ??= delay(this.#lastWriteMs).then(() => {
      this.#nextWrite = undefined;
      const startedAt = performance.now();
      this.flush();
      this.#lastWriteMs = performance.now() - startedAt;
    });
    return this.#nextWrite;
  }

  snapshot(): Snapshot {
    const settled = new Set(this.#settled.filter((state) => !this.#done.has(state)));
    const untouched = this.#base.filter((state) => !this.#done.has(state) && !settled.has(state));
    return { resources: [...settled, ...untouched], pendingOperations: [...this.#operations, ...this.#kept] };
  }
}

/** Whether two states of one unchanged resource read the same in a checkpoint, positions in the source aside. */
function equivalent(old: ResourceState, fresh: ResourceState): boolean {
  const lists = (state: ResourceState) => JSON.stringify([[...state.dependencies].sort(), state.customTimeouts ?? {}]);
  return (
    old.provider === fresh.provider &&
    old.parent === fresh.parent &&
    old.protect === fresh.protect &&
    old.retainOnDelete === fresh.retainOnDelete &&
    lists(old) === lists(fresh) &&
    sameValue(old.inputs, fresh.inputs) &&
    sameValue(old.outputs, fresh.outputs)
  );
}
