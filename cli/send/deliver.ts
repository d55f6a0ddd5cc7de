/** One request with its repetitions: what became of each event, and how often nobody knew. */
import { setTimeout as delay } from "node:timers/promises";
import type { AepClient } from "../../aep/client.ts";
import { answerOf, markLost, wasLost } from "../../aep/errors.ts";
import { EventText, LARGEST_REQUEST, sendBatch, sendEvent } from "../../aep/streaming.ts";
import { AepError } from "../../errors.ts";
import type { DeployedFlow } from "../flows.ts";

/** Repetitions of a request whose answer was lost; Adobe asks for three at least. */
const REPEATS = 4;
const FIRST_WAIT_MS = 500;

export interface Delivery {
  index: number;
  /** The JSON that is sent. */
  text: string;
  /** Where the event stands: `events.ndjson:17`. */
  where: string;
}

export interface Inlet {
  client: AepClient;
  flow: DeployedFlow;
  url: string;
  authenticated: boolean;
  sync: boolean;
  /** Use the inlet's batch endpoint. */
  batch: boolean;
}

export interface Refused {
  status: number | undefined;
  code: string | undefined;
  message: string;
  body: unknown;
  requestId: string | undefined;
  batchId?: string | undefined;
}
export type Verdict = { taken: true; xactionId: string | undefined } | { taken: false; refused: Refused };

export interface Delivered {
  /** One for each event, in order. */
  verdicts: Verdict[];
  /** Events that were sent again because the answer to an earlier sending was lost: they may be there twice. */
  repeated: Set<number>;
}

/**
 * Sends events until each is taken or refused.
 * @throws AepError when nothing can be sent at all (unreachable, credentials, unknown inlet), or an answer stays lost;
 * `wasLost` tells whether some of the events may be there all the same
 */
export async function deliver(inlet: Inlet, events: readonly Delivery[], signal?: AbortSignal): Promise<Delivered> {
  const verdicts = new Map<number, Verdict>();
  const repeated = new Set<number>();
  let open = events;
  for (let attempt = 0; open.length > 0; attempt++) {
    if (attempt > 0) await delay(FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()), undefined, { signal });
    try {
      const answered = await request(inlet, open);
      open.forEach(({ index }, at) => void (answered[at] && verdicts.set(index, answered[at])));
      open = open.filter(({ index }) => !verdicts.has(index));
      if (open.length > 0 && attempt >= REPEATS) throw stillBusy(inlet);
    } catch (error) {
      if (!wasLost(error) || attempt >= REPEATS || signal?.aborted) {
        const some = repeated.size > 0 || verdicts.size > 0;
        throw some && error instanceof AepError ? markLost(error) : error;
      }
      for (const { index } of open) repeated.add(index);
    }
  }
  return { verdicts: events.map(({ index }) => verdicts.get(index) as Verdict), repeated };
}

/** Verdicts in order; undefined for an event of a batch that the inlet asks to send later. */
async function request(inlet: Inlet, events: readonly Delivery[]): Promise<Array<Verdict | undefined>> {
  const { client, flow, url, authenticated, sync, batch } = inlet;
  const options = { flowId: flow.flowId, authenticated, ...(authenticated && { sandbox: flow.sandbox }) };
  if (batch) {
    const answer = await sendBatch(
      client,
      url,
      events.map(({ text }) => new EventText(text)),
      options,
    );
    return answer.items.map((item) => {
      if (item.taken) return item;
      const { status, message } = item;
      if (status === 429 || status >= 500) return undefined;
      const refused = { status, code: undefined, message, body: { statusCode: status, message }, requestId: undefined };
      return { taken: false, refused: { ...refused, batchId: answer.batchId } };
    });
  }
  const [event] = events as [Delivery];
  try {
    const text = new EventText(event.text);
    return [{ taken: true, xactionId: await sendEvent(client, url, text, { ...options, syncValidation: sync }) }];
  } catch (error) {
    const refused = refusal(error);
    if (refused) return [{ taken: false, refused }];
    throw error instanceof AepError && error.status === 501 && sync ? noSync(error) : error;
  }
}

/** The event itself is refused; anything else is about the inlet or the caller, and would meet the next event too. */
function refusal(error: unknown): Refused | undefined {
  if (!(error instanceof AepError) || error.code !== "AEP_REFUSED") return undefined;
  const { status, apiCode: code, message, requestId } = error;
  return { status, code, message, requestId, body: answerOf(error)?.body };
}

/** An event that no inlet takes, known before it is sent. */
export function tooLarge(text: string): Refused | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes <= LARGEST_REQUEST) return undefined;
  const message = `the event has ${bytes} bytes, an inlet takes ${LARGEST_REQUEST}; it was not sent`;
  return { status: undefined, code: undefined, message, body: undefined, requestId: undefined };
}

const stillBusy = ({ url }: Inlet): AepError =>
  new AepError("AEP_THROTTLED", "the inlet keeps putting events of the batch off", { where: `POST ${url}` });

const noSync = ({ message, where, status, requestId }: AepError): AepError =>
  new AepError("AEP_REFUSED", message, {
    ...(where !== undefined && { where }),
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    hint: "Sync validation is offered in one of Adobe's regions only; leave --sync out and add --follow.",
  });
