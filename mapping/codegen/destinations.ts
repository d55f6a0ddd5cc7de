import { closeGap } from "../row/place.ts";
import type { RowPlan } from "../row/plan.ts";
import type { PathStep } from "../xdm/field-path.ts";
import { type Program, quote } from "./program.ts";
import { isStar, MAX_STEPS, splitAtStar } from "./reads.ts";

/**
 * Writes the building of the XDM row: objects and lists on the way of destinations are locals, made by the first row that
 * has a value for them.
 */
export class Destinations {
  readonly #program: Program;
  readonly #containers = new Map<string, string>();
  /** Lists with more than a first item, which may have gaps. */
  readonly #gapped = new Set<string>();

  constructor(program: Program) {
    this.#program = program;
  }

  /** Puts a local, which is not null, at a path; `[*]` is the item `at` of a loop that stands around. */
  put(steps: readonly PathStep[], local: string): void {
    const parent = this.#container(steps, steps.length - 1);
    this.#program.line(`${parent}${slotOf(steps.at(-1)!)} = ${local};`);
  }

  /** The local of the container that has so many steps before it, with the code that makes it when it is not there. */
  #container(steps: readonly PathStep[], depth: number): string {
    if (depth === 0) return "data";
    if (steps.slice(0, depth).some(isStar)) return this.#inItem(steps, depth);
    const path = JSON.stringify(steps.slice(0, depth).map(keyOf));
    const local = this.#containers.get(path) ?? this.#declare(path);
    const next = steps[depth]!;
    if (next.kind === "index" && next.index !== 0) this.#gapped.add(local);
    this.#program.line(`if (${local} === undefined) {`);
    const parent = this.#container(steps, depth - 1);
    const empty = next.kind === "index" ? "[]" : "{}";
    this.#program.line(`${local} = ${parent}${slotOf(steps[depth - 1]!)} = ${empty};\n}`);
    return local;
  }

  /** Containers within the item of a loop are not known before; they are objects. */
  #inItem(steps: readonly PathStep[], depth: number): string {
    const slot = this.#container(steps, depth - 1) + slotOf(steps[depth - 1]!);
    const local = this.#program.local();
    this.#program.line(`let ${local} = ${slot};\nif (${local} === undefined) ${local} = ${slot} = {};`);
    return local;
  }

  #declare(path: string): string {
    const local = this.#program.local();
    this.#program.head(`let ${local};`);
    this.#containers.set(path, local);
    return local;
  }

  /** Closes the gaps in lists that rows without a value left. */
  finish(): void {
    for (const list of this.#gapped)
      this.#program.line(`if (${list} !== undefined) ${this.#program.use(closeGap)}(${list});`);
  }
}

/**
 * The rows whose destinations have nothing to do with each other: none is given twice, none lies within another; and whose
 * `[*]`, if they have one, is one simple loop. All rows below one top-level field are simple or none is.
 */
export function simpleRows(plans: readonly RowPlan[]): Set<RowPlan> {
  const groups = Map.groupBy(plans, (plan) => keyOf(plan.destination[0]!));
  const areSimple = (group: RowPlan[]) => group.every(isSimple) && areApart(group);
  return new Set([...groups.values()].filter(areSimple).flat());
}

function isSimple({ source, destination }: RowPlan): boolean {
  if (source.kind === "each" && splitAtStar(source.steps) === undefined) return false;
  if (destination.length > MAX_STEPS) return false;
  const star = destination.findIndex(isStar);
  return destination.every((step, at) => {
    if (star < 0 || at <= star) return step.kind === "index" || step.name !== "__proto__";
    // What lies within an item is looked up by its name, which must be none that objects inherit.
    return step.kind === "name" && !(step.name in Object.prototype);
  });
}

function areApart(plans: readonly RowPlan[]): boolean {
  // What stands at each path: a value, a list or an object.
  const found = new Map<string, string>();
  return plans.every(({ destination }) =>
    destination.every((_step, at) => {
      const path = JSON.stringify(destination.slice(0, at + 1).map(keyOf));
      const next = destination[at + 1];
      const kind = next === undefined ? "value" : isStar(next) ? "star" : next.kind;
      const other = found.get(path);
      found.set(path, kind);
      return other === undefined || (other === kind && kind !== "value");
    }),
  );
}

function keyOf(step: PathStep): string | number {
  return step.kind === "name" ? step.name : step.index;
}

function slotOf(step: PathStep): string {
  return step.kind === "name" ? `[${quote(step.name)}]` : isStar(step) ? "[at]" : `[${step.index}]`;
}
