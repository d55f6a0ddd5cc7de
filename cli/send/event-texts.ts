/**
 * Events of a file of any size, one at a time: a JSON object, a list of them, one object after the other (NDJSON), or the
 * rows of a CSV, gzipped or not. JSON comes as it stands in the file, so that what is sent is what was written.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { AepError } from "../../errors.ts";
import { type CsvRow, csvFailure, csvOptions, csvReader, isCsv } from "../../mapping/preview/csv.ts";

/** Larger values are no events; reading on would only fill the memory. */
const LARGEST = 16 * 1024 * 1024;

export interface EventAt {
  text: string;
  /** Line it begins at, from 1; of a CSV's row the line it ends at. */
  line: number;
}

/** `onBytes` sees the file as it is on the disk. @throws AepError FILE_NOT_FOUND, EVENT_FILE with the line */
export async function* eventTexts(path: string, onBytes?: (chunk: Uint8Array) => void): AsyncGenerator<EventAt> {
  const bytes = await unpacked(path, onBytes);
  yield* isCsv(path) ? csvTexts(bytes, path) : jsonTexts(bytes, path);
}

async function* jsonTexts(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<EventAt> {
  const splitter = new Splitter(path);
  const decoder = new TextDecoder();
  for await (const chunk of bytes) yield* splitter.push(decoder.decode(chunk, { stream: true }));
  yield* splitter.push(decoder.decode());
  splitter.end();
}

async function* csvTexts(bytes: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<EventAt> {
  const toEvent = csvReader(path);
  const rows: AsyncIterable<CsvRow> = pipeline(bytes, parse(csvOptions(path)), () => undefined);
  try {
    for await (const row of rows) {
      const one = toEvent(row);
      if (one) yield { text: JSON.stringify(one.event), line: one.line };
    }
  } catch (error) {
    throw csvFailure(error, path);
  }
}

/** The file's bytes, unpacked when they begin as gzip does, whatever its name. */
async function unpacked(path: string, onBytes?: (chunk: Uint8Array) => void): Promise<AsyncIterable<Uint8Array>> {
  const gzipped = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (onBytes) file.on("data", (chunk) => onBytes(chunk as Buffer));
  // A failure of either side ends both, and shows while reading.
  return readable(gzipped ? pipeline(file, createGunzip(), () => undefined) : file, path);
}

async function* readable(stream: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AepError("EVENT_FILE", `the file cannot be read to its end (${code})`, { where: path, cause });
  }
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AepError("FILE_NOT_FOUND", `the file cannot be read (${code})`, { where: path, cause });
  }
}

const [QUOTE, BACKSLASH, NEWLINE, COMMA] = [0x22, 0x5c, 0x0a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Cuts a stream of text into objects by their braces; whether one is JSON is seen when it is parsed. */
class Splitter {
  readonly #path: string;
  #line = 1;
  /** Braces and brackets open within the present object. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #beganAt = 1;
  #held = "";
  /** The file is a list; `closed` after its bracket. */
  #list: "unknown" | "open" | "closed" | "none" = "unknown";

  constructor(path: string) {
    this.#path = path;
  }

  *push(text: string): Generator<EventAt> {
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === NEWLINE) this.#line += 1;
      if (this.#depth === 0) {
        if (this.#between(char)) start = at;
        continue;
      }
      if (!this.#within(char)) continue;
      yield { text: this.#held + text.slice(start, at + 1), line: this.#beganAt };
      this.#held = "";
    }
    if (this.#depth > 0) this.#hold(text.slice(start));
  }

  end(): void {
    if (this.#depth > 0) throw this.#broken("the event that begins here does not end", this.#beganAt);
    if (this.#list === "open") throw this.#broken("the list does not end");
  }

  /** A character between events; true when it begins one. */
  #between(char: number): boolean {
    if (char <= 0x20 || char === 0xfeff) return false;
    if (char === OPEN_OBJECT && this.#list !== "closed") {
      if (this.#list === "unknown") this.#list = "none";
      this.#depth = 1;
      this.#beganAt = this.#line;
      return true;
    }
    if (char === OPEN_LIST && this.#list === "unknown") this.#list = "open";
    else if (char === CLOSE_LIST && this.#list === "open") this.#list = "closed";
    else if (char !== COMMA || this.#list !== "open") throw this.#broken("here should be an event, a JSON object");
    return false;
  }

  /** A character of an event; true when it is the last. */
  #within(char: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (char === BACKSLASH) this.#escaped = true;
      else if (char === QUOTE) this.#inString = false;
    } else if (char === QUOTE) this.#inString = true;
    else if (char === OPEN_OBJECT || char === OPEN_LIST) this.#depth += 1;
    else if (char === CLOSE_OBJECT || char === CLOSE_LIST) this.#depth -= 1;
    return this.#depth === 0;
  }

  #hold(text: string): void {
    this.#held += text;
    if (this.#held.length > LARGEST) throw this.#broken("the event that begins here is too large", this.#beganAt);
  }

  #broken(message: string, line = this.#line): AepError {
    return new AepError("EVENT_FILE", message, {
      where: `${this.#path}:${line}`,
      hint: "Write JSON objects: one, a list of them, or one on each line (NDJSON); CSV in a file named .csv or .tsv.",
    });
  }
}
