/** Rows of both generations of Adobe's mapping JSON and of the UI's CSV, as this project's rows and back. */
import { parse } from "csv-parse/sync";
import { AepError } from "../../errors.ts";
import { parseJson } from "../golden/fixture.ts";
import { csvProblem } from "../preview/csv.ts";
import type { MappingRow } from "../row/types.ts";
import { parseFieldPath } from "../xdm/field-path.ts";

/** What an imported file says. */
export interface ImportedMapping {
  name?: string;
  /** `$id` of the target schema, when the file names it. */
  schemaId?: string;
  rows: MappingRow[];
}

/** Spellings of both directions: what the API takes and what it answers; letters' case aside. */
const SOURCE_TYPES: Record<string, MappingRow["sourceType"]> = {
  ATTRIBUTE: "ATTRIBUTE",
  EXPRESSION: "EXPRESSION",
  STATIC: "STATIC",
  "text/x.schema-path": "ATTRIBUTE",
  "text/x.aep-xl": "EXPRESSION",
};

/** @throws AepError EVENT_FILE for text that is not JSON, MAPPING_IMPORT for rows that cannot be understood */
export function importRows(text: string, path: string): ImportedMapping {
  const isCsv = /\.csv$/i.test(path);
  const imported = isCsv ? fromCsv(text, path) : fromJson(parseJson(text, path), path);
  const seen = new Set<string>();
  for (const { destination } of imported.rows) {
    if (seen.has(destination)) throw new AepError("MAPPING_IMPORT", `two rows write ${destination}`, { where: path });
    seen.add(destination);
  }
  if (imported.rows.length === 0) throw new AepError("MAPPING_IMPORT", "the file holds no rows", { where: path });
  return imported;
}

type Loose = Record<string, unknown>;

function fromJson(value: unknown, path: string): ImportedMapping {
  const set = setOf(value, path);
  if (!Array.isArray(set["mappings"]))
    throw new AepError("MAPPING_IMPORT", 'the JSON has no list "mappings"', { where: path });
  const output = set["outputSchema"] as { schemaRef?: { id?: unknown } } | undefined;
  const schemaId = text(output?.schemaRef?.id) ?? text(set["xdmSchema"]);
  const name = text(set["name"]);
  const rows = (set["mappings"] as (Loose | null)[]).map((row, index) => rowOf(row, `${path}: mappings[${index}]`));
  return { rows, ...(name ? { name } : {}), ...(schemaId ? { schemaId } : {}) };
}

/** A mapping set, the bare list of its rows, or a page of the API's answers (`data`) with one of either. */
function setOf(value: unknown, path: string): Loose {
  if (Array.isArray(value)) return { mappings: value };
  const page = (value ?? {}) as Loose;
  const data = page["data"];
  if (!Array.isArray(data) || page["mappings"] !== undefined) return page;
  const sets = (data as (Loose | null)[]).filter((item) => Array.isArray(item?.["mappings"]));
  if (sets.length > 1)
    throw new AepError("MAPPING_IMPORT", `the JSON holds ${sets.length} mapping sets; keep one of them`, {
      where: path,
    });
  return sets[0] ?? { mappings: data };
}

/** New rows have source and destination, old ones sourceAttribute and destinationXdmPath; answers have both. */
function rowOf(written: Loose | null, where: string): MappingRow {
  const row = written ?? {};
  const source = text(row["source"]) ?? text(row["sourceAttribute"]);
  const destination = text(row["destination"]) ?? text(row["destinationXdmPath"]);
  if (source === undefined || !destination)
    throw new AepError("MAPPING_IMPORT", "the row has no source or no destination", { where });
  const type = text(row["sourceType"]);
  const sourceType = type && (SOURCE_TYPES[type.toUpperCase()] ?? SOURCE_TYPES[type.toLowerCase()]);
  if (type && !sourceType) throw new AepError("MAPPING_IMPORT", `${type} is no source type`, { where });
  const [name, description] = [text(row["name"]), text(row["description"])];
  return {
    destination,
    ...(sourceType ? { sourceType, source } : guessed(source)),
    ...(name ? { name } : {}),
    ...(description ? { description } : {}),
  };
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Without a type a path is an attribute, a lone text literal a constant, anything else an expression. */
function guessed(source: string): Pick<MappingRow, "sourceType" | "source"> {
  if (parseFieldPath(source)) return { sourceType: "ATTRIBUTE", source };
  const literal = /^"(?:[^"\\]|\\.)*"$/.test(source) ? constant(source) : undefined;
  return literal === undefined ? { sourceType: "EXPRESSION", source } : { sourceType: "STATIC", source: literal };
}

