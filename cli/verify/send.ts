/** The sample event of a streaming flow: mapped by the service, sent to the inlet, followed until its row is read back. */
import { sendEvent } from "../../aep/streaming.ts";
import type { Context } from "../../resources/context.ts";
import { at } from "../../resources/values.ts";
import { explainCode } from "../explain/codes.ts";
import { type Finding, fail, pass, warn } from "../finding.ts";
import { needsToken } from "../flows.ts";
import { type Followed, follow } from "../follow.ts";
import { duration } from "../progress.ts";
import type { ChosenSample } from "./event.ts";
import type { VerifiedFlow } from "./flows.ts";
import { fieldsWith } from "./sample.ts";
import { type SampleReport, type Step, timed } from "./step.ts";

const CONTENT_TYPE = "application/vnd.adobe.xed-full+json;version=1";

export interface SendOptions {
  /** Milliseconds to follow the event. */
  timeout: number;
  signal: AbortSignal;
  onStep: (waitingFor: string) => void;
}

/** The sandbox's own Data Prep maps the sample with the flow's rows: this needs no running flow. */
export function mapSample(context: Context, flow: VerifiedFlow, sample: ChosenSample): Promise<Step> {
  return timed("sample mapped", async () => {
    const rows = flow.mapping?.rows as Record<string, { sourceType: string; source: string }>;
    const mappings = Object.entries(rows).map(([destination, row]) => ({ ...row, destination }));
    const outputSchema = { schemaRef: { id: flow.schemaId, contentType: CONTENT_TYPE } };
    const [mapped] = await context.dataPrep.preview({ data: [sample.event], mappingSet: { outputSchema, mappings } });
    const errors = (mapped?.errors ?? []).filter(
      (error) => !sample.knownErrors.some((known) => error.startsWith(`${known}:`)),
    );
    const mend = "Compare with `aep mapping preview --online`, and correct the row named.";
    if (errors.length > 0) return fail(`Data Prep maps it with errors: ${errors.slice(0, 3).join("; ")}`, mend);
    const fields = fieldsWith(mapped?.data, sample.marker);
    return fields.length > 0
      ? pass(`Data Prep keeps the marker in ${fields.join(", ")}`)
      : fail("Data Prep's result does not hold the marker", mend);
  });
}

/** Sends the sample and follows it. */
export async function sendSample(
  context: Context,
  flow: VerifiedFlow,
  sample: ChosenSample,
  options: SendOptions,
): Promise<{ steps: Step[]; sample: SampleReport }> {
  const report: SampleReport = { marker: sample.marker, fields: sample.fields, from: sample.from };
  const since = context.client.serverNow();
  let taken: number | undefined;
  const sent = await timed("sample sent", () => sendOne(context, flow, sample, (ms) => (taken = ms)));
  if (sent.status === "fail") return { steps: [sent], sample: report };
  let followed: Followed | undefined;
  const landed = await timed("sample landed", async () => {
    const { timeout, signal, onStep } = options;
    followed = await follow(context, {
      flowId: flow.flowId,
      datasetId: flow.datasetId,
      marker: sample.marker,
      since,
      timeout,
      signal,
      onStep,
    });
    return findingOf(followed, timeout);
  });
  const { latencies, row, sql } = followed ?? {};
  const times = { ...(taken !== undefined && { taken }), ...latencies };
  return {
    steps: [sent, landed],
    sample: { ...report, latencies: times, ...(row !== undefined && { row }), ...(sql !== undefined && { sql }) },
  };
}

async function sendOne(
  context: Context,
  flow: VerifiedFlow,
  { event }: ChosenSample,
  onTaken: (ms: number) => void,
): Promise<Finding> {
  const { flowId, sandbox, baseConnectionId: base } = flow;
  const live = await context.flows.get("flows", flowId);
  const connection = base === undefined ? undefined : await context.flows.get("connections", base);
  const inletUrl = at(live, "options.inletUrl") ?? at(connection, "auth.params.inletUrl");
  if (typeof inletUrl !== "string")
    return fail(
      "neither the flow nor its base connection shows an inlet",
      "Look at the flow's page in Adobe's UI; a new inlet may take five minutes.",
    );
  const authenticated = await needsToken(context, flow);
  const started = performance.now();
  const xactionId = await sendEvent(context.client, inletUrl, event, { flowId, sandbox, authenticated });
  onTaken(Math.round(performance.now() - started));
  return pass(`taken by the inlet${xactionId === undefined ? "" : ` as ${xactionId}`}`);
}

const time = (ms: number): string => (ms < 10_000 ? `${ms} ms` : duration(ms / 1000));

function findingOf({ outcome, failure, latencies, unseen, run, batch }: Followed, timeout: number): Finding {
  if (outcome === "landed") return pass(`row read back ${time(latencies.row ?? 0)} after it was taken`);
  if (outcome === "failed") {
    const known = failure === undefined ? undefined : explainCode(failure.code);
    const code = failure?.code ? `${failure.code} ` : "";
    return fail(
      `it failed: ${code}${failure?.message ?? "no reason given"}`,
      known?.mend ?? "See `aep runs` and `aep errors`.",
    );
  }
  const waited = `${unseen ?? "not seen"} (waited ${duration(timeout / 1000)})`;
  return run !== undefined || batch !== undefined
    ? warn(
        `taken and processed, not read back: ${unseen ?? "the row is not seen here"}`,
        "Run the SQL below in Query Service to see the row.",
      )
    : fail(
        waited,
        "Give it longer with --timeout (Adobe aims at less than an hour), or run the SQL below in Query Service.",
      );
}
