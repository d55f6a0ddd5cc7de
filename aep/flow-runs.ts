/** Flow runs: what a dataflow has done, how many records it took and lost, and why. */
import { z } from "zod";
import type { AepClient } from "./client.ts";
import { orGone, shaped } from "./shape.ts";

const BASE = "/data/foundation/flowservice";
const PAGE = 100;

const count = z.coerce.number().catch(0);
const failure = z.looseObject({
  code: z.coerce.string().catch(""),
  message: z.string().nullish(),
  description: z.string().nullish(),
  recordCount: z.coerce.number().nullish().catch(undefined),
});
const statusSummary = z
  .looseObject({
    status: z.string().nullish(),
    errors: z.array(failure).nullish().catch([]),
    extensions: z.unknown().optional(),
  })
  .nullish()
  .catch(undefined);
const durations = z
  .looseObject({ startedAtUTC: z.coerce.number().nullish(), completedAtUTC: z.coerce.number().nullish() })
  .nullish()
  .catch(undefined);
const records = z
  .looseObject({
    inputRecordCount: count.optional(),
    outputRecordCount: count.optional(),
    failedRecordCount: count.optional(),
  })
  .nullish()
  .catch(undefined);
const files = z
  .looseObject({ inputFileCount: count.optional(), outputFileCount: count.optional() })
  .nullish()
  .catch(undefined);
const bytes = z.looseObject({ inputBytes: count.optional(), outputBytes: count.optional() }).nullish().catch(undefined);
const activity = z.looseObject({
  id: z.string().nullish(),
  name: z.string().nullish(),
  durationSummary: durations,
  recordSummary: records,
  statusSummary,
  errors: z.array(failure).nullish().catch([]),
});
const run = z.looseObject({
  id: z.string(),
  flowId: z.string(),
  createdAt: z.coerce.number().optional(),
  metrics: z
    .looseObject({
      durationSummary: durations,
      recordSummary: records,
      fileSummary: files,
      sizeSummary: bytes,
      statusSummary,
    })
    .nullish(),
  activities: z.array(activity).nullish().catch([]),
  // The specification's spelling; payloads in the documents have the other one.
  activites: z.array(activity).nullish().catch([]),
});
const started = z.looseObject({ id: z.string() });
const page = z.looseObject({
  items: z.array(run),
  _links: z.looseObject({ next: z.looseObject({ href: z.string().optional() }).nullish() }).nullish(),
});

/** A run's error: `MAPPER-3700-400`, `INGEST-1212-400`, `CONNECTOR-2001-500`, ... with the service's own words. */
export interface RunError {
  code: string;
  message: string;
  /** Records that failed for it, where the service counts them. */
  recordCount?: number;
  /** Step of the run that reports it: "Copy Activity". */
  activity?: string;
}

/** One run of a flow. Times are epoch milliseconds; counts are 0 where the service does not give them. */
export interface FlowRun {
  id: string;
  flowId: string;
  /** `success`, `partialSuccess`, `failed`, `inProgress`, `scheduled`, or what else the service says. A success may have failed records. */
  status: string;
  createdAt: number;
  startedAt: number | undefined;
  completedAt: number | undefined;
  records: { input: number; output: number; failed: number };
  files: { input: number; output: number };
  bytes: { input: number; output: number };
  /** Of the run and of its activities, each once. */
  errors: RunError[];
  /** Batches that its diagnostics belong to; their failed rows are read by `batches(...).failedRows`. */
  batchIds: string[];
}

export interface RunFilter {
  flowId?: string;
  /** Epoch milliseconds; older runs are left out. */
  since?: number;
}

