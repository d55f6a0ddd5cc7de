/** Records for a ticket or a spreadsheet: one JSON object a line, or CSV. */
import type { ErrorRecord } from "./record.ts";
import type { Quarantine } from "./store.ts";

export type ExportFormat = "ndjson" | "csv";

export interface ExportOptions {
  format: ExportFormat;
  /** Payloads as they were sent; otherwise with hashes for what is personal. */
  reveal: boolean;
}

const COLUMNS = [
  "id",
  "time",
  "errorType",
  "code",
  "message",
  "outcome",
  "attempts",
  "status",
  "requestId",
  "batchId",
  "runId",
  "flow",
  "flowId",
  "datasetId",
  "source",
  "payload",
] as const;

export function exportText(
  quarantine: Quarantine,
  records: readonly ErrorRecord[],
  { format, reveal }: ExportOptions,
): string {
  const payloadOf = ({ id }: ErrorRecord): unknown =>
    reveal ? quarantine.parsedPayload(id) : quarantine.maskedPayload(id);
  if (format === "ndjson")
    return records.map((record) => `${JSON.stringify({ ...record, payload: payloadOf(record) })}\n`).join("");
  const lines = records.map((record) => row(record, payloadOf(record)).map(cell).join(","));
  return [COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

function row(record: ErrorRecord, payload: unknown): unknown[] {
  const { id, time, errorType, code, message, outcome, attempts, response, ids, resources, source } = record;
  const { requestId, batchId, runId } = ids;
  const { flow, flowId, datasetId } = resources;
  return [
    id,
    time,
    errorType,
    code,
    message,
    outcome,
    attempts,
    response.status,
    requestId,
    batchId,
    runId,
    flow,
    flowId,
    datasetId,
    source,
    JSON.stringify(payload),
  ];
}

/** Quoted where CSV wants it; a text that a spreadsheet would run as a formula is led by an apostrophe. */
function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
