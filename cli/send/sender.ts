/** Sends many deliveries: in order, several at a time, at a chosen rate, each noted before it goes and when it is answered. */
import { setTimeout as delay } from "node:timers/promises";
import { wasLost } from "../../aep/errors.ts";
import { AepError } from "../../errors.ts";
import { errorTypeOf } from "../errors/record.ts";
import { digest, type Quarantine } from "../errors/store.ts";
import { exitCode } from "../exit-codes.ts";
import { type Delivery, deliver, type Inlet, tooLarge, type Verdict } from "./deliver.ts";
import type { Journal } from "./journal.ts";
import type { Pace } from "./pace.ts";

/** Requests under way at a time; the client's own limiter holds them back where the API throttles. */
const AT_A_TIME = 8;
/** A batch is closed before it is larger, so that its envelope fits too. */
const BATCH_BYTES = 900_000;
/** After an interrupt, what is under way may still end for so long. */
const GRACE_MS = 5_000;

export interface Counts {
  taken: number;
  refused: number;
  /** Sent again because an answer was lost. */
  repeated: number;
}

export interface SenderOptions {
  quarantine: Quarantine;
  stack: string;
  /** Events in one request. */
  batch: number;
  pace: Pace | undefined;
  /** Stop when so many were refused. */
  maxRefused: number;
  signal: AbortSignal;
  /** After every answer. */
  onAnswer(flow: string): void;
}

export class Sender {
  readonly counts = new Map<string, Counts>();
  /** Ids of the records that were made, at most some hundred. */
  readonly records: string[] = [];
  readonly #options: SenderOptions;
  readonly #waiting = new Map<Inlet, { events: Delivery[]; bytes: number }>();
  readonly #running = new Set<Promise<void>>();
  #failure: unknown;
  #refused = 0;
  readonly #aborted: Promise<void>;