/** Runs of the flows of one sandbox. Filters and order as in the Flow Service's specification; shapes as in Adobe's monitoring tutorial. */
export function flowRuns(client: AepClient, sandbox: string) {
  const path = "/runs";
  const read = async (suffix: string, query: ReadonlyArray<readonly [string, string | number | undefined]> = []) => {
    const answer = await client({ method: "GET", path: `${BASE}${path}${suffix}`, query, sandbox });
    return shaped(page, answer, { method: "GET", path: path + suffix });
  };

  return {
    /** The run, or undefined when it does not exist (any more). */
    async get(id: string): Promise<FlowRun | undefined> {
      const found = await orGone(read(`/${encodeURIComponent(id)}`));
      return found?.items[0] && summary(found.items[0]);
    },

    /**
     * Begins a run now over everything up to `now` (epoch ms) and gives its id. The service does it for flows of frequency
     * `once`; others are refused (1385, 1386).
     */
    async start(flowId: string, now: number): Promise<string> {
      const seconds = Math.floor(now / 1000);
      const params = { startTime: seconds, windowStartTime: 0, windowEndTime: seconds };
      const call = { method: "POST", path: `${BASE}${path}` } as const;
      return shaped(started, await client({ ...call, json: { flowId, params }, sandbox }), call).id;
    },

    /** Runs, newest first, page by page; ends at the first one older than `since`. */
    async *list(filter: RunFilter = {}): AsyncGenerator<FlowRun> {
      const { flowId, since = 0 } = filter;
      let token: string | undefined;
      do {
        const { items, _links } = await read("", [
          ["property", flowId === undefined ? undefined : `flowId==${flowId}`],
          ["orderby", "-createdAt"],
          ["limit", client.pageSize ?? PAGE],
          ["continuationToken", token],
        ]);
        for (const item of items) {
          const one = summary(item);
          if (one.createdAt < since) return;
          yield one;
        }
        token = continuation(_links?.next?.href, token);
      } while (token !== undefined);
    },
  };
}

/** The token in a relative `next` link; one that does not move on ends the list. */
function continuation(href: string | undefined, previous: string | undefined): string | undefined {
  if (!href) return undefined;
  const token = URL.parse(href, "https://aep.invalid")?.searchParams.get("continuationToken") ?? undefined;
  return token === previous ? undefined : token;
}

function summary(item: z.output<typeof run>): FlowRun {
  const { durationSummary, recordSummary, fileSummary, sizeSummary, statusSummary: status } = item.metrics ?? {};
  const activities = [...(item.activities ?? []), ...(item.activites ?? [])];
  return {
    id: item.id,
    flowId: item.flowId,
    status: statusOf(status?.status),
    createdAt: item.createdAt ?? durationSummary?.startedAtUTC ?? 0,
    startedAt: durationSummary?.startedAtUTC ?? undefined,
    completedAt: durationSummary?.completedAtUTC || undefined,
    records: {
      input: recordSummary?.inputRecordCount ?? 0,
      output: recordSummary?.outputRecordCount ?? 0,
      failed: recordSummary?.failedRecordCount ?? 0,
    },
    files: { input: fileSummary?.inputFileCount ?? 0, output: fileSummary?.outputFileCount ?? 0 },
    bytes: { input: sizeSummary?.inputBytes ?? 0, output: sizeSummary?.outputBytes ?? 0 },
    errors: errorsOf(status?.errors ?? [], activities),
    batchIds: batchesOf(item),
  };
}

/** One spelling for what payloads (`partialSuccess`), filters (`Failed`) and the state enum (`PARTIAL_SUCCESS`) write. */
function statusOf(text: string | null | undefined): string {
  const plain = (text ?? "unknown").replaceAll(/[_\s-]/g, "").toLowerCase();
  const known: Record<string, string> = {
    partialsuccess: "partialSuccess",
    partialfailure: "partialSuccess",
    inprogress: "inProgress",
    completed: "success",
    queued: "scheduled",
  };
  return known[plain] ?? plain;
}

/** Activities say more (counts, which step) than the summary that repeats them, so that they come first. */
function errorsOf(own: z.output<typeof failure>[], activities: z.output<typeof activity>[]): RunError[] {
  const all = [
    ...activities.flatMap(({ name, errors, statusSummary: status }) =>
      [...(status?.errors ?? []), ...(errors ?? [])].map((error) => runError(error, name ?? undefined)),
    ),
    ...own.map((error) => runError(error, undefined)),
  ];
  const seen = new Set<string>();
  return all.filter(({ code, message }) => {
    const key = JSON.stringify([code, message]);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function runError(error: z.output<typeof failure>, activityName: string | undefined): RunError {
  return {
    code: error.code,
    message: error.message ?? error.description ?? "",
    ...(typeof error.recordCount === "number" && { recordCount: error.recordCount }),
    ...(activityName !== undefined && { activity: activityName }),
  };
}

/**
 * Diagnostics are named by links such as `https://host/data/foundation/export/batches/ID/meta?path=row_errors`. Only the
 * batch's id is taken: the links' host is not asked, so that a token goes nowhere but to the configured endpoint.
 */
function batchesOf(item: z.output<typeof run>): string[] {
  const found = JSON.stringify(item).matchAll(/"batchId":"([\w-]+)"|\/export\/batches\/([\w-]+)\/meta/g);
  return [...new Set([...found].map(([, named, linked]) => named ?? linked ?? ""))];
}
