/** A plan as the comment of a pull request: worst first, never longer than the host takes. */
import { asMermaid } from "../graph/mermaid.ts";
import { around, type PipelineGraph } from "../graph/model.ts";
import { code, escaped, fenceFor, marker } from "../markdown.ts";
import { count } from "../print.ts";
import { type Block, compose, type Section } from "./budget.ts";
import type { PlanGraph } from "./graph.ts";
import { LEVELS } from "./impact-rules.ts";
import type { PlannedStep } from "./read.ts";
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

/** What GitHub takes in one comment, in characters. */
export const GITHUB_LIMIT = 65_536;
/** Below this not even the verdict would fit. */
export const LEAST_LENGTH = 1_500;
/** Boxes and arrows; GitHub draws no more than 500 arrows, and nobody reads as many. */
const MAX_DRAWN = 220;

/** At most `maxLength` characters (at least LEAST_LENGTH), beginning with a hidden marker that names the stack. */
export function asMarkdown(report: Report, planGraph: PlanGraph | undefined, maxLength = GITHUB_LIMIT): string {
  const head = headOf(report);
  const sections = [
    ...refusals(report),
    ...impacts(report),
    ...changes(report),
    ...report.samples.map(sampleSection),
    ...picture(planGraph),
  ];
  // The shares of the sections count only where not everything fits.
  const whole = `${(head + compose(sections, Number.POSITIVE_INFINITY).text).trimEnd()}\n`;
  if (whole.length <= maxLength) return whole;
  const cut = compose(sections, maxLength - head.length - 1 - noteOf(Number.MAX_SAFE_INTEGER).length);
  return `${(head + noteOf(cut.left) + cut.text).trimEnd()}\n`;
}

/** With nothing left out, long entries were shortened: each says so at its place. */
const noteOf = (left: number): string =>
  `\n> [!NOTE]\n> Too large for one comment: ${left === 0 ? "long entries are shortened" : `${left} more not shown`}, see the artifact (the preview's JSON).\n`;

const more = (left: number): string => `\n${left} more not shown, see the artifact\n`;

function headOf({ plan, verdict }: Report): string {
  const refused = verdict.refusals.length > 0;
  const of = plan.stack === undefined ? "" : ` for ${code(clipped(plan.stack))}`;
  const lines = [
    marker("aep-plan", { stack: plan.stack?.slice(0, 100) }),
    `### Plan${of}${refused ? " refused" : ""}`,
    "",
  ];
  lines.push(summaryOf(plan, verdict), "");
  if (!refused) lines.push("Guards: passed.", "");
  const warned = warnings(verdict);
  lines.push(...warned.slice(0, 3).map((line) => `- warning: ${escaped(line)}`));
  return `${lines.join("\n").trimEnd()}\n`;
}

function refusals({ verdict }: Report): Section[] {
  const blocks = verdict.refusals.map(
    (refusal): Block => ({
      text: `> - **${escaped(refusalText(refusal))}** If it is meant: ${code(`--allow ${clipped(refusal.allow)}`)}\n`,
    }),
  );
  return [{ head: "\n> [!CAUTION]\n> Refused by a guard:\n", blocks, tail: "", more: quoted, share: 0.25, rank: 0 }];
}

const quoted = (left: number): string => `> - ${left} more not shown, see the artifact\n`;

function impacts(report: Report): Section[] {
  const blocks = groupedImpacts(report.impacts).map((group): Block => {
    const [first] = group;
    const names = listed(group.map(({ kind, name }) => `${kind} ${code(clipped(name))}`));
    return { text: `| **${LEVELS[first!.level]}** | ${names} | ${escaped(first!.says)} |\n`, items: group.length };
  });
  const head = "\n#### What happens to data\n\n| | object | |\n|---|---|---|\n";
  return [{ head, blocks, tail: "", more, share: 0.35, rank: 1 }];
}

function changes({ plan }: Report): Section[] {
  const steps = sorted(plan);
  const of = (...ops: string[]) => steps.filter(({ op }) => ops.includes(op));
  const folded = of("create", "import", "read");
  const summary = `\n<details><summary>${count(folded.length, "object")} to create or import</summary>\n`;
  return [
    stepSection("\n#### Deleted and replaced\n", of("delete", "replace"), "", 0.5, 2),
    stepSection("\n#### Changed\n", of("update"), "", 0.5, 3),
    stepSection(summary, folded, "\n</details>\n", 0.3, 5),
  ];
}

