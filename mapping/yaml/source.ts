/** Reading a YAML file a user wrote: every mistake at once, each with its line and column. */
import { readFileSync } from "node:fs";
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { AepError, type ErrorCode } from "../../errors.ts";
import { double, integer } from "../expression/java-numbers.ts";
import { brokenAliases, syntaxFault } from "./syntax.ts";

/** A place in a file, both 1-based. */
export interface Position {
  line: number;
  column: number;
}

export interface Mistake extends Position {
  message: string;
}

export type Path = ReadonlyArray<PropertyKey>;

/** Larger files are refused: no hand-written file comes near. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Larger YAML is refused before it is parsed, which takes seconds for what nests without end. */
const MAX_YAML = 512 * 1024;
/** How often anchors may be repeated in total; more is an attack on memory. */
const MAX_ALIASES = 10_000;

/** More mistakes than this are counted, not shown: one slip of indentation makes hundreds. */
const MAX_SHOWN = 30;

const TOO_DEEP = "nested too deeply";

/** Brackets inside each other; parsing what nests further takes seconds, only reading its words does not. */
const MAX_BRACKETS = 200;

/** One parsed YAML file. `value` is plain data; `positionOf` finds the line of any path inside it. */
export class YamlSource {
  readonly path: string;
  readonly text: string;
  readonly document: Document.Parsed;
  readonly value: unknown;
  /** Syntax errors, duplicate keys, unusable anchors. */
  readonly mistakes: Mistake[] = [];
  /** As the library reads it: integers are bigints. */
  #read: unknown;
  readonly #lines = new LineCounter();
  readonly #pairs = new WeakMap<YAMLMap, Map<string, Pair>>();

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.document = this.#parse();
    try {
      const lost = brokenAliases(this.document).slice(0, MAX_SHOWN);
      this.mistakes.push(...this.#doubledKeys(), ...lost.map((fault) => this.#placed(fault)));
    } catch {
      // Walking a document takes stack too, though less than parsing it.
      this.mistakes.push({ line: 1, column: 1, message: TOO_DEEP });
    }
    for (const error of this.document.errors.slice(0, MAX_SHOWN)) {
      const fault = syntaxFault(error, this.document, this.text);
      this.mistakes.push(this.#placed(/call stack/.test(error.message) ? { ...fault, message: TOO_DEEP } : fault));
    }
    const tooDeep = this.mistakes.find((one) => one.message === TOO_DEEP);
    if (tooDeep) this.mistakes.splice(0, this.mistakes.length, tooDeep);
    this.value = this.#toJs();
  }

  /** @throws AepError FILE_NOT_FOUND when the file cannot be read or is no ordinary text file. */
  static read(path: string): YamlSource {
    return new YamlSource(path, readText(path));
  }

  #parse(): Document.Parsed {
    const options = {
      lineCounter: this.#lines,
      prettyErrors: false,
      merge: true,
      // Tells 2 from 2.0, and keeps long ones: see eventAt. `value` has plain numbers.
      intAsBigInt: true,
      // The library compares every key with every other; #doubledKeys looks each up once.
      uniqueKeys: false,
      logLevel: "error",
    } as const;
    try {
      if (this.text.length > MAX_YAML)
        this.mistakes.push({ line: 1, column: 1, message: `the file is longer than ${MAX_YAML} characters` });
      else if (nestsTooDeeply(this.text)) this.mistakes.push({ line: 1, column: 1, message: TOO_DEEP });
      else return parseDocument(this.text, options);
      return parseDocument("", options);
    } catch (error) {
      // The parser recurses: input nested thousands deep ends in a RangeError instead of a document.
      const document = parseDocument("", options);
      this.mistakes.push({
        line: 1,
        column: 1,
        message: error instanceof RangeError ? TOO_DEEP : String(error),
      });
      return document;
    }
  }

