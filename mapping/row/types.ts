/** One row of a mapping set, as Adobe's API takes it. */
export interface MappingRow {
  /** A plain XDM path: `identityMap.Email[0].id`, `productListItems[*].SKU`. */
  destination: string;
  /** ATTRIBUTE: `source` is a path of the event. EXPRESSION: an expression. STATIC: the literal text itself. */
  sourceType: "ATTRIBUTE" | "EXPRESSION" | "STATIC";
  source: string;
  name?: string;
  description?: string;
}

/** A row that gave no value, as Adobe's preview and validate answer it. */
export interface RowError {
  sourceType: string;
  source: string;
  destination: string;
  exception: string;
}

/** What a mapping set makes of one event: the XDM row, and the rows that gave none. */
export interface MappedRow {
  data: Record<string, unknown>;
  errors: RowError[];
}

/** The error of a row. */
export function rowError(row: MappingRow, exception: string): RowError {
  return { sourceType: row.sourceType, source: row.source, destination: row.destination, exception };
}
