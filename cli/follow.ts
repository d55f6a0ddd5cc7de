/**
 * Follows a marked event into its dataset: the row is read back, or its failure is found in the batches' diagnostics, or
 * it is said what was seen and which SQL shows the rest. Only documented APIs are asked.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Batch, batches, type FailedRow } from "../aep/batches.ts";
import { type FlowRun, flowRuns } from "../aep/flow-runs.ts";
import type { Context } from "../resources/context.ts";
import { sqlFor } from "./follow/sql.ts";

const TIMEOUT_MS = 600_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 15_000;
/** Adobe gathers streamed events in batches that may have been opened before the event came. */
const OPENED_BEFORE_MS = 15 * 60_000;
const MAX_FAILED_ROWS = 1000;
const CLOSED = new Set(["success", "failed", "failure", "aborted", "abandoned", "inactive", "deleted"]);

export interface FollowOptions {
  flowId: string;
  datasetId: string;
  /** A text that stands in this event and in no other, and that the mapping keeps as it is. */
  marker: string;
  /** When the inlet took the event, by the API's clock (epoch ms); default: a minute ago. */
  since?: number;
  /** Milliseconds; default ten minutes. */
  timeout?: number;
  signal?: AbortSignal;
  /** What is waited for, whenever it changes, and milliseconds since the start. */
  onStep?: (waitingFor: string, elapsed: number) => void;
}

export interface Followed {
  /** `landed`: the row was read back. `failed`: the diagnostics name it, or the flow's run failed. `unseen`: neither. */
  outcome: "landed" | "failed" | "unseen";
  /** The landed row, flat or nested as the API gives it. */
  row?: Record<string, unknown>;
  /** Why it failed, in the service's words, with the record as it was kept. */
  failure?: { code: string; message: string; record?: unknown };
  /** The first run and batch after the event that have to do with it. */
  run?: FlowRun;
  batch?: Batch;
  /** Milliseconds from the start of following until each was first seen. */
  latencies: { run?: number; batch?: number; row?: number };
  /** What is not known, and why. */
  unseen?: string;
  /** What to run in Query Service to see the row. */
  sql: string;
}

/** @throws AepError what the API refuses; the signal's reason when it is aborted */
export async function follow(context: Context, options: FollowOptions): Promise<Followed> {
  const { timeout = TIMEOUT_MS, signal, onStep } = options;
  const search = new Search(context, options);
  const sql = await sqlFor(context, options.datasetId, options.marker);
  const started = performance.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const elapsed = () => Math.round(performance.now() - started);
    const found = await search.look(elapsed);
    if (found) return { ...found, sql };
    const left = timeout - elapsed();
    if (left <= 0) return { ...search.givenUp(), sql };
    onStep?.(search.waitingFor, elapsed());
    await delay(Math.min(pause, left), undefined, { signal });
  }
}

class Search {
  readonly #options: FollowOptions;
  readonly #batches: ReturnType<typeof batches>;
  readonly #runs: ReturnType<typeof flowRuns>;
  readonly #since: number;
  /** Batches whose failed rows were read to the end. */
  readonly #searched = new Set<string>();
  /** Batches that have no diagnostics to read. */
  readonly #dark = new Set<string>();
  readonly #latencies: Followed["latencies"] = {};
  #run: FlowRun | undefined;
  #batch: Batch | undefined;
  #readable = true;

  constructor({ client, sandbox }: Context, options: FollowOptions) {
    this.#options = options;
    this.#batches = batches(client, sandbox);
    this.#runs = flowRuns(client, sandbox);
    this.#since = options.since ?? client.serverNow() - 60_000;
  }

