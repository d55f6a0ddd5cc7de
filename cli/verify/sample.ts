/**
 * A sample event that can be told from every other: its identities, or what else the mapping keeps as it is, carry a marker.
 * Which fields these are is found by trying: each value of the event is marked once, and the mapping says where it comes out.
 */
import type { Applied } from "../../mapping/golden/project.ts";

export type Event = Record<string, unknown>;

/** The mapping as the marker needs it: one event in, its row and everything that is wrong with it out. */
export type Apply = (event: Event) => Applied;

export interface MarkedSample {
  event: Event;
  /** Stands in the row, alone or within a text. */
  marker: string;
  /** Fields of the row that carry it. */
  fields: string[];
  /** The row the mapping makes of it, offline. */
  row: Record<string, unknown>;
}

/** Where an identity or a record's own id stands, in every schema. */
const IDENTITY = /^(_id|identityMap\.[^.[\]]+\[\d+\]\.id)$/;

/**
 * Marks every value of the event that becomes an identity or an id of the row; when there is none, the first value that
 * comes out at all. Values that the mapping or the schema then refuses are left alone. Undefined when none is left.
 * `identities` are more identity fields of the schema (`personalEmail.address`); `marker` is a text of digits that fits
 * into a number.
 */
export function markSample(
  event: Event,
  apply: Apply,
  marker: string,
  identities: readonly string[],
): MarkedSample | undefined {
  const wrongBefore = wrongs(apply(event));
  const isIdentity = (field: string) => IDENTITY.test(field) || identities.includes(field);
  let [marked, other]: [Event | undefined, Event | undefined] = [undefined, undefined];
  for (const { path, value } of leaves(event)) {
    const tried = withValue(marked ?? event, path, markedValue(value, marker));
    const applied = apply(tried as Event);
    const alone = apply(withValue(event, path, markedValue(value, marker)) as Event);
    const fields = fieldsWith(alone.data, marker);
    if (fields.length === 0 || wrongs(applied) > wrongBefore) continue;
    if (fields.some(isIdentity)) marked = tried as Event;
    else other ??= withValue(event, path, markedValue(value, marker)) as Event;
  }
  const chosen = marked ?? other;
  if (chosen === undefined) return undefined;
  const row = apply(chosen).data;
  return { event: chosen, marker, fields: fieldsWith(row, marker), row };
}

const wrongs = ({ errors, violations }: Applied): number => errors.length + violations.length;

type Path = ReadonlyArray<string | number>;

/** Every text and number, with its place. */
function leaves(value: unknown, path: Path = []): Array<{ path: Path; value: string | number }> {
  if (typeof value === "string" || typeof value === "number") return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  return entries.flatMap(([key, child]) => leaves(child, [...path, key]));
}

/** An address stays an address, digits stay digits, so that the value still means what its field wants. */
function markedValue(value: string | number, marker: string): string | number {
  if (typeof value === "number") return Number(marker);
  if (/^[^@\s]+@[^@\s]+$/.test(value)) return `aep-verify-${marker}@example.com`;
  return /^\d+$/.test(value) ? marker : `aep-verify-${marker}`;
}

function withValue(node: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(node)) return node.map((item, index) => (index === key ? withValue(item, rest, value) : item));
  const object = node as Event;
  return { ...object, [key]: withValue(object[key], rest, value) };
}

/** Places of the row whose value holds the marker: `identityMap.Email[0].id`. */
export function fieldsWith(row: unknown, marker: string): string[] {
  const found = leaves(row).filter(({ value }) => String(value).includes(marker));
  return found.map(({ path }) =>
    path.reduce<string>(
      (text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`),
      "",
    ),
  );
}

/**
 * 16 digits that no other run has: milliseconds, and three digits that count up within them. They stay below 2^53, so that
 * they survive as a number.
 */
export function newMarker(now: number, count: number): string {
  return `${now}${String(count % 1000).padStart(3, "0")}`;
}
