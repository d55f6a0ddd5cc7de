/** Streaming ingestion: events to an inlet, one at a time or many in one request. An answer says "taken", never "stored". */
import { z } from "zod";
import { AepError } from "../errors.ts";
import type { AepClient } from "./client.ts";
import { markLost } from "./errors.ts";
import { shaped } from "./shape.ts";

/** Bytes of the largest request an inlet takes, batch or single (Adobe: 1 MB). */
export const LARGEST_REQUEST = 1_048_576;
/** Sync validations an inlet allows in a minute (Adobe). */
export const SYNC_PER_MINUTE = 60;

const accepted = z.looseObject({ inletId: z.string().optional(), xactionId: z.string().optional() });
const answers = z.looseObject({
  batchId: z.string().optional(),
  receivedTimeMs: z.coerce.number().optional(),
  responses: z.array(
    z.looseObject({
      xactionId: z.string().optional(),
      statusCode: z.coerce.number().optional(),
      status: z.coerce.number().optional(),
      message: z.string().optional(),
    }),
  ),
});

/** An event as the text it came in; it is sent as it stands, so that numbers of any length survive. */
export class EventText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export interface SendEventOptions {
  /** Dataflow that maps a raw event. */
  flowId?: string;
  /** Have the edge check the event against the schema before it answers; 60 a minute. */
  syncValidation?: boolean;
  /** The inlet asks for a token. */
  authenticated?: boolean;
  sandbox?: string;
}

/** Sends one event to an inlet and gives its transaction id. A 200 says that it was taken, not that it is stored. */
export async function sendEvent(
  client: AepClient,
  inletUrl: string,
  event: unknown,
  options: SendEventOptions = {},
): Promise<string | undefined> {
  const answer = await client({
    method: "POST",
    path: inletUrl,
    jsonText: textOf(event),
    query: [["syncValidation", options.syncValidation ? "true" : undefined]],
    ...addressed(options),
  });
  return shaped(accepted, answer, { method: "POST", path: inletUrl }).xactionId;
}

/** What became of one event of a batch: taken, or refused with a status and the inlet's words. */
export type BatchItem =
  | { taken: true; xactionId: string | undefined }
  | { taken: false; status: number; message: string };

export interface BatchAnswer {
  batchId: string | undefined;
  /** The API's clock, epoch milliseconds. */
  receivedAt: number | undefined;
  /** One for each event, in order. */
  items: BatchItem[];
}

/**
 * Sends events in one request (`/collection/batch/{inlet}`). The answer is 207 whenever the envelope could be read, with
 * one result for each event; sync validation does not exist here. At most `LARGEST_REQUEST` bytes in all.
 * @throws AepError whatever the inlet refuses as a whole; `wasLost` tells when nobody knows whether it took the events
 */
export async function sendBatch(
  client: AepClient,
  inletUrl: string,
  events: readonly unknown[],
  options: Omit<SendEventOptions, "syncValidation"> = {},
): Promise<BatchAnswer> {
  const path = inletUrl.replace(/\/collection\/(?!batch\/)/, "/collection/batch/");
  const jsonText = `{"messages":[${events.map(textOf).join(",")}]}`;
  const answer = await client({ method: "POST", path, jsonText, ...addressed(options) });
  const { batchId, receivedTimeMs, responses } = shaped(answers, answer, { method: "POST", path });
  if (responses.length !== events.length)
    throw markLost(
      new AepError("AEP_RESPONSE_INVALID", `${responses.length} results for ${events.length} events`, {
        where: `POST ${path}`,
      }),
    );
  const items = responses.map(({ xactionId, statusCode, status, message }): BatchItem => {
    const code = statusCode ?? status ?? 200;
    return code < 300
      ? { taken: true, xactionId }
      : { taken: false, status: code, message: message ?? `status ${code}` };
  });
  return { batchId, receivedAt: receivedTimeMs, items };
}

function addressed({ flowId, authenticated, sandbox }: SendEventOptions) {
  return {
    authenticated: authenticated ?? false,
    ...(flowId !== undefined && { headers: { "x-adobe-flow-id": flowId } }),
    ...(sandbox !== undefined && { sandbox }),
  };
}

const textOf = (event: unknown): string => (event instanceof EventText ? event.text : JSON.stringify(event));
