/** Mistakes in a stack's configuration: how one is found in the schema, where it stands in the YAML, how it is put into words. */
import { type Document, isMap, isScalar, isSeq, type LineCounter } from "yaml";
import { z } from "zod";
import { editDistance } from "../mapping/edit-distance.ts";

export type KeyPath = readonly (string | number)[];

/** One mistake: which key, and a message that either begins with `write ...` or says what is wrong and then what to write. */
export interface ConfigIssue {
  path: KeyPath;
  message: string;
}

/** The stack file with what is needed to find a key's line; `environment` names the variable that a key's value came from. */
export interface ConfigOrigin {
  file?: { label: string; document: Document; lines: LineCounter };
  environment: ReadonlyMap<string, string>;
}

/** `aep:pipelines[0].flows[1].schedule.start` */
function keyText(path: KeyPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? `aep:${step}` : `${text}.${step}`),
    "",
  );
}

/**
 * One line per mistake, in the order of the file: position, key, kind of the value found, what to write. A value itself is
 * never shown, and of several mistakes with one key only the first counts.
 */
export function describeIssues(issues: readonly ConfigIssue[], raw: unknown, origin: ConfigOrigin): string[] {
  const first = new Map<string, ConfigIssue>();
  for (const issue of issues) {
    const key = keyText(issue.path);
    if (!first.has(key)) first.set(key, issue);
  }
  const described = [...first].map(([key, issue]) => {
    const { place, offset } = locate(issue.path, origin);
    const found = kindOf(valueAt(raw, issue.path));
    const told = issue.message.startsWith("write ") ? `found ${found}; ${issue.message}` : issue.message;
    return { offset, text: `${place} ${key}: ${told}`.trimStart() };
  });
  return described.sort((one, other) => one.offset - other.offset).map(({ text }) => text);
}

/** Keys that the schema does not know, at every depth of maps and lists, each with the nearest key it does know. */
export function unknownKeys(schema: z.ZodType, raw: unknown, path: KeyPath = []): ConfigIssue[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(raw)) {
    return raw.flatMap((item, index) => unknownKeys(inner.element as z.ZodType, item, [...path, index]));
  }
  if (!(inner instanceof z.ZodObject) || !isRecord(raw)) return [];
  const shape: Record<string, z.ZodType> = inner.shape;
  return Object.entries(raw).flatMap(([key, value]) => {
    const known = shape[key];
    if (known) return unknownKeys(known, value, [...path, key]);
    return [
      {
        path: [...path, key],
        message: `is no key of this place; ${suggestion(key, Object.keys(shape), path.length === 0 ? "aep:" : "")}`,
      },
    ];
  });
}

function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap() as z.ZodType;
  return inner;
}

/** `did you mean interval?`, when the word is near one that is known; otherwise the whole list. */
export function suggestion(word: string, known: readonly string[], prefix = ""): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance);
  const near = nearest && nearest.distance <= Math.max(1, Math.floor(word.length / 3));
  return near
    ? `did you mean ${prefix}${nearest.candidate}?`
    : `write one of ${known.map((one) => prefix + one).join(", ")}`;
}

/** Position of a key: its own when it stands in the file, else that of the nearest place above it that does. */
function locate(path: KeyPath, origin: ConfigOrigin): { place: string; offset: number } {
  const variable = origin.environment.get(String(path[0]));
  if (variable) return { place: `environment variable ${variable}`, offset: -1 };
  if (!origin.file) return { place: "", offset: 0 };
  const { label, document, lines } = origin.file;
  let node: unknown = document.get("config", true);
  let offset = 0;
  for (const [depth, step] of path.entries()) {
    const key = depth === 0 ? `aep:${step}` : step;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (!pair) break;
      offset = (isScalar(pair.key) && pair.key.range?.[0]) || offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)] as { range?: [number, number, number] } | undefined;
      if (!item) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  const { line, col } = lines.linePos(offset);
  return { place: `${label}:${line}:${col}`, offset };
}

/** The value at a path of the raw configuration; undefined when there is none. */
function valueAt(raw: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined,
    raw,
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return value === "" ? "empty text" : "text";
  return `a ${typeof value}`;
}
