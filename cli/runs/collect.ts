/** Runs and batches of a stack's flows, with samples of what failed. */
import { type Batch, batches, type FailedRow } from "../../aep/batches.ts";
import { type FlowRun, flowRuns } from "../../aep/flow-runs.ts";
import { loadMappingFile } from "../../mapping/index.ts";
import type { Context } from "../../resources/context.ts";
import type { Mask } from "../errors/mask.ts";
import type { DeployedFlow } from "../flows.ts";

/** Failed rows shown of one run. */
const SAMPLES = 3;

export interface SeenRun extends FlowRun {
  /** `capillary-stream/profile`. */
  flow: string;
  /** Some of what failed, personal data hidden; undefined where AEP keeps no diagnostics of it. */
  samples: Array<{ code: string; message: string; row?: string }> | undefined;
}

export interface Seen {
  runs: SeenRun[];
  /** Batches of the flows' datasets that none of the runs names. */
  batches: Array<Batch & { dataset: string }>;
  /** Whether there is more than the limit let through. */
  more: boolean;
}

export interface CollectOptions {
  /** Epoch milliseconds by the API's clock. */
  since: number;
  /** Most runs, and most batches. */
  limit: number;
  mask: Mask;
  /** Mapping file of a flow, by which a row at fault is found. */
  mappingOf(flow: DeployedFlow): string | undefined;
}

/** Newest first. */
export async function collect(
  context: Context,
  flows: readonly DeployedFlow[],
  options: CollectOptions,
): Promise<Seen> {
  const { client, sandbox } = context;
  const { since, limit } = options;
  const each = await Promise.all(
    flows.map(async (flow) => {
      const runs = await first(flowRuns(client, sandbox).list({ flowId: flow.flowId, since }), limit + 1);
      return runs.map((run) => ({ run, flow }));
    }),
  );
  const all = each.flat().toSorted((a, b) => b.run.createdAt - a.run.createdAt);
  const runs = await Promise.all(all.slice(0, limit).map(({ run, flow }) => withSamples(context, run, flow, options)));
  const named = new Set(all.flatMap(({ run }) => run.batchIds));
  const others = await batchesOf(context, flows, options);
  // A batch of a run that is older than the limit, or of a flow that nobody asked about, is no batch without a run.
  const loose = others.filter(({ id, runId }) => runId === undefined && !named.has(id)).slice(0, limit);
  return { runs, batches: loose, more: all.length > limit };
}

async function batchesOf(
  { client, sandbox }: Context,
  flows: readonly DeployedFlow[],
  { since, limit, mask }: CollectOptions,
) {
  const datasets = new Map(flows.map(({ datasetId, datasetName }) => [datasetId, datasetName]));
  const each = await Promise.all(
    [...datasets].map(async ([datasetId, dataset]) => {
      const found = await first(batches(client, sandbox).list({ datasetId, createdAfter: since }), limit);
      return found.map((batch) => ({ ...batch, errors: mask.about(batch.errors, undefined), dataset }));
    }),
  );
  return each.flat().toSorted((a, b) => b.createdAt - a.createdAt);
}

async function withSamples(
  context: Context,
  run: FlowRun,
  flow: DeployedFlow,
  options: CollectOptions,
): Promise<SeenRun> {
  const named = { ...run, errors: options.mask.about(run.errors, undefined), flow: flow.label };
  if (run.records.failed === 0) return { ...named, samples: undefined };
  const found: FailedRow[] = [];
  let kept = false;
  for (const batchId of run.batchIds) {
    if (found.length >= SAMPLES) break;
    const rows = await batches(context.client, context.sandbox).failedRows(batchId, {
      sample: true,
      limit: SAMPLES - found.length,
    });
    kept ||= rows !== undefined;
    found.push(...(rows ?? []));
  }
  const samples = found.flatMap(({ errors, record }) =>
    errors.map(({ code, message, column }) => {
      const text = options.mask.about(column ? `${column}: ${message}` : message, record);
      const row = rowAtFault(message, flow, options);
      return { code, message: text, ...(row !== undefined && { row }) };
    }),
  );
  const records = found.map(({ record }) => record);
  return { ...named, errors: options.mask.about(run.errors, records), samples: kept ? samples : undefined };
}

/** `mappings/profile.yaml:12:3` where the service's words name a destination of the flow's mapping. */
function rowAtFault(message: string, flow: DeployedFlow, { mappingOf }: CollectOptions): string | undefined {
  const path = mappingOf(flow);
  if (path === undefined) return undefined;
  try {
    const { rows } = loadMappingFile(path, { tenant: tenantOf(flow) });
    const pointed = /#\/([\w/]+)/
      .exec(message)?.[1]
      ?.split("/")
      .filter((part) => !/^\d+$/.test(part))
      .join(".");
    const found = rows.find(({ destination }) => message.includes(destination) || plain(destination) === pointed);
    return found && `${path}:${found.line}:${found.column}`;
  } catch {
    // A mapping file that cannot be read is no reason not to show the run.
    return undefined;
  }
}

const plain = (destination: string): string => destination.replaceAll(/\[[^\]]*\]/g, "");

/** `https://ns.adobe.com/acme/schemas/...` -> acme */
const tenantOf = ({ schemaId }: DeployedFlow): string => /ns\.adobe\.com\/([^/]+)\/schemas/.exec(schemaId)?.[1] ?? "";

async function first<T>(items: AsyncIterable<T>, most: number): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) {
    found.push(item);
    if (found.length >= most) break;
  }
  return found;
}
