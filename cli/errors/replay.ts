/** Sends quarantined payloads again: noted before they go, marked when they are answered, never removed. */
import { readFileSync } from "node:fs";
import { wasLost } from "../../aep/errors.ts";
import { AepError } from "../../errors.ts";
import { connector, stackSettings } from "../connect.ts";
import { readDeployment } from "../deployment.ts";
import { type DeployedFlow, deployedFlows, needsToken } from "../flows.ts";
import { deliver, type Inlet, type Verdict } from "../send/deliver.ts";
import { Pace, SYNC_RATE } from "../send/pace.ts";
import { recordOf } from "../send/sender.ts";
import type { ErrorRecord } from "./record.ts";
import type { Quarantine } from "./store.ts";

export interface ReplayOptions {
  stack: string | undefined;
  /** A mended event that goes instead of the payload. */
  withFile: string | undefined;
  sync: boolean;
  signal: AbortSignal;
  onDone(done: number): void;
}

export interface Replayed {
  id: string;
  outcome: "taken" | "refused";
  xactionId?: string;
  message?: string;
  /** It may be there twice: an answer to it was lost, now or when it was sent again before. */
  twice: boolean;
}

/** @throws AepError USAGE for a record whose flow is not (any more) one with an inlet; what stops the sending as a whole */
export async function replay(
  quarantine: Quarantine,
  records: readonly ErrorRecord[],
  options: ReplayOptions,
): Promise<Replayed[]> {
  const mended = options.withFile === undefined ? undefined : readEvent(options.withFile);
  const inlets = await inletsOf(records, options);
  const pace = options.sync ? new Pace(SYNC_RATE) : undefined;
  const results: Replayed[] = [];
  for (const record of records) {
    await pace?.take(1, options.signal);
    if (options.signal.aborted) break;
    results.push(await one(quarantine, record, inlets.get(record.id) as Inlet, { mended, signal: options.signal }));
    options.onDone(results.length);
  }
  return results;
}

async function one(
  quarantine: Quarantine,
  record: ErrorRecord,
  inlet: Inlet,
  { mended, signal }: { mended: string | undefined; signal: AbortSignal },
): Promise<Replayed> {
  const text = mended ?? quarantine.payload(record.id);
  const before = record.outcome === "replaying";
  quarantine.update(record, { outcome: "replaying" });
  const where = record.source ?? record.id;
  const { verdicts, repeated } = await deliver(inlet, [{ index: 0, text, where }], signal).catch((error: unknown) => {
    // Nothing went out: the record is as it was. A lost answer leaves it noted as being sent, for nobody knows.
    if (!wasLost(error)) quarantine.update(record, { outcome: record.outcome });
    throw error;
  });
  const verdict = verdicts[0] as Verdict;
  const time = new Date().toISOString();
  const twice = before || repeated.size > 0;
  if (verdict.taken) {
    const { xactionId } = verdict;
    const entry = {
      time,
      outcome: "taken" as const,
      ...(xactionId && { xactionId }),
      ...(mended !== undefined && { message: "mended before" }),
    };
    quarantine.update(record, { outcome: "replayed", replays: [...record.replays, entry] });
    return { id: record.id, outcome: "taken", ...(xactionId && { xactionId }), twice };
  }
  const { response, message, errorType, code, ids } = recordOf(
    inlet,
    record.resources.stack ?? "",
    where,
    text,
    verdict,
  );
  const entry = { time, outcome: "refused" as const, message };
  const changed = quarantine.update(record, {
    outcome: "quarantined",
    time,
    message,
    errorType,
    response,
    ...(code !== undefined && { code }),
    ids: { ...record.ids, ...ids },
    attempts: record.attempts + 1,
    replays: [...record.replays, entry],
  });
  return { id: record.id, outcome: "refused", message: changed.message, twice };
}

async function inletsOf(records: readonly ErrorRecord[], options: ReplayOptions): Promise<ReadonlyMap<string, Inlet>> {
  const deployed = await readDeployment(options.stack ?? records[0]?.resources.stack);
  const flows = deployedFlows(deployed);
  const byRecord = new Map(records.map((record) => [record.id, flowOf(record, flows, deployed.stack)]));
  const sandboxes = connector(await stackSettings(deployed.stack));
  const inlets = new Map<string, Inlet>();
  for (const [id, flow] of byRecord) {
    const context = await sandboxes(flow.sandbox);
    const authenticated = await needsToken(context, flow);
    inlets.set(id, {
      client: context.client,
      flow,
      url: flow.inletUrl ?? "",
      authenticated,
      sync: options.sync,
      batch: false,
    });
  }
  return inlets;
}

/** The record's flow as it is deployed now: by its id, or by its name when it was made anew since. */
function flowOf(record: ErrorRecord, flows: readonly DeployedFlow[], stack: string): DeployedFlow {
  const { flow: label, flowId, stack: own } = record.resources;
  const flow = flows.find((one) => one.flowId === flowId) ?? flows.find((one) => one.label === label);
  if (own !== undefined && own !== stack)
    throw new AepError("USAGE", `the record belongs to stack ${own}, not ${stack}`, { where: record.id });
  if (flow?.inletUrl !== undefined) return flow;
  throw new AepError(
    "USAGE",
    `flow ${label} ${flow ? "has no inlet, so that nothing can be sent to it" : "is not deployed"}`,
    {
      where: record.id,
      hint: flow
        ? "Mend the source; the flow fetches the data at its next run."
        : "Deploy it, or leave the record out.",
    },
  );
}

/** @throws AepError FILE_NOT_FOUND, EVENT_FILE */
function readEvent(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AepError("FILE_NOT_FOUND", `the file cannot be read (${code})`, { where: path, cause });
  }
  let event: unknown;
  try {
    event = JSON.parse(text);
  } catch (cause) {
    throw new AepError("EVENT_FILE", "the file is not JSON", { where: path, cause });
  }
  if (typeof event === "object" && event !== null && !Array.isArray(event)) return text;
  throw new AepError("EVENT_FILE", "the file is not one event, a JSON object", { where: path });
}
