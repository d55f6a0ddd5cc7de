/**
 * From a file's bytes to records: the documented formats and compressions. The libraries that take them apart are loaded with the
 * first file that needs them: most emulators never see one.
 */
import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw } from "node:zlib";
import { parseSource } from "../java-numbers.ts";
import type { Entity, Json } from "../store.ts";
import { untar } from "./tar.ts";

/** A decompressed file may have at most this many bytes. */
const MAX_BYTES = 1 << 30;

/** How a source connection (or an explore request) says its files look. */
export interface FileFormat {
  format: string;
  columnDelimiter: string;
  encoding: string;
  compressionType: string | undefined;
}

/** Reads `data` of a source connection: properties under `data.properties`, in older bodies the delimiter under `data` itself. */
export function fileFormat(data: Entity = {}): FileFormat {
  const properties: Entity = data["properties"] ?? {};
  return {
    format: String(data["format"] ?? "delimited"),
    columnDelimiter: String(properties["columnDelimiter"] ?? data["columnDelimiter"] ?? ","),
    encoding: String(properties["encoding"] ?? "UTF-8"),
    compressionType: properties["compressionType"],
  };
}

/** Records of one file, as a mapping takes them. Throws an Error that says what cannot be read. */
export async function readRecords(bytes: Buffer, format: FileFormat): Promise<unknown[]> {
  const parts = await decompress(bytes, format.compressionType);
  if (format.format === "parquet") {
    const { parquetRecords } = await import("./parquet.ts");
    return (await Promise.all(parts.map(parquetRecords))).flat();
  }
  const decoder = new TextDecoder(format.encoding);
  const texts = parts.map((part) => decoder.decode(part));
  if (format.format === "json") return texts.flatMap(jsonRecords);
  if (format.format !== "delimited") throw new Error(`Files of format ${format.format} are not emulated`);
  const { parse } = await import("csv-parse/sync");
  return texts.flatMap((text) => delimited(parse, text, format.columnDelimiter));
}

async function decompress(bytes: Buffer, type: string | undefined): Promise<Buffer[]> {
  const options = { maxOutputLength: MAX_BYTES };
  if (type === undefined) return [bytes];
  if (type === "gzip") return [await promisify(gunzip)(bytes, options)];
  // Both spellings of "deflate" are about: with the zlib header and without.
  if (type === "deflate")
    return [await promisify(inflate)(bytes, options).catch(() => promisify(inflateRaw)(bytes, options))];
  if (type === "bzip2") return [(await import("./bzip2.ts")).bunzip2(bytes, MAX_BYTES)];
  if (type === "tar") return untar(bytes);
  if (type === "tarGzip") return untar(await promisify(gunzip)(bytes, options));
  if (type === "zipDeflate") return (await import("./zip.ts")).unzip(bytes, MAX_BYTES);
  throw new Error(`Compression ${type} is not emulated`);
}

/** Header cells name the attributes, every value is a string, an empty cell is null (assumed). */
function delimited(parse: typeof import("csv-parse/sync").parse, text: string, delimiter: string): Json[] {
  const rows: Record<string, string>[] = parse(text, {
    bom: true,
    columns: true,
    delimiter,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === "" ? null : value])),
  );
}

/** An array of objects, one object, or one object a line. */
function jsonRecords(text: string): unknown[] {
  const trimmed = text.replace(/^\uFEFF/, "").trim();
  if (trimmed === "") return [];
  try {
    const value = parseSource(trimmed);
    return Array.isArray(value) ? value : [value];
  } catch {
    return trimmed
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "")
      .map((line, index) => jsonLine(line, index));
  }
}

function jsonLine(line: string, index: number): unknown {
  try {
    const value = parseSource(line);
    if (line.trimStart().startsWith("{")) return value;
  } catch {
    // Reported below.
  }
  throw new Error(`Line ${index + 1} is no JSON object`);
}
