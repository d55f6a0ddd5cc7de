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
  /** Where the row writes in a sandbox that lacks the field `key` names; `destination` is one of the two. */
  orTenant?: string;
}

/** The sandbox a file is read for. */
export interface ReadFor {
  /** Tenant id, which `{tenant}` stands for. */
  tenant: string;
  /** Which fields its standard groups have, as the stack records it (`aep:standardFields`). Not named: not known to be there. */
  standardFields?: Readonly<Record<string, boolean>> | undefined;
}

/** What stands for an event or an expected row: a file (absolute path) or the data itself, an event's with numbers of Java's kinds. */
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
export function loadMappingFile(path: string, options: ReadFor): MappingFile {
  const { file, mistakes } = readMappingFile(path, options);
  if (!file) throw mistakesError("MAPPING_YAML", path, mistakes);
  return file;
}

/** The same without the throw: either the file or its mistakes. @throws AepError FILE_NOT_FOUND */
export function readMappingFile(
  path: string,
  options: ReadFor,
): { file?: MappingFile; mistakes: Mistake[]; source: YamlSource } {
  return readMappingText(YamlSource.read(path), options);
}

/** The same for a text that is in no file; paths in it are taken from the source's own path. */
export function readMappingText(
  source: YamlSource,
  options: ReadFor,
): { file?: MappingFile; mistakes: Mistake[]; source: YamlSource } {
  const { value, mistakes } = parseWith(source, mappingFormat);
  if (!value) return { mistakes, source };
  const found = [...duplicateTests(value, source), ...wrongFallbacks(value, source), ...mistakes];
  if (found.length > 0) return { mistakes: found, source };
  return { file: build(source.path, value, source, options), mistakes: [], source };
}

function build(path: string, value: MappingFormat, source: YamlSource, options: ReadFor): MappingFile {
  const { tenant } = options;
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
      ...destinationOf(key, row, fill, options),
      ...sourceOf(row, fill, () => source.nodeAt(["rows", key, "value"])),
      ...source.positionOf(["rows", key]),
    })),
    ignore: value.ignore ?? {},
    tests: (value.tests ?? []).map((test, index) => ({
      name: test.name,
      event: fixture(folder, typeof test.event === "string" ? test.event : eventOf(source, index)),
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

function destinationOf(
  key: string,
  row: RowValue,
  fill: (text: string) => string,
  { standardFields = {} }: ReadFor,
): Pick<FileRow, "destination" | "orTenant"> {
  if (typeof row === "string" || row.orTenant === undefined) return { destination: fill(key) };
  const orTenant = fill(row.orTenant);
  return { destination: standardFields[key] === true ? key : orTenant, orTenant };
}

function sourceOf(
  row: RowValue,
  fill: (text: string) => string,
  value: () => unknown,
): Pick<FileRow, "sourceType" | "source" | "name" | "description"> {
  if (typeof row === "string") return { sourceType: "ATTRIBUTE", source: fill(row) };
  const { name, description } = row;
  const about = { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
  if ("from" in row) return { sourceType: "ATTRIBUTE", source: fill(row.from), ...about };
  if ("expr" in row) return { sourceType: "EXPRESSION", source: fill(row.expr), ...about };
  return { sourceType: "STATIC", source: fill(constantOf(row.value, value())), ...about };
}

/** A number as it is written: 1.0 stays 1.0, and a long one keeps its digits. */
function constantOf(value: string | number | boolean, node: unknown): string {
  return typeof value === "number" && isScalar(node) ? (node.source ?? String(value)) : String(value);
}

function eventOf(source: YamlSource, test: number): Record<string, unknown> {
  return source.eventAt(["tests", test, "event"]) as Record<string, unknown>;
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

const PLAIN_PATH = /^[A-Za-z0-9-][\w-]*(\.[A-Za-z0-9-][\w-]*)*$/;

/** A fall-back stands for a plain field of a standard group, and no other row writes to it. */
function wrongFallbacks(value: MappingFormat, source: YamlSource): Mistake[] {
  const taken = new Set(Object.keys(value.rows));
  return Object.entries(value.rows).flatMap(([key, row]) => {
    if (typeof row === "string" || row.orTenant === undefined) return [];
    const at = source.positionOf(["rows", key, "orTenant"]);
    const again = taken.has(row.orTenant);
    taken.add(row.orTenant);
    if (again) return [{ ...at, message: `another row writes to ${row.orTenant} already` }];
    return PLAIN_PATH.test(key)
      ? []
      : [
          {
            ...at,
            message: `only a field of plain names, without an index or _{tenant}, can have orTenant; ${key} is none`,
          },
        ];
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
