/** Runs as a table, failed ones with their errors explained. */
import { explainCode } from "../explain/codes.ts";
import { count } from "../print.ts";
import { duration } from "../progress.ts";
import type { Seen, SeenRun } from "./collect.ts";

const HEAD = ["started (UTC)", "flow", "status", "in", "out", "failed", "took", "run"];

export function runsText({ runs, batches, more }: Seen): string {
  if (runs.length === 0 && batches.length === 0) return "no runs and no batches in this time";
  const rows = runs.map(row);
  const widths = HEAD.map((head, column) => Math.max(head.length, ...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column >= 3 && column <= 5 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const lines = runs.length > 0 ? [line(HEAD)] : ["no runs in this time"];
  runs.forEach((run, index) => void lines.push(line(rows[index] ?? []), ...troubles(run)));
  if (batches.length > 0) lines.push("", "batches that no run names:");
  for (const { id, dataset, status, records, createdAt, errors } of batches) {
    lines.push(`${moment(createdAt)}  ${dataset}  ${status}  ${records.output} out, ${records.failed} failed  ${id}`);
    lines.push(...errors.map(({ code, message }) => `    ${code} ${message}`));
  }
  return [...lines, "", total(runs, more)].join("\n");
}

function row(run: SeenRun): string[] {
  const { records, startedAt, completedAt, createdAt } = run;
  const took = startedAt !== undefined && completedAt !== undefined ? seconds(completedAt - startedAt) : "";
  const counts = [records.input, records.output, records.failed].map(String);
  return [moment(startedAt ?? createdAt), run.flow, run.status, ...counts, took, run.id];
}

/** Errors of a run with what they mean; where single records are known, those say more than the run's summary of them. */
function troubles({ errors, samples, records }: SeenRun): string[] {
  const codes = new Set((samples ?? []).map(({ code }) => code));
  const general = errors.filter(({ code }) => !codes.has(code));
  const lines = general.map(
    ({ code, message, recordCount }) => `${code} ${message}${recordCount ? ` (${count(recordCount, "record")})` : ""}`,
  );
  for (const { code, message, row: at } of samples ?? []) lines.push(`${code} ${message}${at ? ` [${at}]` : ""}`);
  const said = new Set<string>();
  const explained = [...new Set([...general.map(({ code }) => code), ...codes])].flatMap((code) => {
    const known = explainCode(code);
    if (!known || said.has(known.title)) return [];
    said.add(known.title);
    return [`${code}: ${known.title}. ${known.mend}`];
  });
  if (records.failed > 0 && samples === undefined)
    lines.push("the failed records cannot be read: error diagnostics are off, or older than 30 days");
  return [...new Set(lines), ...explained].map((text) => `    ${text}`);
}

function total(runs: readonly SeenRun[], more: boolean): string {
  const sum = (what: keyof SeenRun["records"]) => runs.reduce((all, { records }) => all + records[what], 0);
  const bad = runs.filter(isBad).length;
  const text = `${count(runs.length, "run")}: ${sum("input")} in, ${sum("output")} out, ${sum("failed")} failed${bad > 0 ? ` in ${count(bad, "run")}` : ""}`;
  return more ? `${text} (there are more; see --limit and --since)` : text;
}

/** A success may have failed records: the count decides. */
export const isBad = ({ status, records }: Pick<SeenRun, "status" | "records">): boolean =>
  status === "failed" || records.failed > 0;

const moment = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
const seconds = (ms: number): string => (ms < 1000 ? `${ms} ms` : duration(ms / 1000));