  constructor(options: SenderOptions) {
    this.#options = options;
    const { signal } = options;
    this.#aborted = new Promise((done) => {
      if (signal.aborted) done();
      else signal.addEventListener("abort", () => done(), { once: true });
    });
  }

  /** Whether something makes it useless to go on: an interrupt, a failure, too many refusals. */
  get stopped(): boolean {
    return this.#options.signal.aborted || this.#failure !== undefined;
  }

  /** Events that are taken or refused. */
  get answered(): number {
    return [...this.counts.values()].reduce((sum, { taken, refused }) => sum + taken + refused, 0);
  }

  /** Takes a delivery; it goes out when its batch is full. */
  async push(inlet: Inlet, delivery: Delivery, journal: Journal | undefined): Promise<void> {
    const refused = tooLarge(delivery.text);
    if (refused) return this.#settle(inlet, [delivery], [{ taken: false, refused }], new Set(), journal);
    let waiting = this.#waiting.get(inlet) ?? { events: [], bytes: 0 };
    const bytes = Buffer.byteLength(delivery.text);
    if (waiting.events.length >= this.#options.batch || (waiting.bytes > 0 && waiting.bytes + bytes > BATCH_BYTES)) {
      await this.#go(inlet, waiting.events, journal);
      waiting = { events: [], bytes: 0 };
    }
    waiting.events.push(delivery);
    waiting.bytes += bytes;
    this.#waiting.set(inlet, waiting);
    if (this.#options.batch === 1) await this.flush(journal);
  }

  /** Sends what waits for a full batch. */
  async flush(journal: Journal | undefined): Promise<void> {
    for (const [inlet, { events }] of this.#waiting) {
      this.#waiting.delete(inlet);
      await this.#go(inlet, events, journal);
    }
  }

  /** Waits for what is under way. @throws what stopped the sending */
  async end(): Promise<void> {
    const grace = this.#aborted.then(() => delay(GRACE_MS, "late" as const, { ref: false }));
    // Requests that wait out a Retry-After would hold the process for minutes; they are noted as open.
    if ((await Promise.race([Promise.all(this.#running), grace])) === "late")
      setTimeout(() => process.exit(exitCode("interrupted")), 500).unref();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #go(inlet: Inlet, events: Delivery[], journal: Journal | undefined): Promise<void> {
    const { pace, signal } = this.#options;
    while (this.#running.size >= (inlet.sync ? 1 : AT_A_TIME)) {
      if (this.stopped) return;
      await Promise.race([...this.#running, this.#aborted]);
    }
    await pace?.take(events.length, signal).catch(() => undefined);
    if (this.stopped) return;
    const work = this.#send(inlet, events, journal).catch((error: unknown) => {
      this.#failure ??= error;
    });
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  async #send(inlet: Inlet, events: Delivery[], journal: Journal | undefined): Promise<void> {
    const indexes = events.map(({ index }) => index);
    journal?.sending(indexes);
    const { verdicts, repeated } = await deliver(inlet, events, this.#options.signal).catch((error: unknown) => {
      if (error instanceof AepError && !wasLost(error)) journal?.withdraw(indexes);
      throw error;
    });
    this.#settle(inlet, events, verdicts, repeated, journal);
  }

  /** What was refused is on disk before the journal says that it was answered: nothing is lost between the two. */
  #settle(
    inlet: Inlet,
    events: Delivery[],
    verdicts: Verdict[],
    repeated: ReadonlySet<number>,
    journal: Journal | undefined,
  ): void {
    const { label } = inlet.flow;
    const counts = this.counts.get(label) ?? { taken: 0, refused: 0, repeated: 0 };
    this.counts.set(label, counts);
    events.forEach((delivery, at) => {
      const verdict = verdicts[at] as Verdict;
      if (verdict.taken) counts.taken += 1;
      else this.#quarantine(inlet, delivery, verdict, counts);
    });
    counts.repeated += repeated.size;
    journal?.answer(
      events.map(({ index }) => index),
      verdicts.filter(({ taken }) => taken).length,
    );
    this.#options.onAnswer(label);
  }

  #quarantine(inlet: Inlet, { text, where }: Delivery, verdict: Verdict & { taken: false }, counts: Counts): void {
    counts.refused += 1;
    this.#refused += 1;
    const { id } = this.#options.quarantine.put(recordOf(inlet, this.#options.stack, where, text, verdict), text);
    if (this.records.length < 500) this.records.push(id);
    if (this.#refused < this.#options.maxRefused || this.#failure !== undefined) return;
    this.#failure = new AepError("SEND_STOPPED", `${this.#refused} events were refused`, {
      hint: "See `aep errors list`. The same command goes on behind them; --max-refused allows more.",
    });
  }
}

/** What the quarantine keeps of a refused event. */
export function recordOf(
  { flow, url, batch, sync }: Inlet,
  stack: string,
  where: string,
  text: string,
  { refused }: Verdict & { taken: false },
) {
  const { status, code, message, body, requestId, batchId } = refused;
  const target = batch ? url.replace(/\/collection\/(?!batch\/)/, "/collection/batch/") : url;
  const headers = { "content-type": "application/json", "x-adobe-flow-id": flow.flowId };
  return {
    errorType: status === undefined ? ("validation" as const) : errorTypeOf(status),
    ...(code !== undefined && { code }),
    message,
    system: "dcs" as const,
    request: { method: "POST", url: sync ? `${target}?syncValidation=true` : target, headers, payload: digest(text) },
    response: { ...(status !== undefined && { status }), ...(body !== undefined && { body }) },
    ids: { ...(requestId !== undefined && { requestId }), ...(batchId !== undefined && { batchId }) },
    resources: resourcesOf(flow, stack),
    source: where,
  };
}

/** The objects behind a flow, for a record or a ticket. */
export function resourcesOf(flow: Inlet["flow"], stack: string) {
  const { sandbox, label, flowId, datasetId, schemaId, mappingSetId } = flow;
  return {
    stack,
    sandbox,
    flow: label,
    flowId,
    datasetId,
    schemaId,
    ...(mappingSetId !== undefined && { mappingSetId }),
  };
}
