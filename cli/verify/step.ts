/** Steps of a verification: what was looked at, what it came to, how long it took. */
import { type Finding, outcome } from "../finding.ts";
import type { MarkedSample } from "./sample.ts";

export type StepName =
  | "base connection"
  | "connection test"
  | "source connection"
  | "target connection"
  | "dataset"
  | "schema"
  | "mapping set"
  | "flow"
  | "sample mapped"
  | "sample sent"
  | "sample landed"
  | "last run";

export interface Step extends Finding {
  step: StepName;
  /** Milliseconds it took. */
  ms: number;
}

/** What became of the sample event. */
export interface SampleReport {
  /** Stands in the event, in its row and in no other. */
  marker: string;
  /** Fields of the row that carry it. */
  fields: MarkedSample["fields"];
  /** Where the event came from. */
  from: string;
  /** Milliseconds until the inlet had taken it, and from then until each was first seen. */
  latencies?: { taken?: number; run?: number; batch?: number; row?: number };
  /** The row as it was read back. */
  row?: Record<string, unknown>;
  /** Shows the row in Query Service. */
  sql?: string;
}

export interface FlowReport {
  flow: string;
  flowId: string;
  sandbox: string;
  scheduled: boolean;
  steps: Step[];
  sample?: SampleReport;
}

/** Does the work and says how long it took. */
export async function timed(step: StepName, work: () => Promise<Finding> | Finding): Promise<Step> {
  const started = performance.now();
  const finding = await outcome(work);
  return { step, ...finding, ms: Math.round(performance.now() - started) };
}

export const isBad = ({ steps }: FlowReport): boolean => steps.some(({ status }) => status === "fail");
