/** The files behind a pipeline's flows, read and checked against each other before anything is declared. */
import { resolve } from "node:path";
import type { EventKind } from "../capillary/events.ts";
import { AepError } from "../errors.ts";
import {
  checkRow,
  lackingText,
  loadMappingFile,
  loadSchema,
  type MappingRow,
  mistakesError,
  type ReadFor,
} from "../mapping/index.ts";
import type { DatasetSettings } from "./xdm-model.ts";

/** One flow of a pipeline. */
export interface CapillaryFlowArgs {
  name: string;
  description?: string;
  /** Path of the schema's file in xdm/. */
  schema: string;
  /** Path of the mapping's file; its `schema:` must name the same file. */
  mapping: string;
  dataset: DatasetSettings;
  /** genericRest only. `start`: epoch seconds; without it, a minute after the flow's creation. Default: every 15 minutes. */
  schedule?: {
    start?: number;
    frequency: "once" | "minute" | "hour" | "day" | "week";
    interval?: number;
    backfill?: boolean;
  };
  /** httpStreaming only: the raw Capillary events that are to be sent to this flow. */
  events?: readonly EventKind[];
  /** Leave the flow switched off. */
  held?: boolean;
}

type Row = Pick<MappingRow, "sourceType" | "source">;

/**
 * Checks every file the flows name, so that a mistake in one is told before any object is made.
 * @throws AepError the first file's mistakes; with several wrong files, AEP_INPUT_INVALID with those of all of them
 */
export function checkFlows(flows: readonly CapillaryFlowArgs[], sandbox: ReadFor): void {
  const errors = new Map<string, AepError>();
  for (const flow of flows) {
    try {
      readRows(flow, sandbox);
      checkProfile(flow, sandbox.tenant);
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      errors.set(`${error.where} ${error.message}`, error);
    }
  }
  const [first, ...others] = errors.values();
  if (!first) return;
  if (others.length === 0) throw first;
  const all = [first, ...others].map((error) => `\n${error.where ? `${error.where}: ` : ""}${error.message}`);
  throw new AepError("AEP_INPUT_INVALID", `Mistakes in ${all.length} places:${all.join("")}`, {
    hint: "Correct what is named above.",
  });
}

/**
 * The mapping's rows, keyed by destination, so that a plan names exactly the rows that change. Every row is checked against
 * the schema here, long before Data Prep would refuse the set.
 * @throws AepError MAPPING_YAML, XDM_YAML, XDM_SCHEMA, FILE_NOT_FOUND with file, line and column
 */
export function readRows({ name, mapping, schema }: CapillaryFlowArgs, sandbox: ReadFor): Record<string, Row> {
  const file = loadMappingFile(mapping, sandbox);
  if (file.schemaPath !== resolve(schema)) {
    throw new AepError(
      "AEP_INPUT_INVALID",
      `The flow writes to ${schema}, and its mapping ${mapping} is for the schema ${file.schema}.`,
      {
        where: `flow "${name}"`,
        hint: "Name the same schema in both, or another mapping.",
      },
    );
  }
  const loaded = loadSchema(schema, sandbox);
  const mistakes = file.rows.flatMap((row) => {
    const wrong = checkRow(row, loaded.schema);
    if (!wrong) return [];
    const lacking = lackingText(loaded, row.destination);
    const message = lacking ? `${row.destination}: ${lacking.message}. ${lacking.fix}` : wrong.exception;
    return [{ line: row.line, column: row.column, message }];
  });
  if (mistakes.length > 0) throw mistakesError("MAPPING_YAML", mapping, mistakes);
  return Object.fromEntries(
    file.rows.map(({ destination, sourceType, source }) => [destination, { sourceType, source }]),
  );
}

/** Files of the schemas that have to be enabled for Profile, because a dataset of theirs feeds it. */
export function profileSchemas(flows: readonly CapillaryFlowArgs[]): string[] {
  return flows.filter(({ dataset }) => dataset.profile).map(({ schema }) => schema);
}

function checkProfile({ name, schema, dataset }: CapillaryFlowArgs, tenant: string): void {
  if (!dataset.profile || loadSchema(schema, { tenant }).file.profile) return;
  throw new AepError(
    "AEP_INPUT_INVALID",
    `The dataset "${dataset.name}" is to feed Profile, and its schema ${schema} is not enabled for it.`,
    {
      where: `flow "${name}"`,
      hint: "Write profile: true in the schema's file, or profile: false for the dataset.",
    },
  );
}