function constant(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

/** Adobe publishes no list of the template's columns; these headings are understood, letters' case and blanks aside (assumed). */
const COLUMNS = {
  source: ["source", "sourcefield", "sourceattribute", "sourcedata", "sourcepath"],
  destination: ["destination", "target", "targetfield", "destinationfield", "destinationxdmpath", "targetpath"],
  sourceType: ["sourcetype", "type", "mappingtype"],
  name: ["name"],
  description: ["description"],
} as const;

function fromCsv(csv: string, path: string): ImportedMapping {
  const records = recordsOf(csv, path);
  const header = (records[0] ?? []).map((cell) => cell.toLowerCase().replaceAll(/[^a-z]/g, ""));
  const column = (name: keyof typeof COLUMNS) =>
    header.findIndex((cell) => (COLUMNS[name] as readonly string[]).includes(cell));
  if (column("source") < 0 || column("destination") < 0) {
    throw new AepError("MAPPING_IMPORT", "the CSV needs a source and a target column", {
      where: `${path}:1`,
      hint: "Name them source and destination.",
    });
  }
  const rows = records.slice(1).map((record, index) => {
    const cells = Object.keys(COLUMNS).map((name) => [name, record[column(name as keyof typeof COLUMNS)]?.trim()]);
    return rowOf(Object.fromEntries(cells), `${path}: row ${index + 2}`);
  });
  return { rows };
}

function recordsOf(csv: string, path: string): string[][] {
  try {
    return parse(csv, { bom: true, skip_empty_lines: true, relax_column_count: true }) as string[][];
  } catch (cause) {
    const { message, line } = csvProblem(cause);
    throw new AepError("MAPPING_IMPORT", message, { where: `${path}:${line}`, cause });
  }
}

export const EXPORT_FORMATS = ["api", "legacy", "csv"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** The rows in one of Adobe's forms. Without `schemaId` the target schema is left out. */
export function exportRows(name: string, rows: readonly MappingRow[], format: ExportFormat, schemaId?: string): string {
  if (format === "csv") return csvText(rows);
  return `${JSON.stringify(format === "api" ? apiSet(name, rows, schemaId) : legacySet(rows, schemaId), null, 2)}\n`;
}

function apiSet(name: string, rows: readonly MappingRow[], schemaId: string | undefined): object {
  const contentType = "application/vnd.adobe.xed-full+json;version=1";
  return {
    name,
    ...(schemaId ? { outputSchema: { schemaRef: { id: schemaId, contentType } } } : {}),
    mappings: rows.map(({ sourceType, source, destination, name: rowName, description }) => ({
      sourceType,
      source,
      destination,
      ...(rowName ? { name: rowName } : {}),
      ...(description ? { description } : {}),
    })),
  };
}

/** The form of the older tutorials. It knows no source types: constants become text literals. */
function legacySet(rows: readonly MappingRow[], schemaId: string | undefined): object {
  return {
    version: 0,
    ...(schemaId ? { xdmSchema: schemaId, xdmVersion: "1.0" } : {}),
    id: null,
    mappings: rows.map(({ sourceType, source, destination }) => ({
      destinationXdmPath: destination,
      sourceAttribute: sourceType === "STATIC" ? JSON.stringify(source) : source,
      identity: false,
      identityGroup: null,
      namespaceCode: null,
      version: 0,
    })),
  };
}

function csvText(rows: readonly MappingRow[]): string {
  const cell = (value = "") => (/[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = rows.map((row) =>
    [row.sourceType, row.source, row.destination, row.name, row.description].map((value) => cell(value)).join(","),
  );
  return `${["sourceType,source,destination,name,description", ...lines].join("\n")}\n`;
}
