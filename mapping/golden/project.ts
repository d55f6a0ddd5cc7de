/** A mapping file opened for work: its rows, its composed schema, and the mapping compiled against it. */

import { compileMapping } from "../row/compile-mapping.ts";
import type { RowError } from "../row/types.ts";
import { type LoadedSchema, loadSchema } from "../xdm/load-schema.ts";
import { compileXdmValidator, type XdmViolation } from "../xdm/validate-row.ts";
import { loadMappingFile, type MappingFile, type ReadFor } from "../yaml/mapping-file.ts";

export interface Applied {
  data: Record<string, unknown>;
  /** Rows that gave null because they failed. */
  errors: RowError[];
  /** What the schema refuses in `data`. */
  violations: XdmViolation[];
}

export interface OpenMapping {
  file: MappingFile;
  loaded: LoadedSchema;
  /** One event through all rows, then against the schema. `now` is epoch milliseconds; ids are counted up from 1. */
  apply(event: unknown, now: number): Applied;
}

/** @throws AepError MAPPING_YAML, XDM_YAML, XDM_SCHEMA, FILE_NOT_FOUND */
export function openMapping(path: string, options: ReadFor): OpenMapping {
  const file = loadMappingFile(path, options);
  const loaded = loadSchema(file.schemaPath, options);
  const mapping = compileMapping(file.rows, { schema: loaded.schema });
  const violations = compileXdmValidator(loaded.schema);
  return {
    file,
    loaded,
    apply(event, now) {
      const { data, errors } = mapping.apply(event, { now: () => now, uuid: countedIds() });
      return { data, errors, violations: violations(data) };
    },
  };
}

/** Ids that are the same on every run: 00000000-0000-4000-8000-000000000001 and on. */
function countedIds(): () => string {
  let n = 0;
  return () => `00000000-0000-4000-8000-${String(++n).padStart(12, "0")}`;
}
