/** What each row of a mapping does, in words, and what it gives for one event. */
import { analyseExpression } from "../expression/analyse.ts";
import type { Applied, OpenMapping } from "../golden/project.ts";
import { fieldAt, type PathStep, parseFieldPath } from "../xdm/field-path.ts";
import type { FileRow } from "../yaml/mapping-file.ts";
import { inWords } from "./words.ts";

export interface Explained {
  destination: string;
  line: number;
  /** The field's title and type, when the schema has it. */
  field?: string;
  words: string;
  /** What the row gave; a list for `[*]`. Absent without an event. */
  value?: unknown;
  /** Why it gave nothing. */
  error?: string;
}

export function explainRows(mapping: OpenMapping, applied?: Applied): Explained[] {
  return mapping.file.rows.map((row) => {
    const field = fieldAt(mapping.loaded.schema, row.destination);
    const error = applied?.errors.find((one) => one.destination === row.destination)?.exception;
    return {
      destination: row.destination,
      line: row.line,
      ...(field ? { field: [field.title, field["meta:xdmType"] ?? field.type].filter(Boolean).join(", ") } : {}),
      words: rowWords(row, field?.type),
      ...(applied ? { value: valueAt(applied.data, parseFieldPath(row.destination) ?? []) ?? null } : {}),
      ...(error ? { error } : {}),
    };
  });
}

function rowWords(row: FileRow, type: string | undefined): string {
  if (row.sourceType === "STATIC") return `always ${JSON.stringify(row.source)}`;
  if (row.sourceType === "ATTRIBUTE") {
    const every = row.source.includes("[*]") ? ", for every item" : "";
    return `${type === "object" ? "the fields of the same name in " : ""}${row.source}${every}`;
  }
  const { ast, problems } = analyseExpression(row.source);
  return ast ? inWords(ast) : `cannot be read: ${problems[0]?.message ?? "unknown"}`;
}

function valueAt(data: unknown, steps: readonly PathStep[]): unknown {
  const [step, ...rest] = steps;
  if (!step) return data;
  if (typeof data !== "object" || data === null) return undefined;
  if (step.kind === "index" && step.index === "*")
    return Array.isArray(data) ? data.map((item) => valueAt(item, rest)) : undefined;
  const key = step.kind === "index" ? (step.index as number) : step.name;
  return Object.hasOwn(data, key) ? valueAt((data as Record<PropertyKey, unknown>)[key], rest) : undefined;
}
