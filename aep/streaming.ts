import { z } from "zod";
import type { AepClient } from "./client.ts";
import { shaped } from "./shape.ts";

const accepted = z.looseObject({ inletId: z.string().optional(), xactionId: z.string().optional() });
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
    authenticated: options.authenticated ?? false,
    ...(options.flowId !== undefined && { headers: { "x-adobe-flow-id": options.flowId } }),
    ...(options.sandbox !== undefined && { sandbox: options.sandbox }),
  });
  return shaped(accepted, answer, { method: "POST", path: inletUrl }).xactionId;
}
