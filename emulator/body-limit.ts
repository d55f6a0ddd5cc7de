/** Limits on the size of request bodies. */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import { headerOf } from "./http.ts";
import type { Env } from "./store.ts";

export interface BodyLimit {
  maxBytes: number;
  /** Throws the refusal of a larger body. The rest of it is never read, so the refusal should close the connection. */
  refuse: () => never;
}

/**
 * Holds a request to its limits. Node's parser holds a body to its declared length; only one without is read here, and the returned
 * promise must be waited for.
 */
export function limitBody(c: Context<Env>, limits: readonly BodyLimit[]): Promise<void> | undefined {
  const length = headerOf(c, "content-length");
  if (length === undefined && headerOf(c, "transfer-encoding") !== undefined) return measured(c, limits);
  if (length !== undefined) for (const { maxBytes, refuse } of limits) if (Number(length) > maxBytes) refuse();
  return undefined;
}

/** Reads a body of unknown length; the server takes what is in `rawBody` for the body then. */
async function measured(c: Context<Env>, limits: readonly BodyLimit[]): Promise<void> {
  const { incoming } = c.env as HttpBindings;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk);
    size += chunk.length;
    for (const { maxBytes, refuse } of limits) if (size > maxBytes) refuse();
  }
  Object.assign(incoming, { rawBody: Buffer.concat(chunks) });
}
