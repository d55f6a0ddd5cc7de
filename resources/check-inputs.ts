import { z } from "zod";
import type { Kind } from "./kind.ts";
import { changesOf } from "./kind.ts";
import { isUnknown } from "./unknown.ts";
import { clean, isPlain, type Plain } from "./values.ts";

/**
 * Inputs as the program gave them, made complete: defaults filled, sets in order, values that are not known yet passed
 * through. `mistakes` name the path and what to write, and never the value, which may be a secret.
 */
export function checkInputs(kind: Kind, olds: Plain, news: Plain): { inputs: Plain; mistakes: string[] } {
  const raw = clean(news);
  const filled = clean(fillDefaults(kind.inputs, raw)) as Plain;
  const parsed = kind.inputs.safeParse(raw);
  const mistakes = (parsed.error?.issues ?? []).filter((issue) => !overUnknown(raw, issue.path)).map(describe);
  if (mistakes.length > 0) return { inputs: news, mistakes };
  const inputs = clean(kind.canonical?.(filled) ?? filled);
  return { inputs, mistakes: [...(kind.mistakes?.(inputs) ?? []), ...refusedChanges(kind, olds, inputs)] };
}

/** Changes that can only fail are told in the preview: those AEP never makes, and successors that would adopt. */
function refusedChanges(kind: Kind, olds: Plain, inputs: Plain): string[] {
  if (Object.keys(olds).length === 0) return [];
  const changes = changesOf(kind, olds, inputs);
  const refused = changes.filter((change) => change.mode === "refused");
  const replacing = inputs["adopt"] === undefined ? [] : changes.filter(({ mode }) => mode.endsWith("replace"));
  return [
    ...refused.map(({ path, reason }) => `${path}: cannot be changed: ${reason}`),
    ...replacing.map(({ path }) => `adopt: remove it: a change of ${path} replaces the object, by a new one`),
  ];
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  const inner = issue.code === "invalid_union" ? issue.errors.flat()[0]?.message : undefined;
  const keys = issue.code === "invalid_key" ? issue.issues[0]?.message : undefined;
  return `${path || "inputs"}: ${inner ?? keys ?? issue.message}`;
}

/** Whether the issue is about a value that is not known yet, or about something inside one. */
function overUnknown(raw: unknown, path: PropertyKey[]): boolean {
  let node = raw;
  return path.some((key) => {
    node = isPlain(node) || Array.isArray(node) ? (node as Plain)[String(key)] : undefined;
    return isUnknown(node);
  });
}

/** The value with the schema's defaults, at every depth; nothing is checked here. */
function fillDefaults(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodDefault)
    return value === undefined ? schema.def.defaultValue : fillDefaults(schema.unwrap(), value);
  if (schema instanceof z.ZodOptional) return value === undefined ? undefined : fillDefaults(schema.unwrap(), value);
  if (!isPlain(value)) return value;
  if (schema instanceof z.ZodRecord) {
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [key, fillDefaults(schema.valueType, child)]),
    );
  }
  if (!(schema instanceof z.ZodObject)) return value;
  const declared = Object.entries(schema.shape).map(([key, child]) => [key, fillDefaults(child, value[key])]);
  return { ...value, ...Object.fromEntries(declared) };
}
