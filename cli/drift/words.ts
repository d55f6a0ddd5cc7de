/** Drift in words: plain text for a terminal, Markdown for the one issue that a nightly run keeps up to date. */
import { code, escaped, marker } from "../markdown.ts";
import { type Block, compose, type Section } from "../plan/budget.ts";
import { clipped, shown } from "../plan/words.ts";
import { count } from "../print.ts";
import { CLASSES, type Difference, type DriftClass, type StackDrift } from "./model.ts";

const ORDER = Object.keys(CLASSES) as DriftClass[];
/** The longest body GitHub takes for an issue, in characters. */
const ISSUE_LIMIT = 65_536;

/** What one difference is, without its object. */
export function sentenceOf({ class: reason, path, expected, found, by, at }: Difference): string {
  if (reason === "gone") return "it is gone from AEP";
  if (path === undefined) return `${CLASSES[reason].means}${writtenText({ by, at })}`;
  return `${clipped(path)} is ${shown(found)} in AEP, the repository deployed ${shown(expected)} (${CLASSES[reason].title}${writtenText({ by, at })})`;
}

function writtenText({ by, at }: Pick<Difference, "by" | "at">): string {
  if (by === undefined && at === undefined) return "";
  return `; last written${by === undefined ? "" : ` by ${by}`}${at === undefined ? "" : ` at ${timeText(at)}`}`;
}

const timeText = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
const placeText = ({ place }: Difference): string => `${place.file}:${place.line}:${place.column}`;

export function asText(stacks: readonly StackDrift[]): string {
  return `${stacks.map(stackText).join("\n\n")}\n`;
}

function stackText({ stack, objects, differences, notes, failure, empty }: StackDrift): string {
  const head = empty
    ? `stack ${stack}: nothing is deployed`
    : `stack ${stack}: ${differences.length === 0 && failure !== undefined ? "not checked" : count(differences.length, "difference")} in ${count(objects, "object")}`;
  const groups = ORDER.flatMap((reason) =>
    classLines(
      reason,
      [...differences, ...notes].filter((one) => one.class === reason),
    ),
  );
  const failed =
    failure === undefined ? [] : ["", "could not be checked:", ...failure.split("\n").map((line) => `  ${line}`)];
  const next =
    differences.length === 0
      ? []
      : [
          "",
          `To take it back:  aep pulumi up --refresh --stack ${stack}`,
          `To keep it:       write it where the line says, then the same command`,
        ];
  return [head, ...groups, ...failed, ...next].join("\n");
}

function classLines(reason: DriftClass, found: Difference[]): string[] {
  if (found.length === 0) return [];
  const byObject = Map.groupBy(found, ({ urn }) => urn);
  return [
    "",
    `${CLASSES[reason].title}: ${CLASSES[reason].means}`,
    ...[...byObject.values()].flatMap((fields) => [objectLine(fields[0] as Difference), ...fields.flatMap(fieldLines)]),
  ];
}

function objectLine(difference: Difference): string {
  const { kind, name, label, by, at } = difference;
  const titled = label !== undefined && label !== name ? ` ("${clipped(label)}")` : "";
  return `  ${kind} ${clipped(name)}${titled}${writtenText({ by, at })}`;
}

function fieldLines(difference: Difference): string[] {
  const { path, expected, found } = difference;
  if (path === undefined) return [`    at ${placeText(difference)}`];
  return [
    `    ${clipped(path)}`,
    `      deployed  ${shown(expected)}  (${placeText(difference)})`,
    `      in AEP    ${shown(found)}`,
  ];
}

/** The body of an issue: a hidden marker, one table for each stack, what to do. Never longer than an issue may be. */
export function asMarkdown(stacks: readonly StackDrift[], maxLength = ISSUE_LIMIT): string {
  const drifted = stacks.filter(({ differences }) => differences.length > 0);
  const failed = stacks.filter(({ failure }) => failure !== undefined);
  const total = drifted.reduce((sum, { differences }) => sum + differences.length, 0);
  const head = [
    marker("aep-drift"),
    headingOf(total, drifted.length, failed.length),
    "",
    `Checked: ${stacks.length - failed.length} of ${count(stacks.length, "stack")}.`,
    "",
  ].join("\n");
  const sections = [...failed.map(failureSection), ...stacks.flatMap(stackSections)];
  return `${(head + compose(sections, maxLength - head.length - 1).text).trimEnd()}\n`;
}

function headingOf(differences: number, drifted: number, failed: number): string {
  if (differences > 0) return `### Drift: ${count(differences, "difference")} in ${count(drifted, "stack")}`;
  return failed > 0 ? `### Drift: ${count(failed, "stack")} could not be checked` : "### No drift";
}

const more = (left: number): string => `\n${left} more not shown: run \`aep drift\`, or see the artifact.\n`;

function failureSection({ stack, failure }: StackDrift): Section {
  const text = `\n> [!WARNING]\n> Stack ${code(stack)} could not be checked: ${escaped(clipped(failure ?? ""))}\n`;
  return { head: "", blocks: [{ text }], tail: "", more, share: 0.2, rank: 0 };
}

function stackSections({ stack, differences, notes }: StackDrift): Section[] {
  const sorted = [...differences].sort((a, b) => ORDER.indexOf(a.class) - ORDER.indexOf(b.class));
  const take = `\nTo take it back: \`aep pulumi up --refresh --stack ${plainName(stack)}\`. To keep it: write it where the last column says, then the same command.\n`;
  return [
    {
      head: `\n#### Stack ${code(clipped(stack))}\n\n| | object | field | deployed | in AEP | last written | where |\n|---|---|---|---|---|---|---|\n`,
      blocks: sorted.map(tableRow),
      tail: take,
      more,
      share: 0.8,
      rank: 1,
    },
    {
      head: `\n<details><summary>${count(notes.length, "object")} of ${plainName(stack)} to look at: it cannot be told whether a secret changed</summary>\n\n| | object | field | deployed | in AEP | last written | where |\n|---|---|---|---|---|---|---|\n`,
      blocks: notes.map(tableRow),
      tail: "\n</details>\n",
      more,
      share: 0.3,
      rank: 2,
    },
  ];
}

/** In HTML and in commands; stacks are called so anyway. */
const plainName = (stack: string): string => stack.replaceAll(/[^\w.-]/g, "-");

function tableRow(difference: Difference): Block {
  const { class: reason, kind, name, path, expected, found, by, at } = difference;
  const value = (given: unknown) => (path === undefined ? "" : code(shown(given)));
  const cells = [
    `**${CLASSES[reason].title}**`,
    `${kind} ${code(clipped(name))}`,
    path === undefined ? "" : code(clipped(path)),
    value(expected),
    value(found),
    [by === undefined ? "" : code(clipped(by)), at === undefined ? "" : timeText(at)].filter(Boolean).join(", "),
    code(placeText(difference)),
  ];
  return { text: `| ${cells.join(" | ")} |\n` };
}

export function asJson(stacks: readonly StackDrift[]): string {
  const plain = ({ by, at, ...rest }: Difference) => ({
    ...rest,
    means: CLASSES[rest.class].means,
    ...(by !== undefined && { writtenBy: by }),
    ...(at !== undefined && { writtenAt: new Date(at).toISOString() }),
  });
  const document = {
    drift: stacks.some(({ differences }) => differences.length > 0),
    complete: stacks.every(({ failure }) => failure === undefined),
    stacks: stacks.map((one) => ({ ...one, differences: one.differences.map(plain), notes: one.notes.map(plain) })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
