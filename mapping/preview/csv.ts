/** CSV as events: the first row names the columns, every further row is an event of texts. */
import { extname } from "node:path";
import type { CsvError, Options } from "csv-parse";
import { AepError } from "../../errors.ts";

/** A longer row is a quote that was never closed; reading on would only fill the memory. */
const LONGEST_ROW = 16 * 1024 * 1024;

/** A row as csv-parse gives it with `csvOptions`. */
export interface CsvRow {
  record: string[];
  info: { lines: number };
}

export interface CsvEvent {
  /** Line the row ends at, from 1. */
  line: number;
  event: Record<string, string>;
}

/** By the name's ending: `.csv` or `.tsv`, also gzipped. */
export const isCsv = (path: string): boolean => /\.[ct]sv(\.gz)?$/i.test(path);

/** For csv-parse, as a stream or at once: commas, or tabs in a `.tsv`. */
export const csvOptions = (path: string): Options => ({
  delimiter: extname(path.replace(/\.gz$/i, "")).toLowerCase() === ".tsv" ? "\t" : ",",
  bom: true,
  info: true,
  skip_empty_lines: true,
  max_record_size: LONGEST_ROW,
});

/** Takes the rows in order; the first, the header, gives no event. @throws AepError EVENT_FILE for a header that would lose data */
export function csvReader(path: string): (row: CsvRow) => CsvEvent | undefined {
  let header: string[] | undefined;
  return ({ record, info }) => {
    if (header) return { line: info.lines, event: named(header, record) };
    checkHeader(record, path);
    header = record;
    return undefined;
  };
}

const named = (header: readonly string[], record: readonly string[]): Record<string, string> =>
  Object.fromEntries(header.map((name, column) => [name, record[column] ?? ""]));

/** Empty and repeated column names would lose data silently. */
function checkHeader(header: readonly string[], path: string): void {
  const empty = header.findIndex((name) => name.trim() === "");
  if (empty >= 0) throw new AepError("EVENT_FILE", `column ${empty + 1} has no name`, { where: `${path}:1` });
  const again = header.find((name, index) => header.indexOf(name) !== index);
  if (again !== undefined) throw new AepError("EVENT_FILE", `two columns are named ${again}`, { where: `${path}:1` });
}

/** The parser's own messages quote the row, which may be somebody's data. */
const WORDS: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE: "a quote stands within a value that does not begin with one",
  CSV_INVALID_CLOSING_QUOTE: "a value goes on behind its closing quote",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: "a value goes on behind its closing quote",
  CSV_QUOTE_NOT_CLOSED: "a quote is not closed",
  CSV_MAX_RECORD_SIZE: "a row is too long: is a quote not closed?",
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "the row has another number of values than the header has columns",
};

/** What is wrong with a CSV, in words, with the line. */
export function csvProblem(error: unknown): { message: string; line: number } {
  const { code, lines } = error as CsvError & { lines?: number };
  return { message: WORDS[code] ?? `the CSV cannot be read (${code})`, line: lines ?? 1 };
}

/** The error of a file of events. */
export function csvFailure(error: unknown, path: string): AepError {
  if (error instanceof AepError) return error;
  const { message, line } = csvProblem(error);
  return new AepError("EVENT_FILE", message, { where: `${path}:${line}`, cause: error });
}