  get waitingFor(): string {
    if (this.#run === undefined && this.#batch === undefined) return "the flow's run";
    return this.#readable ? "the row" : "the run's end";
  }

  /** One look at everything; undefined when it is to be looked again. */
  async look(elapsed: () => number): Promise<Omit<Followed, "sql"> | undefined> {
    const { datasetId, flowId, marker } = this.#options;
    const runs = await collect(this.#runs.list({ flowId, since: this.#since }));
    const listed = await collect(this.#batches.list({ datasetId, createdAfter: this.#since - OPENED_BEFORE_MS }));
    this.#note(runs, listed, elapsed());
    const rows = await this.#batches.preview(datasetId);
    this.#readable = rows !== undefined;
    const row = rows?.find((one) => mentions(one, marker));
    if (row) {
      this.#latencies.row = elapsed();
      return { outcome: "landed", row, ...this.#seen() };
    }
    return (await this.#failed(runs, listed)) ?? this.#ended(runs);
  }

  givenUp(): Omit<Followed, "sql"> {
    const what =
      this.#run === undefined && this.#batch === undefined
        ? "no run of the flow and no batch of its dataset was seen after the event"
        : "runs were seen, but not the row: it may still be on its way (up to an hour on a real sandbox), or not be among the newest rows";
    return { outcome: "unseen", unseen: what, ...this.#seen() };
  }

  #note(runs: FlowRun[], listed: Batch[], elapsed: number): void {
    const mine = listed.filter(({ flowId }) => flowId === undefined || flowId === this.#options.flowId);
    this.#run = runs.at(-1) ?? this.#run;
    this.#batch = mine.findLast(({ createdAt }) => createdAt >= this.#since) ?? this.#batch;
    if (this.#run) this.#latencies.run ??= elapsed;
    if (this.#batch) this.#latencies.batch ??= elapsed;
  }

  #seen(): Pick<Followed, "run" | "batch" | "latencies"> {
    return {
      ...(this.#run && { run: this.#run }),
      ...(this.#batch && { batch: this.#batch }),
      latencies: this.#latencies,
    };
  }

  /** The event among the failed rows of the batches. */
  async #failed(runs: FlowRun[], listed: Batch[]): Promise<Omit<Followed, "sql"> | undefined> {
    const named = runs.flatMap(({ records, batchIds }) => (records.failed > 0 ? batchIds : []));
    const bad = listed.filter(({ records, status }) => records.failed > 0 || status.startsWith("fail"));
    const known = new Map(listed.map((batch) => [batch.id, batch]));
    for (const id of new Set([...bad.map((batch) => batch.id), ...named])) {
      if (this.#searched.has(id)) continue;
      const failed = await this.#batches.failedRows(id, { limit: MAX_FAILED_ROWS });
      if (CLOSED.has(known.get(id)?.status ?? "success")) this.#searched.add(id);
      if (failed === undefined) this.#dark.add(id);
      const mine = failed?.find(({ record }) => mentions(record, this.#options.marker));
      if (!mine) continue;
      const batch = known.get(id);
      return { outcome: "failed", failure: failureOf(mine), ...this.#seen(), ...(batch && { batch }) };
    }
    return undefined;
  }

  /** Where rows cannot be told apart, the end of the runs after the event is all there is to know. */
  #ended(runs: FlowRun[]): Omit<Followed, "sql"> | undefined {
    const over = runs.filter(({ status }) => ["success", "partialSuccess", "failed"].includes(status));
    if (over.length === 0) return undefined;
    const broken = over.every(({ status, records }) => status === "failed" && records.output === 0);
    const [error] = over.flatMap(({ errors }) => errors);
    if (broken && over.every(({ batchIds }) => batchIds.every((id) => this.#dark.has(id)))) {
      const { code, message } = error ?? { code: "", message: "the flow's run failed and gave no reason" };
      return { outcome: "failed", failure: { code, message }, ...this.#seen() };
    }
    if (this.#readable || over.every(({ records }) => records.output === 0)) return undefined;
    const failed = over.reduce((sum, { records }) => sum + records.failed, 0);
    const unseen = `the flow ran after the event and ${failed === 0 ? "no record failed" : `${failed} records failed`}; rows cannot be read back here`;
    return { outcome: "unseen", unseen, ...this.#seen() };
  }
}

function failureOf({ errors, record }: FailedRow): NonNullable<Followed["failure"]> {
  const message = errors
    .map((error) => (error.column ? `${error.column}: ${error.message}` : error.message))
    .join("; ");
  return { code: errors[0]?.code ?? "", message: message || "the diagnostics give no reason", record };
}

const mentions = (value: unknown, marker: string): boolean =>
  (JSON.stringify(value) ?? "").includes(JSON.stringify(marker).slice(1, -1));

async function collect<T>(items: AsyncIterable<T>, most = 200): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
    if (all.length >= most) break;
  }
  return all;
}
