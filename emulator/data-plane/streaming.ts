/** Messages from the inlets: grouped by flow, one run and one batch for what arrived together. */
import { isRunning } from "../flow-service/flows.ts";
import { startRun } from "../flow-service/runs.ts";
import { isObject } from "../http.ts";
import type { Entity, Json, SandboxState } from "../store.ts";
import type { Message, PlaneContext } from "./context.ts";
import { failRun, land, type Processed } from "./landing.ts";
import { compilePipeline, INGEST_ERROR, type Outcome, type Pipeline, PipelineError } from "./pipeline.ts";

/** Records between two pauses, so that other requests are answered while many are processed. */
const CHUNK = 500;

/** Processes messages. Those of flows that are gone or not enabled are dropped, as nothing runs that could take them. */
export async function ingestMessages(context: PlaneContext, messages: Message[]): Promise<void> {
  const groups = Map.groupBy(messages, (message) => `${message.sandbox}/${message.flowId}`);
  for (const group of groups.values()) {
    const [{ sandbox: name, flowId }] = group as [Message];
    const sandbox = context.world.sandboxes.get(name);
    const flow = sandbox?.flowService.flows.get(flowId);
    if (!sandbox || !flow || !isRunning(flow)) continue;
    await ingestGroup(context, sandbox, flow, group);
    if (context.signal.aborted) return;
  }
}

async function ingestGroup(
  context: PlaneContext,
  sandbox: SandboxState,
  flow: Entity,
  group: Message[],
): Promise<void> {
  const { world, ids } = context;
  const runId = startRun(world, sandbox, flow, { ids });
  let pipeline: Pipeline;
  try {
    pipeline = compilePipeline(world, sandbox, flow, ids);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    failAll(context, sandbox, flow, runId, group, error);
    return;
  }
  const processed: Processed[] = [];
  let inputBytes = 0;
  for (const message of group) {
    processed.push({ record: recordOf(message), outcome: processMessage(pipeline, message) });
    inputBytes += message.bytes;
    if (processed.length % CHUNK === 0) await new Promise((resolve) => setImmediate(resolve));
    if (context.signal.aborted) return;
  }
  const { dataSetId, whoIs } = pipeline;
  land(context, sandbox, { flow, runId, dataSetId, whoIs, processed, inputBytes, tolerated: 100 });
}

/** The flow has lost a part: every message fails with that reason, and the run with it. */
function failAll(
  context: PlaneContext,
  sandbox: SandboxState,
  flow: Entity,
  runId: string,
  group: Message[],
  error: PipelineError,
): void {
  const at = context.world.clock.now();
  for (const message of group)
    sandbox.lake.failed.push({
      flowId: flow["id"],
      datasetId: flow["bound"]?.target.params.dataSetId ?? null,
      runId,
      batchId: null,
      at,
      code: error.code,
      reason: error.message,
      details: [],
      record: recordOf(message),
    });
  failRun(context, sandbox, runId, error.code, error.message);
}

/** What the sender meant: the entity of an XDM message, else the message itself. */
function recordOf(message: Message): Json {
  const content: unknown = message.content;
  return message.kind === "xdm" && isObject(content) ? (content["body"]?.xdmEntity ?? content) : message.content;
}

/** The two omissions in an XDM message that the inlet does not see and the batch reports (documented texts). */
function processMessage(pipeline: Pipeline, message: Message): Outcome {
  if (message.kind === "raw") return pipeline.event(message.source, message.content);
  const { header, body } = message.content as Entity;
  if (typeof header?.source?.name !== "string") return incomplete("Payload header is missing Source Name");
  if (!isObject(body?.xdmEntity)) return incomplete("Payload body is missing xdmEntity");
  return pipeline.entity(body.xdmEntity);
}

function incomplete(message: string): Outcome {
  return { ok: false, code: INGEST_ERROR, reason: message, details: [{ message }], violations: [] };
}
