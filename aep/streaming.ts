import { z } from "zod";
import type { AepClient } from "./client.ts";
import { shaped } from "./shape.ts";

const accepted = z.looseObject({ inletId: z.string().optional(), xactionId: z.string().optional() });
const batch = z.looseObject({
  responses: z.array(
    z.looseObject({
      xactionId: z.string().optional(),
      statusCode: z.coerce.number().optional(),
      message: z.string().optional(),
    }),
  ),
});

export interface SendEventOptions {
  /** Dataflow that maps a raw event. */
  flowId?: string;
  /** Have the edge check the event against the schema before it answers; 60 a minute. */
  syncValidation?: boolean;
  /** The inlet asks for a token. */
  authenticated?: boolean;
  sandbox?: string;
}

/** Sends one event to an inlet. A 200 says that it was taken, not that it is stored. */
export async function sendEvent(
  client: AepClient,
  inletUrl: string,
  event: unknown,
  options: SendEventOptions = {},
): Promise<string | undefined> {
  const answer = await client({
    method: "POST",
    path: inletUrl,
    json: event,
    query: [["syncValidation", options.syncValidation ? "true" : undefined]],
    ...common(options),
  });
  return shaped(accepted, answer, { method: "POST", path: inletUrl }).xactionId;
}

/** Sends many events in one request; one verdict for each, in order (the envelope's answer is always 207). */
export async function sendBatch(
  client: AepClient,
  inletUrl: string,
  events: unknown[],
  options: SendEventOptions = {},
): Promise<Array<{ ok: boolean; message: string | undefined }>> {
  const path = inletUrl.replace("/collection/", "/collection/batch/");
  const answer = await client({ method: "POST", path, json: { messages: events }, ...common(options) });
  return shaped(batch, answer, { method: "POST", path }).responses.map(({ statusCode, message }) => ({
    ok: statusCode === undefined || statusCode < 300,
    message,
  }));
}

function common(options: SendEventOptions) {
  return {
    authenticated: options.authenticated ?? false,
    headers: (options.flowId === undefined ? {} : { "x-adobe-flow-id": options.flowId }) as Record<string, string>,
    ...(options.sandbox === undefined ? {} : { sandbox: options.sandbox }),
  };
}
