import { randomUUID } from "node:crypto";
import { generateMapping } from "../codegen/generate.ts";
import { isObject, type Value } from "../expression/values.ts";
import type { Environment } from "../functions/types.ts";
import { parseFieldPath } from "../xdm/field-path.ts";
import { closeGaps } from "./place.ts";
import { type CompileOptions, planRow, type RowPlan } from "./plan.ts";
import { compileStep, type MapEvent } from "./row-parts.ts";
import { type MappedRow, type MappingRow, type RowError, rowError } from "./types.ts";

export type { CompileOptions } from "./plan.ts";

/** A mapping set, ready for events. */
export interface CompiledMapping {
  /** Maps one event. Never throws: a row without a value is left out and listed in `errors`. */
  apply(event: unknown, environment?: Partial<Environment>): MappedRow;
}

const REAL: Environment = { now: () => Date.now(), uuid: () => randomUUID() };

/**
 * Compiles the rows of a mapping set once, for many events. Rows that cannot be used do not throw: each gives its
 * RowError on every apply. Rows are applied parents first, so that explicit children override a copied object.
 *
 * @example compileMapping([{ destination: "email", sourceType: "EXPRESSION", source: "lower(mail)" }]).apply({ mail: "A@B.C" }).data
 */
export function compileMapping(rows: readonly MappingRow[], options: CompileOptions = {}): CompiledMapping {
  const plans = parentsFirst(rows).map((row) => planRow(row, options));
  return mappingOf(rows, generateMapping(plans) ?? runSteps(plans));
}

/** The same mapping without generated code, row by row: what generated code must agree with, and what runs where a runtime forbids making code. */
export function compileReference(rows: readonly MappingRow[], options: CompileOptions = {}): CompiledMapping {
  return mappingOf(rows, runSteps(parentsFirst(rows).map((row) => planRow(row, options))));
}

function mappingOf(rows: readonly MappingRow[], map: MapEvent): CompiledMapping {
  return {
    apply(event, environment) {
      const root = event as Value;
      if (root === undefined || root === null || !isObject(root)) {
        const kind = Array.isArray(event) ? "list" : event === null || event === undefined ? "null" : typeof event;
        return { data: {}, errors: rows.map((row) => rowError(row, `The event is not an object but a ${kind}`)) };
      }
      return map(root, environment ? { ...REAL, ...environment } : REAL);
    },
  };
}

function runSteps(plans: readonly (RowPlan | RowError)[]): MapEvent {
  const steps = plans.map(compileStep);
  const lists = plans.some((plan) => "row" in plan && plan.destination.some((step) => step.kind === "index"));
  return (event, environment) => {
    const out: MappedRow = { data: {}, errors: [] };
    for (const step of steps) step(event, environment, out);
    if (lists) closeGaps(out.data);
    return out;
  };
}

/** Destinations that others lie below come first; the order is otherwise kept. */
function parentsFirst(rows: readonly MappingRow[]): MappingRow[] {
  const depth = (row: MappingRow) => parseFieldPath(row.destination)?.length ?? 0;
  const above = new Set(
    rows.flatMap(({ destination }) =>
      [...destination.matchAll(/[.[]/g)].map(({ index }) => destination.slice(0, index)),
    ),
  );
  const isParent = (row: MappingRow) => above.has(row.destination);
  const parents = rows.filter(isParent).sort((a, b) => depth(a) - depth(b));
  return [...parents, ...rows.filter((row) => !isParent(row))];
}
