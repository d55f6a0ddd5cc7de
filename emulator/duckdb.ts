/** DuckDB, where it is installed: the package is optional, as it brings a native library of some size and little needs it. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";

/** DuckDB is not there; the message says how to get it. */
export class DuckDbMissing extends Error {
  constructor() {
    super("the optional package @duckdb/node-api is not installed; npm install @duckdb/node-api");
    this.name = "DuckDbMissing";
  }
}

export type DuckDb = typeof import("@duckdb/node-api");

export interface Workplace {
  api: DuckDb;
  connection: DuckDBConnection;
  /** A path for a new file; it goes with the database. */
  file(): string;
}

/** Runs `work` with an empty database in memory and a scratch folder. Throws DuckDbMissing. */
export async function withDuckDb<T>(work: (workplace: Workplace) => Promise<T>): Promise<T> {
  const api = await load();
  const folder = mkdtempSync(join(tmpdir(), "aep-duckdb-"));
  const database = await api.DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "1GB" });
  try {
    return await work({ api, connection: await database.connect(), file: () => join(folder, randomUUID()) });
  } finally {
    database.closeSync();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(): Promise<DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch {
    throw new DuckDbMissing();
  }
}

/** A text as SQL writes it. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
