/** A plan in words that text and Markdown share. */
import { isUnknown } from "../../resources/unknown.ts";
import { isPlain } from "../../resources/values.ts";
import type { Impact } from "./impacts.ts";
import type { Refusal, Verdict } from "./judge.ts";
import type { Plan, PlannedChange, PlannedStep } from "./read.ts";
import type { MappingSamples } from "./samples.ts";

/** A plan and everything that can be said of it without asking anybody. */
export interface Report {
  plan: Plan;
  verdict: Verdict;
  impacts: Impact[];
  samples: MappingSamples[];
}

/** Longer values are cut: the whole stands in the preview itself. */
const MAX_VALUE = 120;
/** Names and paths are people's own, and of any length. */
const MAX_NAME = 160;
/** Beyond these a step's changes are only counted. */
const MAX_CHANGES = 50;

export const SIGNS: Record<string, string> = {
  create: "+",
  update: "~",
  replace: "+-",
  delete: "-",
  import: "=",
  read: ">",
};
const ORDER = ["delete", "replace", "update", "create", "import", "read"];

export function sorted(plan: Plan): PlannedStep[] {
  return [...plan.steps].sort((a, b) => ORDER.indexOf(a.op) - ORDER.indexOf(b.op) || (a.urn < b.urn ? -1 : 1));
}

export function titleOf({ op, kind, name, label }: PlannedStep): string {
  return `${kind} ${clipped(name)}${label && label !== name ? ` ("${clipped(label)}")` : ""}: ${op}`;
}

export function changeLines({ changes }: PlannedStep, indent: string): string[] {
  const lines = changes.slice(0, MAX_CHANGES).map((change) => `${indent}${changeLine(change)}`);
  if (changes.length > MAX_CHANGES) lines.push(`${indent}... and ${changes.length - MAX_CHANGES} more`);
  return lines;
}

function changeLine({ path, kind, replaces, before, after, from }: PlannedChange): string {
  const fresh = from === undefined ? shown(after) : `(known after it is applied, from ${clipped(from)})`;
  const sign = { add: "+", update: "~", delete: "-" }[kind];
  const values = kind === "add" ? fresh : kind === "delete" ? shown(before) : `${shown(before)} => ${fresh}`;
  return `${sign} ${clipped(path)}: ${values}${replaces ? "  (forces the replacement)" : ""}`;
}

export function shown(value: unknown): string {
  if (value === "[secret]" || (isPlain(value) && value["ciphertext"] !== undefined)) return "[secret]";
  if (isUnknown(value)) return "(known after it is applied)";
  const text = value === undefined ? "(none)" : JSON.stringify(value);
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}...` : text;
}

/** On one line, and not longer than a name should be. */
export function clipped(text: string): string {
  const line = text.replaceAll(/\p{Cc}/gu, " ");
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME)}...` : line;
}

export function summaryOf(plan: Plan, { existing, touched, allowed }: Verdict): string {
  const counts = ORDER.flatMap((op) => {
    const count = plan.steps.filter((step) => step.op === op).length;
    return count > 0 ? [`${count} to ${op}`] : [];
  });
  const meant = allowed > 0 ? `, ${allowed} of them allowed by name` : "";
  return `${counts.join(", ") || "Nothing to change"}; ${touched} of ${existing} existing objects touched${meant}.`;
}

export const refusalText = ({ reason }: Refusal): string => clipped(reason);

export function warnings({ unused }: Verdict): string[] {
  return unused.map((what) => `--allow ${clipped(what)} fits nothing in this plan`);
}

/** Impacts that say the same, together. */
export function groupedImpacts(impacts: readonly Impact[]): Impact[][] {
  const groups = new Map<string, Impact[]>();
  for (const impact of impacts) {
    const key = `${impact.level} ${impact.says}`;
    groups.set(key, [...(groups.get(key) ?? []), impact]);
  }
  return [...groups.values()];
}

/** `a, b, c and 4 more`. */
export function listed(names: readonly string[], most = 6): string {
  const left = names.length - most;
  return left > 0 ? `${names.slice(0, most).join(", ")} and ${left} more` : names.join(", ");
}
