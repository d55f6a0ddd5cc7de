/**
 * A row's work in three parts: read, convert, place. Each reports what goes wrong in the error list of the event's row and
 * answers undefined then. One after the other they are the reference of what a row does; generated code (../codegen) does
 * the ordinary cases by itself and calls them for the others.
 */
import type { Value, ValueObject } from "../expression/values.ts";
import type { Environment } from "../functions/types.ts";
import { compileAttribute, compileSingle } from "./attribute.ts";
import { compileConvert } from "./convert.ts";
import { compilePlace } from "./place.ts";
import { exceptionOf, type RowPlan } from "./plan.ts";
import { type MappedRow, type RowError, rowError } from "./types.ts";

/** Maps an event that is an object. */
export type MapEvent = (event: ValueObject, environment: Environment) => MappedRow;

/** Does a row on an event. */
export type Step = (event: ValueObject, environment: Environment, out: MappedRow) => void;

/** Gets the source's value out of an event; undefined when it has failed. */
export type Read = (event: ValueObject, environment: Environment, errors: RowError[]) => Value | undefined;

/** Turns the value into what the destination takes; undefined when that has failed, null when it became nothing. */
export type Finish = (value: Value, errors: RowError[]) => unknown;

/** Puts the converted value into the row. */
export type Put = (data: Record<string, unknown>, value: unknown, errors: RowError[]) => void;

export function compileRead({ row, source }: RowPlan): Read {
  if (source.kind === "constant") return () => source.value;
  if (source.kind !== "expression") return compileSingle(source.steps);
  const { evaluate } = source;
  return (event, environment, errors) => {
    try {
      return evaluate({ event, environment });
    } catch (error) {
      errors.push(rowError(row, exceptionOf(error)));
      return undefined;
    }
  };
}

export function compileFinish({ row, field }: RowPlan): Finish {
  const convert = compileConvert(field);
  return (value, errors) => {
    try {
      return convert(value, (message) => void errors.push(rowError(row, message)));
    } catch (error) {
      errors.push(rowError(row, exceptionOf(error)));
      return undefined;
    }
  };
}

const NONE: readonly number[] = [];

export function compilePut({ row, destination }: RowPlan): Put {
  const place = compilePlace(destination);
  return (data, value, errors) => {
    try {
      place(data, value, NONE);
    } catch (error) {
      errors.push(rowError(row, exceptionOf(error)));
    }
  };
}

/** The whole row. */
export function compileStep(plan: RowPlan | RowError): Step {
  if (!("row" in plan)) return (_event, _environment, out) => void out.errors.push({ ...plan });
  if (plan.source.kind === "each") return compileEach(plan);
  const [read, finish, put] = [compileRead(plan), compileFinish(plan), compilePut(plan)];
  return (event, environment, { data, errors }) => {
    const value = read(event, environment, errors);
    const finished = value === undefined ? undefined : finish(value, errors);
    if (finished !== undefined) put(data, finished, errors);
  };
}

/** A row with `[*]`: one value for each item. */
function compileEach({ row, source, destination, field }: RowPlan): Step {
  const read = compileAttribute(source.kind === "each" ? source.steps : []);
  const place = compilePlace(destination);
  const convert = compileConvert(field);
  return (event, _environment, out) => {
    const report = (message: string) => void out.errors.push(rowError(row, message));
    try {
      read(event, (value, indexes) => place(out.data, convert(value, report), indexes));
    } catch (error) {
      report(exceptionOf(error));
    }
  };
}
