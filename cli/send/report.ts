/** The result of `aep send`, as text and as JSON. */
import { explainCode } from "../explain/codes.ts";
import { count } from "../print.ts";
import { duration } from "../progress.ts";
import type { Arrived, ReadBack } from "./follow-sent.ts";
import type { Counts } from "./sender.ts";

export interface Report {
  stack: string;
  /** Flows that were sent to, with what their inlets said. */
  flows: Array<{ flow: string } & Counts>;
  /** Whether events went to more than one flow: they are counted for each. */
  several: boolean;
  /** Deliveries that an earlier run had been answered for, and those it left open. */
  resumed: { answered: number; open: number };
  /** Files that an earlier run sent in full; nothing of them went out again. */
  sentBefore: string[];
  /** Records of what was refused, at most some hundred. */
  records: string[];
  seconds: number;
  followed?: { flows: Arrived[]; datasets: ReadBack[] } | undefined;
}

/** Whether everything that was sent was taken and, where it was followed, landed. */
export function succeeded({ flows, followed }: Report): boolean {
  const taken = flows.every(({ refused }) => refused === 0);
  return taken && (followed?.flows.every((one) => one.failed === 0 && one.after !== undefined) ?? true);
}

export function asText(report: Report): string {
  const { flows, seconds, records, resumed, sentBefore, followed } = report;
  const total = (what: keyof Counts) => flows.reduce((sum, one) => sum + one[what], 0);
  const sent = total("taken") + total("refused");
  const width = Math.max(...flows.map(({ flow }) => flow.length), 4);
  const lines = flows.map(
    ({ flow, taken, refused }) => `  ${flow.padEnd(width)}  ${taken} taken${refused > 0 ? `, ${refused} refused` : ""}`,
  );
  const rate = seconds >= 1 ? ` in ${duration(seconds)} (${Math.round(sent / seconds)}/s)` : "";
  lines.unshift(`${count(sent, "event")} sent${rate}: ${total("taken")} taken, ${total("refused")} refused`);
  if (report.several) lines.push("an event that goes to several flows is counted for each");
  for (const file of sentBefore) lines.push(`${file} was sent in full before; nothing of it was sent again`);
  if (resumed.answered > 0)
    lines.push(`gone on with an earlier sending, of which ${resumed.answered} had been answered`);
  if (resumed.open > 0)
    lines.push(
      `${count(resumed.open, "event")} had been under way when it ended and went out again: they may be there twice`,
    );
  if (total("repeated") > 0)
    lines.push(
      `${count(total("repeated"), "event")} went out again because an answer was lost: they may be there twice`,
    );
  if (records.length > 0) lines.push(`refused payloads are kept: aep errors list, aep errors show ${records[0]}`);
  if (followed) lines.push(...followedText(followed));
  else if (total("taken") > 0)
    lines.push("Taken is not stored: --follow waits for the rows, aep runs shows what became of them.");
  return lines.join("\n");
}

function followedText({ flows, datasets }: NonNullable<Report["followed"]>): string[] {
  const lines = flows.map((one) => {
    const { flow, taken, landed, failed, after, read } = one;
    const seen =
      after === undefined ? `only ${read} of ${taken} seen in runs so far` : `after ${(after / 1000).toFixed(1)} s`;
    return `${flow.label}: ${landed} landed, ${failed} failed, ${seen}`;
  });
  for (const { name, landed, rows } of datasets) {
    if (landed === 0) continue;
    lines.push(
      rows === undefined
        ? `${name}: the runs wrote ${count(landed, "row")}; they cannot be read back here`
        : rows < landed
          ? `${name}: ${rows} of the ${landed} rows that the runs wrote read back`
          : `${name}: ${count(rows, "new row")} read back`,
    );
  }
  return [...lines, ...flows.flatMap(failureLines)];
}

function failureLines({ flow, failures }: Arrived): string[] {
  return failures.flatMap(({ code, message }) => {
    const known = explainCode(code);
    return [`failed in ${flow.label}: ${code} ${message}`, ...(known ? [`  ${known.title}. ${known.mend}`] : [])];
  });
}

export function asJson({ followed, ...rest }: Report): unknown {
  if (!followed) return rest;
  return {
    ...rest,
    followed: { ...followed, flows: followed.flows.map(({ flow, ...one }) => ({ flow: flow.label, ...one })) },
  };
}
