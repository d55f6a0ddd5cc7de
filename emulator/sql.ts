/**
 * SQL over landed rows, with DuckDB in this process. Every dataset is a table under the name that Catalog gives it in the
 * tag `adobe/pqs/table`, as in Adobe's Query Service, and under its id. The dialect is DuckDB's, not Query Service's.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDbMissing, sqlText, type Workplace, withDuckDb } from "./duckdb.ts";
import { controlProblem, notEmulated } from "./problem.ts";
import type { Entity, Json, SandboxState } from "./store.ts";

const MAX_ROWS = 10_000;
const MAX_SQL = 100_000;
const MAX_MS = 30_000;

export interface QueryAnswer {
  columns: string[];
  rows: Record<string, Json>[];
  /** Whether rows beyond the first 10,000 were left out. */
  truncated: boolean;
  ms: number;
}

/**
 * Runs one statement against the sandbox's datasets. Rows keep their XDM nesting; `_acp_batchid` is added. Nothing the
 * statement does outlives it, and it cannot reach files or the network. Throws a 400 Problem with DuckDB's message.
 */
export async function querySandbox(sandbox: SandboxState, sql: unknown): Promise<QueryAnswer> {
  if (typeof sql !== "string" || sql.trim() === "") throw controlProblem(400, "sql must be a statement");
  if (sql.length > MAX_SQL) throw controlProblem(400, `sql is longer than ${MAX_SQL} characters`);
  const started = performance.now();
  try {
    const { columns, rows } = await withDuckDb(async (workplace) => {
      await loadTables(workplace, sandbox, sql);
      await workplace.connection.run("SET enable_external_access = false; SET lock_configuration = true");
      return run(workplace.connection, sql);
    });
    const ms = Math.round(performance.now() - started);
    return { columns, rows: rows.slice(0, MAX_ROWS), truncated: rows.length > MAX_ROWS, ms };
  } catch (error) {
    throw error instanceof DuckDbMissing ? notEmulated("query", error.message) : error;
  }
}

async function run(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ columns: string[]; rows: Record<string, Json>[] }> {
  const timer = setTimeout(() => connection.interrupt(), MAX_MS);
  try {
    const reader = await connection.streamAndReadUntil(sql, MAX_ROWS + 1);
    return { columns: reader.deduplicatedColumnNames(), rows: reader.getRowObjectsJson() as Record<string, Json>[] };
  } catch (error) {
    throw controlProblem(400, error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Table names by dataset id. Two datasets of one name: the first has the table, the other only its id. */
export function tablesOf(sandbox: SandboxState): { id: string; name: string; table: string; rows: number }[] {
  const taken = new Set<string>();
  return [...sandbox.catalog.dataSets].map(([id, dataset]) => {
    const wanted = String(dataset["tags"]?.["adobe/pqs/table"]?.[0] ?? id);
    const table = taken.has(wanted) ? id : wanted;
    taken.add(table);
    return { id, name: String(dataset["name"]), table, rows: sandbox.lake.rows.count(id) };
  });
}

/** Only what the statement's text names is loaded: a sandbox may hold millions of rows. */
async function loadTables({ connection, file: scratch }: Workplace, sandbox: SandboxState, sql: string): Promise<void> {
  const text = sql.toLowerCase();
  for (const { id, table, rows } of tablesOf(sandbox)) {
    if (!text.includes(id) && !text.includes(table.toLowerCase())) continue;
    if (rows === 0) await connection.run(`CREATE TABLE ${quoted(table)} (_acp_batchid VARCHAR)`);
    else {
      const file = scratch();
      await writeRows(sandbox, id, file);
      await connection.run(
        `CREATE TABLE ${quoted(table)} AS SELECT * FROM read_json(${sqlText(file)}, format = 'newline_delimited', sample_size = -1, maximum_object_size = 67108864)`,
      );
    }
    if (table !== id) await connection.run(`CREATE VIEW ${quoted(id)} AS SELECT * FROM ${quoted(table)}`);
  }
}

async function writeRows(sandbox: SandboxState, datasetId: string, file: string): Promise<void> {
  const out = createWriteStream(file, { mode: 0o600 });
  for (const rows of sandbox.lake.rows.portions(datasetId)) {
    const lines = rows.map(
      ({ row, batchId }): string => `${JSON.stringify({ ...row, _acp_batchid: batchId } as Entity)}\n`,
    );
    if (!out.write(lines.join(""))) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