/** Steps in one fence of the language `diff`, which is coloured. */
function stepSection(title: string, steps: PlannedStep[], end: string, share: number, rank: number): Section {
  const texts = steps.map((step) => ({ head: `${sign(step)} ${titleOf(step)}\n`, lines: changeLines(step, "  ") }));
  const blocks = texts.map(({ head, lines }): Block => {
    if (lines.length === 0) return { text: head };
    const first = lines.slice(0, 3).map((line) => `${line}\n`);
    const left = lines.length - first.length;
    const rest = left > 0 ? `  ... and ${left} more\n` : "";
    return { text: `${head}${lines.join("\n")}\n`, short: `${head}${first.join("")}${rest}` };
  });
  const fence = fenceFor(blocks.map(({ text }) => text).join(""));
  return { head: `${title}\n${fence}diff\n`, blocks, tail: `${fence}\n${end}`, more: inFence, share, rank };
}

const inFence = (left: number): string => `# ${left} more not shown, see the artifact\n`;

/** The colours of a diff: red, green, and orange for what is changed. */
const sign = ({ op }: PlannedStep): string => ({ replace: "- +", update: "!" })[op as string] ?? SIGNS[op] ?? "";

function sampleSection({ mappingSets, file, events, changes, unknown }: MappingSamples): Section {
  const names = listed(mappingSets.map((name) => code(clipped(name))));
  const of = `${file === undefined ? "Mapping" : code(file)} (${names})`;
  const frame = { tail: "", more, share: 0.3, rank: 4 };
  if (unknown !== undefined || changes.length === 0) {
    const why =
      unknown === undefined
        ? `none of its ${count(events, "sample event")} changes`
        : `not shown on sample events, ${unknown}`;
    return { ...frame, head: "", blocks: [{ text: `\n${of}: ${escaped(why)}.\n` }] };
  }
  const head = `\n#### Mapping changes on sample events\n\n${of}: ${changes.length} of ${count(events, "sample event")} ${changes.length === 1 ? "changes" : "change"}\n\n| event | field | before | after |\n|---|---|---|---|\n`;
  return { ...frame, head, blocks: changes.flatMap(sampleRows) };
}

function sampleRows({ event, fields, fails, failsNoMore }: MappingSamples["changes"][number]): Block[] {
  const name = escaped(clipped(event));
  const value = (given: unknown) => (given === undefined ? "" : code(shown(given)));
  return [
    ...fields.map(
      ({ path, before, after }) => `| ${name} | ${code(clipped(path))} | ${value(before)} | ${value(after)} |\n`,
    ),
    ...fails.map((text) => `| ${name} | fails now | | ${code(clipped(text))} |\n`),
    ...failsNoMore.map((text) => `| ${name} | fails no more | ${code(clipped(text))} | |\n`),
  ].map((text) => ({ text }));
}

function picture(planGraph: PlanGraph | undefined): Section[] {
  const part = planGraph && around(withoutAdobes(planGraph.graph), MAX_DRAWN);
  if (!planGraph || planGraph.graph.nodes.every(({ mark }) => mark === undefined)) return [];
  const head = "\n<details><summary>Where it stands in the pipelines</summary>\n";
  const partial =
    planGraph.partial === undefined ? "" : `\nOnly what the plan touches: ${escaped(clipped(planGraph.partial))}\n`;
  const text = part
    ? `${partial}\n\`\`\`mermaid\n${asMermaid(part)}\`\`\`\n`
    : "\nThe graph is too large to be drawn here: `aep graph --plan FILE --format svg` draws it.\n";
  // A sentence always finds its place; a picture is the first to go.
  return [{ head, blocks: [{ text }], tail: "\n</details>\n", more, share: 1, rank: part ? 6 : 1 }];
}

/** What Adobe provides is no plan's matter. */
function withoutAdobes({ nodes, edges }: PipelineGraph): PipelineGraph {
  const own = new Set(nodes.flatMap(({ key, kind }) => (kind === "Adobe" ? [] : [key])));
  return { nodes: nodes.filter(({ key }) => own.has(key)), edges: edges.filter(({ to }) => own.has(to)) };
}
