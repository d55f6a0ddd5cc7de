/** A plan and its verdict in words: plain text, Markdown for pull requests, JSON for scripts. */
import { isUnknown } from "../../resources/unknown.ts";
import { isPlain } from "../../resources/values.ts";
import type { Verdict } from "./judge.ts";
import type { Plan, PlannedChange, PlannedStep } from "./read.ts";

/** Longer values are cut: the whole stands in the preview itself. */
const MAX_VALUE = 120;
/** Beyond these a step's changes are only counted: a comment on a pull request has a limit. */
const MAX_CHANGES = 50;

const SIGNS: Record<string, string> = { create: "+", update: "~", replace: "+-", delete: "-", import: "=", read: ">" };
const ORDER = ["delete", "replace", "update", "create", "import", "read"];

export function asText(plan: Plan, verdict: Verdict): string {
  const lines = [
    ...sorted(plan).flatMap((step) => [`${SIGNS[step.op]} ${titleOf(step)}`, ...changeLines(step, "    ")]),
  ];
  lines.push(...(lines.length > 0 ? [""] : []), summaryOf(plan, verdict), ...warnings(verdict));
  if (verdict.refusals.length > 0) {
    lines.push("", "Refused:");
    for (const { reason, allow } of verdict.refusals)
      lines.push(`  - ${reason}`, `    if it is meant: --allow ${allow}`);
  }
  return `${lines.join("\n")}\n`;
}

export function asMarkdown(plan: Plan, verdict: Verdict): string {
  const lines = [`### ${verdict.refusals.length > 0 ? "Plan refused" : "Plan"}`, "", summaryOf(plan, verdict), ""];
  for (const { reason, allow } of verdict.refusals)
    lines.push(`- **${escaped(reason)}** (if it is meant: \`--allow ${allow}\`)`);
  lines.push(...warnings(verdict).map((line) => `- ${escaped(line)}`));
  if (lines.at(-1) !== "") lines.push("");
  const steps = sorted(plan);
  if (steps.length > 0) {
    const body = steps.flatMap((step) => [`${SIGNS[step.op]} ${titleOf(step)}`, ...changeLines(step, "    ")]);
    const fence = "`".repeat(Math.max(3, 1 + longestRun(body.join("\n"))));
    lines.push(`${fence}diff`, ...body, fence);
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

export function asJson(plan: Plan, verdict: Verdict): string {
  const { refusals, existing, touched, allowed, unused } = verdict;
  const document = { refused: refusals.length > 0, refusals, existing, touched, allowed, unused, steps: sorted(plan) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function sorted(plan: Plan): PlannedStep[] {
  return [...plan.steps].sort((a, b) => ORDER.indexOf(a.op) - ORDER.indexOf(b.op) || (a.urn < b.urn ? -1 : 1));
}

function titleOf({ op, kind, name, label }: PlannedStep): string {
  return `${kind} ${name}${label && label !== name ? ` ("${label}")` : ""}: ${op}`;
}

function changeLines({ changes }: PlannedStep, indent: string): string[] {
  const lines = changes.slice(0, MAX_CHANGES).map((change) => `${indent}${changeLine(change)}`);
  if (changes.length > MAX_CHANGES) lines.push(`${indent}... and ${changes.length - MAX_CHANGES} more`);
  return lines;
}

function changeLine({ path, kind, replaces, before, after }: PlannedChange): string {
  const sign = { add: "+", update: "~", delete: "-" }[kind];
  const values =
    kind === "add" ? shown(after) : kind === "delete" ? shown(before) : `${shown(before)} => ${shown(after)}`;
  return `${sign} ${path}: ${values}${replaces ? "  (forces the replacement)" : ""}`;
}

function shown(value: unknown): string {
  if (value === "[secret]" || (isPlain(value) && value["ciphertext"] !== undefined)) return "[secret]";
  if (isUnknown(value)) return "(known after it is applied)";
  const text = value === undefined ? "(none)" : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}...` : text;
}

function summaryOf(plan: Plan, { existing, touched, allowed }: Verdict): string {
  const counts = ORDER.flatMap((op) => {
    const count = plan.steps.filter((step) => step.op === op).length;
    return count > 0 ? [`${count} to ${op}`] : [];
  });
  const meant = allowed > 0 ? `, ${allowed} of them allowed by name` : "";
  return `${counts.join(", ") || "Nothing to change"}; ${touched} of ${existing} existing objects touched${meant}.`;
}

function warnings({ unused }: Verdict): string[] {
  return unused.map((what) => `warning: --allow ${what} fits nothing in this plan`);
}

const escaped = (text: string): string => text.replace(/[\\`*_<>|[\]]/g, "\\$&");
const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
