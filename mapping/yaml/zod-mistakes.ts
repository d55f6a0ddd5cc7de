/** zod's issues as mistakes of a YAML file: the line of the key, a plain sentence, the nearest right name. */
import type { z } from "zod";
import { closest } from "../xdm/field-path.ts";
import type { Mistake, YamlSource } from "./source.ts";
import { QUOTED_COMMA } from "./syntax.ts";

/** Finding the nearest right name takes time, and nobody reads on. */
const MOST_KEYS = 1000;

type Issue = z.core.$ZodIssue;

/** Parses `source.value` with a schema; mistakes of both the YAML and the schema come back together. */
export function parseWith<T extends z.ZodType>(
  source: YamlSource,
  schema: T,
): { value?: z.output<T>; mistakes: Mistake[] } {
  if (source.mistakes.length > 0) return { mistakes: source.mistakes };
  const parsed = schema.safeParse(source.value ?? {}, { reportInput: true });
  if (parsed.success) return { value: parsed.data, mistakes: [] };
  return { mistakes: parsed.error.issues.flatMap((issue) => mistakesOf(issue, [], source, schema)) };
}

function mistakesOf(issue: Issue, above: PropertyKey[], source: YamlSource, schema: z.ZodType): Mistake[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") return unionMistakes(issue, path, source, schema);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.slice(0, MOST_KEYS).map((key) => ({
      ...source.positionOf([...path, key]),
      message: unknownKey(key, keysAt(schema, path)),
    }));
  }
  if (issue.code === "invalid_key")
    return issue.issues.flatMap((inner) => [{ ...source.positionOf(path), message: expectation(inner) }]);
  if (issue.code === "invalid_type" && valueAt(source.value, path) === undefined) {
    return [missingKey(path, expectation(issue), source)];
  }
  const position = source.valuePositionOf(path);
  return [{ ...position, message: path.length ? `${dotted(path)}: ${expectation(issue)}` : expectation(issue) }];
}

/** Of a union only the variant the writer was after is reported: the one whose keys are there. */
function unionMistakes(
  issue: z.core.$ZodIssueInvalidUnion,
  path: PropertyKey[],
  source: YamlSource,
  schema: z.ZodType,
): Mistake[] {
  const value = valueAt(source.value, path);
  if (value === undefined) return [missingKey(path, issue.message, source)];
  const best = isBlock(value) ? nearestVariant(issue) : undefined;
  if (best) return best.flatMap((inner) => mistakesOf(inner, path, source, schema));
  const known = keysAt(schema, path);
  const unknown = isBlock(value) ? Object.keys(value).filter((key) => !known.includes(key)) : [];
  if (unknown.length > 0 && known.length > 0) {
    return unknown.map((key) => ({ ...source.positionOf([...path, key]), message: unknownKey(key, known) }));
  }
  return [{ ...source.valuePositionOf(path), message: `${dotted(path)}: ${issue.message}` }];
}

const isBlock = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function missingKey(path: readonly PropertyKey[], what: string, source: YamlSource): Mistake {
  return { ...source.positionOf(path.slice(0, -1)), message: `the key ${String(path.at(-1))} is missing; ${what}` };
}

/** The variant that takes this kind of value and misses none of its own keys, with the fewest issues. */
function nearestVariant(issue: z.core.$ZodIssueInvalidUnion): readonly Issue[] | undefined {
  const isMissing = (inner: Issue) => "input" in inner && inner.input === undefined;
  return issue.errors
    .filter((errors) => errors.every((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"))
    .filter((errors) => !errors.some((inner) => inner.path.length === 1 && isMissing(inner)))
    .sort((a, b) => a.length - b.length)[0];
}

function unknownKey(key: string, known: readonly string[]): string {
  if (known.includes(key)) return `the key ${key} cannot stand beside the others here`;
  if (/[()]/.test(key)) return `unknown key ${key}; ${QUOTED_COMMA}`;
  const near = closest(key, known);
  return `unknown key ${key}; ${near ? `did you mean ${near}?` : `known are ${known.join(", ")}`}`;
}

/** The keys an object at this path may have, of all its variants. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const found: string[] = [];
  collectShapes(schema, path, found);
  return [...new Set(found)];
}

interface Def {
  type: string;
  shape?: Record<string, z.ZodType>;
  options?: z.ZodType[];
  valueType?: z.ZodType;
  innerType?: z.ZodType;
  element?: z.ZodType;
  in?: z.ZodType;
}

function collectShapes(schema: z.ZodType, path: readonly PropertyKey[], found: string[]): void {
  const def = schema.def as unknown as Def;
  const wrapped = def.innerType ?? def.in;
  for (const option of [...(def.options ?? []), ...(wrapped ? [wrapped] : [])]) collectShapes(option, path, found);
  if (path.length === 0) found.push(...Object.keys(def.shape ?? {}));
  const next = path.length > 0 ? (def.shape?.[String(path[0])] ?? def.valueType ?? def.element) : undefined;
  if (next) collectShapes(next, path.slice(1), found);
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_type") return `write ${NOUNS[issue.expected] ?? issue.expected} here`;
  if (issue.code === "invalid_value") return `write one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "too_small")
    return issue.origin === "string" ? "it may not be empty" : `at least ${issue.minimum} needed`;
  return issue.message;
}

const NOUNS: Record<string, string> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a block of keys",
  record: "a block of keys",
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let node = value;
  for (const key of path) {
    if (typeof node !== "object" || node === null || !Object.hasOwn(node, key)) return undefined;
    node = (node as Record<PropertyKey, unknown>)[key];
  }
  return node;
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : String(key)))
    .join(" > ")
    .replaceAll(" > [", "[");
}
