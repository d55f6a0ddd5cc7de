/** Records as a table, and one record with everything a ticket needs. */
import { explainCode } from "../explain/codes.ts";
import { count } from "../print.ts";
import type { ErrorRecord } from "./record.ts";

const MESSAGE_WIDTH = 100;

export function listText(records: readonly ErrorRecord[], folder: string): string {
  if (records.length === 0)
    return `no records in ${folder}; aep errors pull brings in the failed records of the flows' runs`;
  const rows = records.map((record) => [
    record.id,
    record.time.slice(0, 19).replace("T", " "),
    stateOf(record),
    record.resources.flow,
    record.code ?? (record.response.status === undefined ? record.errorType : String(record.response.status)),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = records.flatMap((record, index) => [
    rows[index]
      ?.map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd() ?? "",
    `    ${cut(plainMessage(record))}`,
  ]);
  const waiting = records.filter(({ outcome }) => outcome !== "replayed").length;
  return [...lines, `${count(records.length, "record")}, ${waiting} waiting; payloads in ${folder}`].join("\n");
}

export function showText(record: ErrorRecord, payload: unknown, revealed: boolean): string {
  const { request, response, ids, resources, replays } = record;
  const known = explanation(record);
  const lines = [
    `${record.id}  ${stateOf(record)}, refused ${record.attempts === 1 ? "once" : `${record.attempts} times`}`,
    field("error type", [record.errorType, record.code].filter(Boolean).join(", ")),
    field("time", record.time),
    field("message", plainMessage(record)),
    ...(known ? [field("means", `${known.title}. ${known.cause}`), field("mend", known.mend)] : []),
    field("sent", `${request.method} ${request.url}`),
    field("answer", response.status === undefined ? "none" : `status ${response.status}`),
    ...named(ids),
    ...named(resources),
    ...(record.source === undefined ? [] : [field("event", record.source)]),
    ...replays.map(({ time, outcome, message }) =>
      field("sent again", `${time} ${outcome}${message ? `: ${plainMessage({ message })}` : ""}`),
    ),
    "response body:",
    indented(response.body ?? "(none)"),
    revealed ? "request payload:" : "request payload (personal data as salted hashes; --include-payloads shows it):",
    indented(payload),
  ];
  return lines.join("\n");
}

/** What is known of its code; of a status only where that says more than that the request was refused. */
function explanation({ code, response: { status } }: ErrorRecord) {
  const known = code === undefined ? undefined : explainCode(code);
  return known ?? (status === undefined || status === 400 ? undefined : explainCode(`HTTP-${status}`));
}

function stateOf({ outcome }: ErrorRecord): string {
  return outcome === "quarantined" ? "waiting" : outcome === "replaying" ? "unknown" : "sent again";
}

/** Streaming messages begin with the inlet's and the organisation's ids, which say nothing to a reader. */
export const plainMessage = ({ message }: { message: string }): string =>
  message.replace(/^(inletId|imsOrgId): \[[^\]]*\]\s*(imsOrgId: \[[^\]]*\]\s*)?/, "");

const cut = (text: string): string => (text.length > MESSAGE_WIDTH ? `${text.slice(0, MESSAGE_WIDTH - 3)}...` : text);
const field = (name: string, value: string): string => `  ${name.padEnd(12)}  ${value}`;
const named = (values: Record<string, string | undefined>): string[] =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [field(name, value)]));
const indented = (value: unknown): string =>
  (typeof value === "string" ? value : JSON.stringify(value, null, 2))
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
