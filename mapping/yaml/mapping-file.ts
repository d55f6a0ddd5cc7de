/** Loading a mapping file; its format is described in ./mapping-format.ts. */
import { basename, dirname, join, resolve } from "node:path";
import { isScalar, type Scalar } from "yaml";
import { type MappingFormat, mappingFormat, type RowValue } from "./mapping-format.ts";
import { scalarPosition } from "./scalar-position.ts";
import { type Mistake, mistakesError, type Path, type Position, YamlSource } from "./source.ts";
import { parseWith } from "./zod-mistakes.ts";

/** A row as the API takes it, with where it stands in the file. */
export interface FileRow extends Position {
  destination: string;
  sourceType: "ATTRIBUTE" | "EXPRESSION" | "STATIC";
  source: string;
  name?: string;
  description?: string;
  /** The destination as written, before {tenant} was put in: the key to find the row by when rewriting the file. */
  key: string;
}

/** What stands for an event or an expected row: a file (absolute path) or the data itself. */
export type Fixture = { file: string } | { data: Record<string, unknown> };

export interface GoldenTest extends Position {
  name: string;
  event: Fixture;
  expect: Fixture;
  /** Rows expected to fail; `exception` is a part of the message. */
  errors: Array<{ destination: string; exception?: string }>;
  /** Whether the row must satisfy the schema. */
  valid: boolean;
  /** Epoch milliseconds. */
  now: number;
}

export interface MappingFile {
  path: string;
  name: string;
  description?: string;
  /** As written: a name in xdm/ or a path. */
  schema: string;
  /** Absolute path of the XDM file `schema` names. */
  schemaPath: string;
  rows: FileRow[];
  /** Rule id -> why its findings are meant this way. */
  ignore: Record<string, string>;
  tests: GoldenTest[];
  tenant: string;
  /** Where character `offset` of a row's source stands. */
  sourcePosition(row: FileRow, offset: number): Position;
}

/** The clock of golden tests that set none: they must give the same answer every day. */
export const DEFAULT_TEST_TIME = Date.UTC(2025, 0, 1);

/** @throws AepError MAPPING_YAML naming every mistake with its line and column; FILE_NOT_FOUND. */
export function loadMappingFile(path: string, options: { tenant: string }): MappingFile {
  const { file, mistakes } = readMappingFile(path, options);
  if (!file) throw mistakesError("MAPPING_YAML", path, mistakes);
  return file;
}

/** The same without the throw: either the file or its mistakes. @throws AepError FILE_NOT_FOUND */
export function readMappingFile(
  path: string,
  options: { tenant: string },
): { file?: MappingFile; mistakes: Mistake[]; source: YamlSource } {
  return readMappingText(YamlSource.read(path), options);
}

/** The same for a text that is in no file; paths in it are taken from the source's own path. */
export function readMappingText(
  source: YamlSource,
  options: { tenant: string },
): { file?: MappingFile; mistakes: Mistake[]; source: YamlSource } {
  const { value, mistakes } = parseWith(source, mappingFormat);
  if (!value) return { mistakes, source };
  const found = [...duplicateTests(value, source), ...mistakes];
  if (found.length > 0) return { mistakes: found, source };
  return { file: build(source.path, value, source, options.tenant), mistakes: [], source };
}

function build(path: string, value: MappingFormat, source: YamlSource, tenant: string): MappingFile {
  const folder = dirname(resolve(path));
  const fill = (text: string) => text.replaceAll("{tenant}", tenant);
  return {
    path,
    name: value.name ?? basename(path).replace(/\.ya?ml$/, ""),
    ...(value.description === undefined ? {} : { description: value.description }),
    schema: value.schema,
    schemaPath: schemaPath(folder, value.schema),
    rows: Object.entries(value.rows).map(([key, row]) => ({
      key,
      destination: fill(key),
      ...sourceOf(row, fill),
      ...source.positionOf(["rows", key]),
    })),
    ignore: value.ignore ?? {},
    tests: (value.tests ?? []).map((test, index) => ({
      name: test.name,
      event: fixture(folder, test.event),
      expect: fixture(folder, test.expect),
      errors: (test.errors ?? []).map((error) => ({ ...error, destination: fill(error.destination) })),
      valid: test.valid ?? true,
      now: test.now === undefined ? DEFAULT_TEST_TIME : new Date(test.now).getTime(),
      ...source.positionOf(["tests", index]),
    })),
    tenant,
    sourcePosition: (row, offset) => positionInSource(source, row, offset, tenant),
  };
}

function schemaPath(folder: string, schema: string): string {
  return /[/\\]|\.ya?ml$/.test(schema) ? resolve(folder, schema) : join(folder, "..", "xdm", `${schema}.yaml`);
}

function sourceOf(
  row: RowValue,
  fill: (text: string) => string,
): Pick<FileRow, "sourceType" | "source" | "name" | "description"> {
  if (typeof row === "string") return { sourceType: "ATTRIBUTE", source: fill(row) };
  const { name, description } = row;
  const about = { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
  if ("from" in row) return { sourceType: "ATTRIBUTE", source: fill(row.from), ...about };
  if ("expr" in row) return { sourceType: "EXPRESSION", source: fill(row.expr), ...about };
  return { sourceType: "STATIC", source: fill(String(row.value)), ...about };
}

function fixture(folder: string, value: string | Record<string, unknown>): Fixture {
  return typeof value === "string" ? { file: resolve(folder, value) } : { data: value };
}

function duplicateTests(value: MappingFormat, source: YamlSource): Mistake[] {
  const seen = new Set<string>();
  return (value.tests ?? []).flatMap((test, index) => {
    const again = seen.has(test.name);
    seen.add(test.name);
    return again
      ? [{ ...source.positionOf(["tests", index, "name"]), message: `two tests are named "${test.name}"` }]
      : [];
  });
}

/** The path of the scalar that holds a row's source. */
function sourcePathOf(source: YamlSource, key: string): Path {
  const row = ["rows", key];
  for (const part of ["expr", "from", "value"]) if (source.nodeAt([...row, part])) return [...row, part];
  return row;
}

function positionInSource(source: YamlSource, row: FileRow, offset: number, tenant: string): Position {
  const node = source.nodeAt(sourcePathOf(source, row.key));
  if (!isScalar(node)) return { line: row.line, column: row.column };
  const written = untenant(String(node.value), tenant, offset);
  return scalarPosition(source, node as Scalar, written) ?? { line: row.line, column: row.column };
}

/** The offset before `{tenant}` was replaced, and before the loader trimmed the text. */
function untenant(written: string, tenant: string, offset: number): number {
  let at = written.length - written.trimStart().length;
  for (let left = offset; left > 0 && at < written.length; ) {
    if (written.startsWith("{tenant}", at)) {
      if (left < tenant.length) break;
      left -= tenant.length;
      at += "{tenant}".length;
    } else {
      left -= 1;
      at += 1;
    }
  }
  return at;
}
