/** Files of sample events: one JSON object, a JSON list, JSON lines, or CSV with a header. */
import { parse } from "csv-parse/sync";
import { AepError } from "../../errors.ts";
import { parseEvent } from "../golden/fixture.ts";
import { readText } from "../yaml/source.ts";
import { type CsvRow, csvFailure, csvOptions, csvReader, isCsv } from "./csv.ts";

export interface SampleEvent {
  /** Where it stands: `events.jsonl:3`. */
  where: string;
  /** As a mapping takes it: numbers keep Java's kinds (`toPlain` makes JSON of it). */
  event: Record<string, unknown>;
}

/**
 * Reads events by the file's ending: `.csv`/`.tsv` are rows of texts named by the header, anything else is JSON in one of
 * three forms. @throws AepError FILE_NOT_FOUND, EVENT_FILE
 */
export function readEvents(path: string): SampleEvent[] {
  const text = readText(path);
  const events = isCsv(path) ? csvEvents(text, path) : jsonEvents(text, path);
  if (events.length === 0) throw new AepError("EVENT_FILE", "the file holds no events", { where: path });
  return events;
}

function jsonEvents(text: string, path: string): SampleEvent[] {
  if (isJsonLines(text)) {
    return text.split("\n").flatMap((line, index) => {
      if (line.trim() === "") return [];
      return [asEvent(parseEvent(line, path, index + 1), `${path}:${index + 1}`)];
    });
  }
  const value = parseEvent(text, path);
  if (Array.isArray(value)) return value.map((item, index) => asEvent(item, `${path}[${index}]`));
  return [asEvent(value, path)];
}

/** Several lines of which the first alone is a JSON object. */
function isJsonLines(text: string): boolean {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2) return false;
  try {
    const first: unknown = JSON.parse(lines[0]!);
    return typeof first === "object" && first !== null && !Array.isArray(first);
  } catch {
    return false;
  }
}

function asEvent(value: unknown, where: string): SampleEvent {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AepError("EVENT_FILE", "an event must be a JSON object", { where });
  }
  return { where, event: value as Record<string, unknown> };
}

function csvEvents(text: string, path: string): SampleEvent[] {
  const toEvent = csvReader(path);
  try {
    const rows = parse(text, csvOptions(path)) as unknown as CsvRow[];
    return rows.flatMap((row) => {
      const one = toEvent(row);
      return one ? [{ where: `${path}:${one.line}`, event: one.event }] : [];
    });
  } catch (error) {
    throw csvFailure(error, path);
  }
}
