import type { z } from "zod";
import type { Context } from "./context.ts";
import type { KindName } from "./pointer.ts";
import type { Source } from "./reads.ts";
import { at, isPlain, type Plain, same } from "./values.ts";

/**
 * What a change of a field does: changed in place, a new object after which the old one goes, the old one gone before
 * the new one comes (where both cannot exist), not possible at all, or of no effect on what exists.
 */
export type Mode = "update" | "replace" | "delete-before-replace" | "refused" | "ignored";

export interface Change {
  before: unknown;
  after: unknown;
  /** All inputs before and after. */
  olds: Plain;
  news: Plain;
}

/** One row of a kind's update table. `reason` is shown in the docs, and to the user where the change is refused. */
export interface FieldRule {
  mode: Mode | ((change: Change) => Mode);
  /** For docs, where `mode` depends on the change. */
  modes?: string;
  reason: string;
}

/** What the API holds of an object, in the words of the kind's inputs. */
export interface Observed {
  inputs: Plain;
  outputs: Plain;
  /** Epoch milliseconds on the API's clock; absent where the service does not say. */
  createdAt?: number | undefined;
}

/** State of a resource as far as the API cannot give it back: secrets, spellings, what was computed once. */
export interface Known {
  inputs: Plain;
  outputs: Plain;
}

/** One managed kind: its inputs, its update table and its lifecycle. `R` is the object as the service gives it. */
export interface Kind<R = unknown> {
  name: KindName;
  /** Inputs as zod schema; `.describe()` on each is the documentation. */
  inputs: z.ZodObject;
  /** Computed outputs and what they say. */
  outputs: Record<string, string>;
  /** Update table by input path. A path below another one overrules it. `sandbox` and `adopt` are common to all. */
  fields: Record<string, FieldRule>;
  /** Inputs that together name an object to people; unique only where the API says so. */
  naturalKey: readonly string[];
  /** AEP permissions the handlers need. */
  permissions: string;
  /** Maps of which every member is managed, also those the program does not declare. */
  whole?: readonly string[];
  /** Deleting or replacing it loses data, so that the stack must allow it by name (see destroy-guard.ts). */
  holdsData?: boolean;
  /** Paths that hold secrets: never observed, never compared with what the API shows. */
  secrets?: readonly string[];
  /** Fills what depends on other inputs and orders sets. Values may be unknown. */
  canonical?(inputs: Plain): Plain;
  /** What is wrong between inputs, with the path first. Values may be unknown. */
  mistakes?(inputs: Plain): string[];

  source(context: Context): Source<R>;
  view(object: R, known: Known): Observed;
  /** Objects with the natural key of `inputs`. */
  find(context: Context, inputs: Plain): AsyncIterable<R>;
  /** The one POST. Gives the id and the outputs known without another call. */
  create(context: Context, inputs: Plain): Promise<{ id: string; outputs: Plain }>;
  /** Whether the object just created still needs `sync` or a look at what the API computed. */
  unfinished?(inputs: Plain): boolean;
  /** Makes the object what `inputs` say, whatever it is now. `object` was just read. Gives the outputs. */
  sync(context: Context, id: string, inputs: Plain, object: R, known: Known): Promise<Plain>;
  /** Deletes the object; gone already is success. */
  remove(context: Context, id: string, known: Known): Promise<void>;
}

const COMMON: Record<string, FieldRule> = {
  sandbox: { mode: "replace", reason: "objects do not move between sandboxes" },
  adopt: { mode: "ignored", reason: "only read when the resource is created" },
};

/** The kind's update table with the rows common to all kinds. */
export function rulesOf(kind: Kind): Record<string, FieldRule> {
  return { ...COMMON, ...kind.fields };
}

/** Every change between two sets of inputs, with what it does. Pure. */
export function changesOf(kind: Kind, olds: Plain, news: Plain): Array<{ path: string; mode: Mode; reason: string }> {
  const rules = rulesOf(kind);
  const paths = Object.keys(rules);
  return paths.flatMap((path) => {
    const inner = paths.filter((other) => other.startsWith(`${path}.`));
    const [before, after] = [at(olds, path), at(news, path)];
    if (same(without(before, path, inner, after), without(after, path, inner, before))) return [];
    const rule = rules[path] as FieldRule;
    const mode = typeof rule.mode === "function" ? rule.mode({ before, after, olds, news }) : rule.mode;
    return mode === "ignored" ? [] : [{ path, mode, reason: rule.reason }];
  });
}

/** The value without the members that rows of their own are about; as long as both sides are there to have members. */
function without(value: unknown, path: string, inner: string[], other: unknown): unknown {
  if (inner.length === 0 || !isPlain(value) || !isPlain(other)) return value;
  const own = new Set(inner.map((name) => name.slice(path.length + 1).split(".")[0]));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !own.has(key)));
}

/** What the API holds, with the inputs that are not part of the object itself. */
export function observe<R>(kind: Kind<R>, object: R, known: Known): Observed {
  const seen = kind.view(object, known);
  return { ...seen, inputs: { ...seen.inputs, sandbox: known.inputs["sandbox"], adopt: known.inputs["adopt"] } };
}
