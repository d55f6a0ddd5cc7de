/** Parquet files, read by DuckDB where it is installed. */
import { writeFileSync } from "node:fs";
import type { DuckDBMapValue, DuckDBValueConverter } from "@duckdb/node-api";
import { double, integer, type Value, type ValueObject } from "../../mapping/expression/values.ts";
import { type DuckDb, sqlText, withDuckDb } from "../duckdb.ts";

/**
 * A file's rows as a mapping takes them, nested columns with their nesting. Dates with a time become ISO 8601 text in UTC, other dates
 * and times text, decimals doubles, maps objects (all assumed: Adobe does not say how a mapping sees them). Throws DuckDbMissing, or an
 * Error for what is no Parquet file.
 */
export function parquetRecords(bytes: Buffer): Promise<ValueObject[]> {
  return withDuckDb(async ({ api, connection, file }) => {
    const path = file();
    writeFileSync(path, bytes, { mode: 0o600 });
    try {
      const reader = await connection.runAndReadAll(`FROM read_parquet(${sqlText(path)})`);
      return reader.convertRowObjects(converter(api)) as ValueObject[];
    } catch (error) {
      // Further lines repeat the statement, with the scratch file's path.
      const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new Error(`it is no readable Parquet file (${message.replace(`'${path}'`, "")})`);
    }
  });
}

function converter({ DuckDBTypeId: Id, JSDuckDBValueConverter: javaScript }: DuckDb): DuckDBValueConverter<Value> {
  const texts = new Set([Id.DATE, Id.TIME, Id.TIME_TZ, Id.TIME_NS, Id.INTERVAL, Id.BLOB, Id.BIT, Id.GEOMETRY]);
  return (value, type, convert) => {
    if (value === null) return null;
    if (typeof value === "number") return type.typeId === Id.DOUBLE || type.typeId === Id.FLOAT ? double(value) : value;
    if (typeof value === "bigint") return integer(value);
    if (type.typeId === Id.DECIMAL) return double(Number(String(value)));
    if (texts.has(type.typeId)) return String(value);
    if (type.typeId === Id.MAP) {
      const { valueType } = type as { valueType: typeof type };
      const entries = (value as DuckDBMapValue).entries.map((one) => [
        String(one.key),
        convert(one.value, valueType, convert),
      ]);
      return Object.fromEntries(entries);
    }
    const plain = javaScript(value, type, convert as never) as unknown;
    return plain instanceof Date ? plain.toISOString() : (plain as Value);
  };
}
