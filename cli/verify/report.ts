/** A verification in words. */
import { findingText, tallyText } from "../finding.ts";
import { print } from "../print.ts";
import type { GateResult } from "./gate.ts";
import type { FlowReport, SampleReport, Step } from "./step.ts";

const NAME_WIDTH = 17;

export function reportFlows(reports: readonly FlowReport[]): void {
  for (const { flow, flowId, scheduled, steps, sample } of reports) {
    print(`${flow} (${scheduled ? "scheduled" : "streaming"}, flow ${flowId})`);
    for (const line of reports.length > 1 ? merged(steps) : steps) reportStep(line);
    if (sample) print(`        sample of ${sample.from}; marker ${sample.marker} in ${sample.fields.join(", ")}`);
    if (sample?.latencies) print(`        ${latencies(sample.latencies)}`);
    if (sample?.sql !== undefined && sample.row === undefined) print(`        ${sample.sql}`);
    print("");
  }
  print(tallyText(reports.flatMap(({ steps }) => steps)));
}

/** The gate's own words stand last, where a log ends. */
export function reportGate({ flows, summary, mend }: GateResult): void {
  if (flows.length > 0) {
    reportFlows(flows);
    print("");
  }
  print(summary);
  if (mend !== undefined) print(`  -> ${mend}`);
}

/** Of several flows each run of passed steps that need no words of their own is one line. */
function merged(steps: readonly Step[]): Array<Omit<Step, "step"> & { step: string }> {
  const plain = (step: Step | undefined) =>
    step?.status === "pass" && !step.step.startsWith("sample") && step.step !== "last run";
  const first = steps.findIndex((step) => !plain(step));
  const chain = first < 0 ? steps : steps.slice(0, first);
  if (chain.length < 2) return [...steps];
  const reason = chain.map(({ step }) => step).join(", ");
  const ms = Math.max(...chain.map((step) => step.ms));
  return [{ step: "chain", status: "pass", reason, ms }, ...steps.slice(chain.length)];
}

function reportStep({ step, ms, ...finding }: Omit<Step, "step"> & { step: string }): void {
  const time = ms >= 1 && finding.status !== "skipped" ? ` (${ms} ms)` : "";
  print(findingText(step, NAME_WIDTH, { ...finding, reason: finding.reason + time }));
}

function latencies({ taken, ...seen }: NonNullable<SampleReport["latencies"]>): string {
  const names = { run: "flow run", batch: "batch", row: "row" } as const;
  const parts = Object.entries(names).flatMap(([key, name]) => {
    const ms = seen[key as keyof typeof seen];
    return ms === undefined ? [] : [`${name} ${ms} ms`];
  });
  const first = taken === undefined ? "" : `taken by the inlet in ${taken} ms; `;
  return `${first}seen after that: ${parts.join(", ") || "nothing"}`;
}