  #placed({ offset, message }: { offset: number; message: string }): Mistake {
    return { ...this.at(offset), message };
  }

  #doubledKeys(): Mistake[] {
    const found: Mistake[] = [];
    visit(this.document, {
      Map: (_key, map) => {
        const seen = new Set<unknown>();
        for (const { key } of map.items) {
          if (!isScalar(key) || key.value === "<<") continue;
          if (seen.has(key.value) && found.length < MAX_SHOWN)
            found.push({
              ...this.at(key.range?.[0] ?? 0),
              message: "this key stands in the file twice; the later one would silently win",
            });
          seen.add(key.value);
        }
      },
    });
    return found;
  }

  /** The pairs of a map by their keys, so that a thousand mistakes in one map do not take a million steps. */
  #pairsOf(map: YAMLMap): Map<string, Pair> {
    const known = this.#pairs.get(map) ?? new Map<string, Pair>();
    if (!this.#pairs.has(map)) {
      for (const item of map.items) {
        if (isScalar(item.key) && !known.has(String(item.key.value))) known.set(String(item.key.value), item as Pair);
      }
      this.#pairs.set(map, known);
    }
    return known;
  }

  #toJs(): unknown {
    if (this.mistakes.length > 0) return undefined;
    try {
      this.#read = this.document.toJS({ maxAliasCount: MAX_ALIASES });
      return withNumbers(this.#read, Number);
    } catch (error) {
      const message = error instanceof RangeError ? TOO_DEEP : (error as Error).message;
      this.mistakes.push({ line: 1, column: 1, message: `anchors cannot be resolved: ${message}` });
      return undefined;
    }
  }

  /** The value of a path as an event that is to be mapped: its numbers keep Java's kinds, in which 2.0 is not 2. */
  eventAt(path: Path): unknown {
    const value = path.reduce((node, key) => (node as Record<PropertyKey, unknown>)[key], this.#read);
    return withNumbers(value, (number) => (typeof number === "bigint" ? integer(number) : double(number)));
  }

  /** Line and column of a character offset. */
  at(offset: number): Position {
    const { line, col } = this.#lines.linePos(Math.min(offset, this.text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** The key=value pair at a path, when every step of it is written in the file (and not merged in by an anchor). */
  pairAt(path: Path): Pair<Scalar, Node> | undefined {
    const parent = this.nodeAt(path.slice(0, -1));
    const key = path.at(-1);
    if (!isMap(parent)) return undefined;
    return this.#pairsOf(parent).get(String(key)) as Pair<Scalar, Node> | undefined;
  }

  nodeAt(path: Path): Node | undefined {
    let node: unknown = this.document.contents;
    for (const key of path) {
      if (isAlias(node)) node = node.resolve(this.document);
      if (isMap(node)) {
        node = this.#pairsOf(node).get(String(key))?.value;
      } else if (isSeq(node) && typeof key === "number") node = node.items[key];
      else return undefined;
    }
    return (node as Node | null) ?? undefined;
  }

  /** Where the key of a path stands (or its value, for items of lists); the nearest enclosing thing when it is not in the file. */
  positionOf(path: Path): Position {
    const offset = this.pairAt(path)?.key.range?.[0] ?? this.nodeAt(path)?.range?.[0];
    if (offset !== undefined) return this.at(offset);
    return path.length === 0 ? { line: 1, column: 1 } : this.positionOf(path.slice(0, -1));
  }

  /** Where the value of a path stands. */
  valuePositionOf(path: Path): Position {
    const offset = this.nodeAt(path)?.range?.[0];
    return offset === undefined ? this.positionOf(path) : this.at(offset);
  }
}

/** @throws AepError FILE_NOT_FOUND */
export function readText(path: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "EISDIR" ? "is a directory, not a file" : code === "EACCES" ? "may not be read" : "does not exist";
    throw new AepError("FILE_NOT_FOUND", `the file ${why}`, { where: path, cause: error });
  }
  if (bytes.length > MAX_BYTES)
    throw new AepError("FILE_NOT_FOUND", `the file is larger than ${MAX_BYTES} bytes`, { where: path });
  return bytes.toString("utf8").replace(/^\uFEFF/, "");
}

/** Mistakes in the order of the file, as one error; the same one is shown once. */
export function mistakesError(code: ErrorCode, path: string, mistakes: readonly Mistake[]): AepError {
  const places = new Map<string, Mistake>();
  for (const one of mistakes) {
    const key = `${one.line}:${one.column}:${one.message}`;
    if (!places.has(key)) places.set(key, one);
  }
  const sorted = [...places.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  const [first] = sorted;
  if (sorted.length === 1 && first) {
    return new AepError(code, first.message, { where: `${path}:${first.line}:${first.column}` });
  }
  const lines = sorted.slice(0, MAX_SHOWN).map((one) => `  ${path}:${one.line}:${one.column}: ${one.message}`);
  if (sorted.length > MAX_SHOWN) lines.push(`  ... and ${sorted.length - MAX_SHOWN} more`);
  return new AepError(code, `${sorted.length} mistakes\n${lines.join("\n")}`, {
    hint: "Correct the lines named above.",
  });
}

function withNumbers(value: unknown, change: (number: number | bigint) => unknown): unknown {
  if (typeof value === "number" || typeof value === "bigint") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, change));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withNumbers(item, change)]));
}

function nestsTooDeeply(text: string): boolean {
  if ((text.match(/[[{]/g)?.length ?? 0) <= MAX_BRACKETS) return false;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme === "[" || lexeme === "{") depth++;
    else if ((lexeme === "]" || lexeme === "}") && depth > 0) depth--;
    if (depth > MAX_BRACKETS) return true;
  }
  return false;
}
