/** The words around the steps: the heading, what changed, the errors. */
import type { Diagnostic, EngineEvent, OperationKind, Summary } from "../deploy/step.ts";
import { nameOf } from "../state/resource.ts";
import { OPS, type Paint, pastTense, signOf, wholeSeconds } from "./style.ts";

const DOING: Record<OperationKind, string> = {
  update: "Updating",
  refresh: "Refreshing",
  destroy: "Destroying",
  import: "Importing",
};

export function heading(event: Extract<EngineEvent, { type: "start" }>, paint: Paint): string {
  const words = event.preview ? `Previewing ${event.kind}` : DOING[event.kind];
  return `${paint("headline", `${words} (${event.stack}):`)}\n`;
}

export function resourceSummary(summary: Summary, errored: number, paint: Paint): string {
  const lines = [paint("headline", "Resources:")];
  const changed = OPS.filter((op) => (summary.changes[op] ?? 0) > 0);
  for (const op of changed) {
    const words = summary.preview ? `to ${op}` : pastTense(op);
    lines.push(`    ${paint(op, `${signOf(op)}${summary.changes[op]} ${words}`)}`);
  }
  const total = changed.reduce((sum, op) => sum + summary.changes[op]!, 0);
  const pieces = [
    changed.length > 1 && `${total} changes`,
    summary.changes.same && `${summary.changes.same} unchanged`,
  ];
  const text = pieces.filter(Boolean).join(". ");
  if (text) lines.push(`    ${text}`);
  if (errored > 0) lines.push(`    ${paint("error", `${errored} errored`)}`);
  if (!summary.preview) lines.push("", `${paint("headline", "Duration:")} ${wholeSeconds(summary.durationSeconds)}`);
  return `${lines.join("\n")}\n`;
}

export function diagnosticText(diagnostic: Diagnostic, paint: Paint): string {
  const { severity, message } = diagnostic;
  if (severity !== "error" && severity !== "warning") return message;
  return `${paint(severity, `${severity}:`)} ${message}`;
}

/** Everything that was said, under the resource it was said about. */
export function diagnosticsByResource(diagnostics: Diagnostic[], stackUrn: string, paint: Paint): string {
  const groups = Map.groupBy(
    diagnostics.filter((entry) => !entry.ephemeral),
    (entry) => entry.urn || stackUrn,
  );
  if (groups.size === 0) return "";
  const blocks = [...groups].map(([urn, entries]) => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const lines = entries.flatMap((entry) => diagnosticText(entry, paint).trimEnd().split("\n"));
    return `  ${type} (${nameOf(urn)}):\n${lines.map((line) => `    ${line}`.trimEnd()).join("\n")}\n`;
  });
  return `${paint("headline", "Diagnostics:")}\n${blocks.join("\n")}\n`;
}
