/** Rows as the text of a mapping file. */
import { Document, type Pair, Scalar, YAMLMap } from "yaml";
import type { MappingRow } from "../row/types.ts";

export interface NotedRow extends MappingRow {
  /** Comment after the row. */
  note?: string;
}

export interface YamlTextOptions {
  schema: string;
  name?: string;
  /** Comment lines at the top. */
  head?: string[];
  /** Comment lines after the rows. */
  tail?: string[];
  tenant: string;
}

/** The first line editors read; relative to mappings/. */
const SCHEMA_LINE = "yaml-language-server: $schema=../docs/json-schema/mapping-set.json";

/** A whole mapping file; `_tenant` at the start of a destination becomes `_{tenant}`. */
export function mappingYaml(rows: readonly NotedRow[], options: YamlTextOptions): string {
  const { schema, name, head = [], tail = [], tenant } = options;
  const document = new Document({ ...(name ? { name } : {}), schema, rows: {} });
  document.commentBefore = [SCHEMA_LINE, ...head].map((line) => ` ${line}`).join("\n");
  const map = document.get("rows") as YAMLMap;
  map.flow = false;
  for (const row of rows) {
    const key = row.destination.startsWith(`_${tenant}.`)
      ? `_{tenant}${row.destination.slice(tenant.length + 1)}`
      : row.destination;
    const pair = document.createPair(key, yamlValue(row)) as Pair<Scalar, Scalar | YAMLMap>;
    if (pair.value instanceof YAMLMap) pair.value.flow = true;
    if (row.note && pair.value) pair.value.comment = ` ${row.note.replaceAll(/\s+/g, " ")}`;
    map.items.push(pair);
  }
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: true });
  return tail.length > 0 ? `${text}${tail.map((line) => `  # ${line}\n`).join("")}` : text;
}

function yamlValue(row: MappingRow): unknown {
  const { name, description, source, sourceType } = row;
  const about = { ...(name ? { name } : {}), ...(description ? { description } : {}) };
  if (sourceType === "ATTRIBUTE") return Object.keys(about).length > 0 ? { from: source, ...about } : quoted(source);
  return sourceType === "EXPRESSION" ? { expr: quoted(source), ...about } : { value: quoted(source), ...about };
}

/** Texts that YAML would read as something else are quoted by the library; line breaks are kept in double quotes. */
function quoted(text: string): Scalar {
  const scalar = new Scalar(text);
  if (text.includes("\n")) scalar.type = "QUOTE_DOUBLE";
  return scalar;
}
