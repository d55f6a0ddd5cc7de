/** What a changed mapping does to the sample events of its file: the output before and after, field by field. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { AepError } from "../../errors.ts";
import { type FieldChange, fieldChanges } from "../../mapping/golden/diff.ts";
import { readEvent } from "../../mapping/golden/fixture.ts";
import { type OpenMapping, openMapping } from "../../mapping/golden/project.ts";
import { checkRow } from "../../mapping/row/check-row.ts";
import { compileMapping } from "../../mapping/row/compile-mapping.ts";
import type { MappingRow } from "../../mapping/row/types.ts";
import type { ReadFor } from "../../mapping/yaml/mapping-file.ts";
import { isPlain, type Plain, same } from "../../resources/values.ts";
import { tenantOf } from "./graph.ts";
import type { Plan, PlannedObject } from "./read.ts";

export interface SampleChange {
  /** Name of the golden test. */
  event: string;
  fields: FieldChange[];
  /** Rows that fail now and did not, and the other way round: `destination: why`. */
  fails: string[];
  failsNoMore: string[];
}

export interface MappingSamples {
  /** Names of the mapping sets with this change; pipelines often share one file. */
  mappingSets: string[];
  /** The mapping file, when one in this folder has exactly the new rows. */
  file: string | undefined;
  /** Sample events looked at. */
  events: number;
  changes: SampleChange[];
  /** Why nothing can be shown. */
  unknown?: string;
}

const FOLDER = "mappings";

/** One entry for each different change of rows. Reads mapping files of the current folder; calls nobody. */
export function samplesOf(plan: Plan): MappingSamples[] {
  const changed = plan.objects.filter(
    ({ kind, op, before, after }) =>
      kind === "MappingSet" && (op === "update" || op === "replace") && !same(before?.["rows"], after?.["rows"]),
  );
  const groups = new Map<string, PlannedObject[]>();
  for (const object of changed) {
    const id = JSON.stringify([object.before?.["rows"], object.after?.["rows"]]);
    groups.set(id, [...(groups.get(id) ?? []), object]);
  }
  const files = groups.size > 0 ? openAll(plan) : [];
  return [...groups.values()].map((objects) => samplesOfOne(objects, files));
}

function samplesOfOne(objects: PlannedObject[], files: readonly OpenMapping[]): MappingSamples {
  const mappingSets = objects.map(({ name }) => name).sort();
  const nothing = { mappingSets, events: 0, changes: [] };
  const [before, after] = [rowsOf(objects[0]?.before), rowsOf(objects[0]?.after)];
  const fitting = files.filter(({ file }) => sameRows(file.rows, after));
  const mapping = fitting.find(({ file }) => file.tests.length > 0) ?? fitting[0];
  if (!mapping) return { ...nothing, file: undefined, unknown: `no file in ${FOLDER}/ has these rows` };
  const { path, tests } = mapping.file;
  if (tests.length === 0) return { ...nothing, file: path, unknown: "the file has no sample events (tests:)" };
  try {
    return { mappingSets, file: path, events: tests.length, changes: compare(mapping, before) };
  } catch (error) {
    if (!(error instanceof AepError)) throw error;
    return { ...nothing, file: path, unknown: error.message.split("\n")[0] ?? error.code };
  }
}

/** The old rows through the engine that the new ones run in. Rows the schema of today refuses are mapped without it. */
function compare(mapping: OpenMapping, old: MappingRow[]): SampleChange[] {
  const { schema } = mapping.loaded;
  const outdated = old.filter((row) => checkRow(row, schema) !== undefined && checkRow(row) === undefined);
  const [kept, dropped] = [
    compileMapping(
      old.filter((row) => !outdated.includes(row)),
      { schema },
    ),
    compileMapping(outdated),
  ];
  const now = compileMapping(mapping.file.rows, { schema });
  return mapping.file.tests.flatMap(({ name, event, now: moment }) => {
    const data = readEvent(event, mapping.file.tenant);
    const run = (compiled: typeof kept) => compiled.apply(data, { now: () => moment, uuid: countedIds() });
    const [a, gone, b] = [run(kept), run(dropped), run(now)];
    const fields = [...fieldChanges(a.data, b.data), ...fieldChanges(gone.data, {})];
    const [was, is] = [said([...a.errors, ...gone.errors]), said(b.errors)];
    const change = {
      event: name,
      fields,
      fails: is.filter((text) => !was.includes(text)),
      failsNoMore: was.filter((text) => !is.includes(text)),
    };
    return fields.length + change.fails.length + change.failsNoMore.length > 0 ? [change] : [];
  });
}

const said = (errors: ReadonlyArray<{ destination: string; exception: string }>): string[] =>
  errors.map(({ destination, exception }) => `${destination}: ${exception}`);

/** Ids that are the same in both versions, so that they never show as a change. */
function countedIds(): () => string {
  let n = 0;
  return () => `00000000-0000-4000-8000-${String(++n).padStart(12, "0")}`;
}

function rowsOf(inputs: Plain | undefined): MappingRow[] {
  const rows = isPlain(inputs?.["rows"]) ? inputs["rows"] : {};
  return Object.entries(rows).flatMap(([destination, row]) =>
    isPlain(row) && typeof row["source"] === "string"
      ? [{ destination, sourceType: row["sourceType"] as MappingRow["sourceType"], source: row["source"] }]
      : [],
  );
}

function sameRows(a: readonly MappingRow[], b: readonly MappingRow[]): boolean {
  const plain = (rows: readonly MappingRow[]) =>
    Object.fromEntries(rows.map(({ destination, sourceType, source }) => [destination, [sourceType, source]]));
  return same(plain(a), plain(b));
}

/** Mapping files that can be read for the plan's sandbox; what is wrong with another is not this command's to say. */
function openAll(plan: Plan): OpenMapping[] {
  if (!existsSync(FOLDER)) return [];
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ya?ml$/.test(file))
    .sort();
  return files.flatMap((file) => {
    try {
      return [openMapping(join(FOLDER, file), sandboxOf(plan))];
    } catch (error) {
      if (error instanceof AepError) return [];
      throw error;
    }
  });
}

/** What the plan says of its sandbox: its configuration, else the ids and fields in it. */
function sandboxOf(plan: Plan): ReadFor {
  const said = plan.config["aep:tenantId"];
  const tenant = tenantOf(plan.objects) ?? (typeof said === "string" && said !== "" ? said : "tenant");
  return { tenant, standardFields: recorded(plan.config["aep:standardFields"]) };
}

function recorded(value: unknown): Record<string, boolean> {
  const fields: unknown = typeof value === "string" ? tryParse(value) : value;
  return isPlain(fields) ? (fields as Record<string, boolean>) : {};
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
