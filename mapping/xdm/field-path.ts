/** Paths of XDM fields as Data Prep destinations write them: `identityMap.Email[0].id`, `productListItems[*].SKU`. */
import type { JsonSchema } from "./json-schema.ts";

/** One step of a path: a name, or `[n]` / `[*]`. `at` is the 0-based offset in the path's text. */
export type PathStep = { kind: "name"; name: string; at: number } | { kind: "index"; index: number | "*"; at: number };

// Unwrapped names may hold what JSON Schema keys of XDM hold (also `-`, `:`, `@`), but nothing an expression would read as an operator.
const STEP = /^(?:\$\{((?:[^}\\]|\\.)+)\}|((?:[^\s.[\]{}()"'`,;+*/%=<>!?&|\\]|\\.)+))/;
const INDEX = /^\[(\d{1,6}|\*)\]/;

/** Splits a path; `undefined` when it is not one. Names with dots are escaped (`a\.b`) or wrapped (`${a b}`). */
export function parseFieldPath(path: string): PathStep[] | undefined {
  const steps: PathStep[] = [];
  let at = 0;
  while (at < path.length) {
    const index = INDEX.exec(path.slice(at));
    if (index && steps.length > 0) {
      steps.push({ kind: "index", index: index[1] === "*" ? "*" : Number(index[1]), at });
      at += index[0].length;
      continue;
    }
    if (steps.length > 0) {
      if (path[at] !== ".") return undefined;
      at += 1;
    }
    const name = STEP.exec(path.slice(at));
    if (!name) return undefined;
    steps.push({ kind: "name", name: (name[1] ?? name[2]!).replaceAll(/\\(.)/g, "$1"), at });
    at += name[0].length;
  }
  return steps.length > 0 ? steps : undefined;
}

/** The inverse of `parseFieldPath`, with escapes where needed. */
export function printFieldPath(steps: readonly PathStep[]): string {
  let out = "";
  for (const step of steps) {
    if (step.kind === "index") out += `[${step.index}]`;
    else out += (out ? "." : "") + printName(step.name);
  }
  return out;
}

/** Where a path leads: a field, or the first step that cannot be taken and why. */
export type Resolved =
  | { field: JsonSchema; steps: PathStep[] }
  | { problem: "syntax" }
  | {
      /** `unknown`: no such name; `index-missing`: a name below an array; `not-array`: an index on something else; `leaf`: below a scalar. */
      problem: "unknown" | "index-missing" | "not-array" | "leaf";
      step: PathStep;
      /** The node the step was tried on, and the path to it. */
      parent: JsonSchema;
      before: string;
      steps: PathStep[];
    };

/** Follows a path through a composed schema. Objects without named properties and without value type accept any name. */
export function resolveField(schema: JsonSchema, path: string): Resolved {
  const steps = parseFieldPath(path);
  if (!steps) return { problem: "syntax" };
  let node = schema;
  for (const [position, step] of steps.entries()) {
    const next = take(node, step);
    if (typeof next === "string") {
      return { problem: next, step, parent: node, before: printFieldPath(steps.slice(0, position)), steps };
    }
    node = next;
  }
  return { field: node, steps };
}

function take(node: JsonSchema, step: PathStep): JsonSchema | "unknown" | "index-missing" | "not-array" | "leaf" {
  if (step.kind === "index") return node.type === "array" && node.items ? node.items : "not-array";
  if (node.type === "array") return "index-missing";
  if (node.properties && Object.hasOwn(node.properties, step.name)) return node.properties[step.name]!;
  if (typeof node.additionalProperties === "object") return node.additionalProperties;
  if (node.type === "object" && !node.properties) return {};
  return node.type === "object" ? "unknown" : "leaf";
}

/** The field a path leads to; `undefined` when the schema has none there (a name below an array needs `[n]` or `[*]`). */
export function fieldAt(schema: JsonSchema, path: string): JsonSchema | undefined {
  const resolved = resolveField(schema, path);
  return "field" in resolved ? resolved.field : undefined;
}

export interface ListedField {
  path: string;
  field: JsonSchema;
  /** Required by the object that holds it, and by every object above it that is itself required. */
  required: boolean;
}

/** Every field below `schema`, containers included, arrays written `[*]` and map keys `{key}`. */
export function listFields(schema: JsonSchema, prefix = "", required = true): ListedField[] {
  const out: ListedField[] = [];
  const add = (path: string, field: JsonSchema, needed: boolean) => {
    out.push({ path, field, required: needed });
    out.push(...listFields(field, path, needed));
  };
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const path = prefix ? `${prefix}.${printName(name)}` : printName(name);
    add(path, field, required && (schema.required ?? []).includes(name));
  }
  if (schema.type === "array" && schema.items) out.push(...listFields(schema.items, `${prefix}[*]`, required));
  if (typeof schema.additionalProperties === "object") add(`${prefix}.{key}`, schema.additionalProperties, false);
  return out;
}

const PLAIN_NAME = /^[^\s.[\]{}()"'`,;+*/%=<>!?&|\\]+$/;

function printName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  return /^[^\s[\]{}()"'`,;+*/%=<>!?&|\\]+$/.test(name)
    ? name.replaceAll(".", "\\.")
    : `\${${name.replaceAll(/[}\\.]/g, "\\$&")}}`;
}

/**
 * The path the writer most likely meant, or `undefined`: a near name at the step that fails, else the one field elsewhere
 * in the schema with the same last name.
 */
export function suggestField(schema: JsonSchema, path: string): string | undefined {
  const resolved = resolveField(schema, path);
  if ("field" in resolved || resolved.problem === "syntax") return undefined;
  const { steps, step } = resolved;
  const position = steps.indexOf(step);
  const tail = steps.slice(position + 1);
  const candidates = (names: string[]) =>
    names.map((name) => [...steps.slice(0, position), { ...step, kind: "name" as const, name }, ...tail]);
  if (resolved.problem === "index-missing") {
    const index: PathStep = { kind: "index", index: 0, at: step.at };
    return reachable(schema, [[...steps.slice(0, position), index, step, ...tail]]);
  }
  if (resolved.problem === "not-array") return reachable(schema, [[...steps.slice(0, position), ...tail]]);
  if (step.kind !== "name") return undefined;
  const near = closest(step.name, Object.keys(resolved.parent.properties ?? {}));
  return (near && reachable(schema, candidates([near]))) ?? elsewhere(schema, steps);
}

function reachable(schema: JsonSchema, paths: PathStep[][]): string | undefined {
  return paths.map(printFieldPath).find((path) => fieldAt(schema, path));
}

function elsewhere(schema: JsonSchema, steps: PathStep[]): string | undefined {
  const last = steps.findLast((step) => step.kind === "name");
  const same = listFields(schema).filter(({ path }) => {
    const end = parseFieldPath(path)?.at(-1);
    return end?.kind === "name" && last?.kind === "name" && end.name.toLowerCase() === last.name.toLowerCase();
  });
  return same.length === 1 ? same[0]!.path : undefined;
}

/** The nearest of `names`, when it is near enough to be a slip: case aside, at most a third of the letters wrong. */
export function closest(name: string, names: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined;
  for (const candidate of names) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (!best || distance < best.distance) best = { name: candidate, distance };
  }
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.name : undefined;
}

/** Letters to insert, delete, replace or swap with a neighbour to get from `a` to `b`. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20 || a.length > 200) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) value = Math.min(value, before[j - 2]! + 1);
      next.push(value);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
