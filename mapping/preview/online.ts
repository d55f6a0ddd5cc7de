/** The same events through the sandbox's own Data Prep, and where its answer differs from the offline one. */

import { type FieldChange, fieldChanges } from "../golden/diff.ts";
import type { RowError } from "../row/types.ts";

export interface PreviewRow {
  data: Record<string, unknown>;
  errors: RowError[] | null;
}

/** Asks POST /mappingSets/preview; the caller brings the HTTP client. */
export type PreviewOnline = (body: PreviewBody) => Promise<unknown>;

export interface PreviewBody {
  data: Array<Record<string, unknown>>;
  mappingSet: {
    outputSchema: { schemaRef: { id: string; contentType: string } };
    mappings: Array<{ sourceType: string; source: string; destination: string }>;
  };
}

export interface PreviewDifference {
  /** Index of the event. */
  event: number;
  /** Fields whose values differ: `before` offline, `after` in the sandbox. */
  fields: FieldChange[];
  /** Rows that fail in one place only. */
  errors: Array<{ destination: string; only: "offline" | "online"; exception: string }>;
}

/** Sends the events and compares row by row. Answers of both documented shapes (list, single object) are understood. */
export async function compareOnline(
  body: PreviewBody,
  offline: readonly PreviewRow[],
  ask: PreviewOnline,
): Promise<PreviewDifference[]> {
  const online = asRows(await ask(body));
  return offline.flatMap((row, event) => {
    const other = online[event] ?? { data: {}, errors: null };
    const fields = fieldChanges(row.data, other.data);
    const errors = [...oneSided(row, other, "offline"), ...oneSided(other, row, "online")];
    return fields.length + errors.length > 0 ? [{ event, fields, errors }] : [];
  });
}

function asRows(answer: unknown): PreviewRow[] {
  const rows = Array.isArray(answer) ? answer : [answer];
  return rows.map((row: Partial<PreviewRow> | undefined) => ({ data: row?.data ?? {}, errors: row?.errors ?? null }));
}

function oneSided(row: PreviewRow, other: PreviewRow, only: "offline" | "online"): PreviewDifference["errors"] {
  const there = new Set((other.errors ?? []).map((error) => error.destination));
  return (row.errors ?? [])
    .filter((error) => !there.has(error.destination))
    .map(({ destination, exception }) => ({ destination, only, exception }));
}
