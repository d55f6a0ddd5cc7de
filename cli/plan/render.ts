/** A plan and what is said of it as plain text, and as JSON for scripts. */
import { LEVELS } from "./impact-rules.ts";
import type { MappingSamples } from "./samples.ts";
import {
  changeLines,
  clipped,
  groupedImpacts,
  listed,
  type Report,
  refusalText,
  SIGNS,
  shown,
  sorted,
  summaryOf,
  titleOf,
  warnings,
} from "./words.ts";

export function asText(report: Report): string {
  const { plan, verdict, impacts, samples } = report;
  const steps = sorted(plan).flatMap((step) => [`${SIGNS[step.op]} ${titleOf(step)}`, ...changeLines(step, "    ")]);
  const data = groupedImpacts(impacts).flatMap((group) => [
    `  ${LEVELS[group[0]!.level]}: ${listed(group.map(({ kind, name }) => `${kind} ${clipped(name)}`))}`,
    `    ${group[0]!.says}`,
  ]);
  const refused = verdict.refusals.flatMap((refusal) => [
    `  - ${refusalText(refusal)}`,
    `    if it is meant: --allow ${clipped(refusal.allow)}`,
  ]);
  const parts = [
    steps,
    data.length > 0 ? ["What happens to data:", ...data] : [],
    ...samples.map(sampleLines),
    [summaryOf(plan, verdict), ...warnings(verdict).map((line) => `warning: ${line}`)],
    refused.length > 0 ? ["Refused:", ...refused] : [],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function sampleLines({ mappingSets, file, events, changes, unknown }: MappingSamples): string[] {
  const head = `Mapping ${listed(mappingSets)}${file === undefined ? "" : ` (${file})`} on its sample events`;
  if (unknown !== undefined) return [`${head}: not known, ${unknown}`];
  return [
    `${head}: ${changes.length} of ${events} change`,
    ...changes.flatMap(({ event, fields, fails, failsNoMore }) => [
      `  ${clipped(event)}`,
      ...fields.map(({ path, before, after }) => `    ${clipped(path)}: ${shown(before)} => ${shown(after)}`),
      ...fails.map((text) => `    fails now: ${clipped(text)}`),
      ...failsNoMore.map((text) => `    fails no more: ${clipped(text)}`),
    ]),
  ];
}

/** Everything, uncut: what the shortened forms leave out stands here. */
export function asJson({ plan, verdict, impacts, samples }: Report): string {
  const { refusals, existing, touched, allowed, unused } = verdict;
  const document = {
    stack: plan.stack ?? null,
    refused: refusals.length > 0,
    refusals,
    existing,
    touched,
    allowed,
    unused,
    impacts: impacts.map((impact) => ({ ...impact, means: LEVELS[impact.level] })),
    samples,
    steps: sorted(plan),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
