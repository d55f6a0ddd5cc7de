/** The polled Capillary source: over real HTTP from the Capillary endpoint of this very emulator, as Adobe would. */
import { parseSource } from "../java-numbers.ts";
import type { Entity, SandboxState } from "../store.ts";
import { tenantResource } from "../xdm-schemas.ts";
import type { Fetched, PlaneContext } from "./context.ts";

const PAGE = 500;
const EVENT_CLASS = "https://ns.adobe.com/xdm/context/experienceevent";

export interface CapillaryRequest {
  connection: Entity;
  source: Entity;
  target: Entity;
  window: { start: number; end: number };
}

/** Everything in the window, page by page. Throws with the source's status when it refuses. */
export async function fetchCapillary(
  context: PlaneContext,
  sandbox: SandboxState,
  request: CapillaryRequest,
): Promise<Fetched> {
  const stream = streamFor(sandbox, request);
  const fetched: Fetched = { records: [], bytes: 0 };
  const base = `${context.world.origin}/capillary`;
  const token = await accessToken(context, base, request.connection);
  for (;;) {
    const { start, end } = request.window;
    const query = new URLSearchParams({
      since: String(start),
      until: String(end),
      limit: String(PAGE),
      offset: String(fetched.records.length),
    });
    if (stream !== undefined) query.set("stream", stream);
    const { body, bytes } = await call(context, `${base}/v2/events?${query}`, {
      headers: { "x-cap-api-oauth-token": token },
    });
    const page = body["data"] as { event: unknown }[];
    for (const { event } of page) fetched.records.push(event);
    fetched.bytes += bytes;
    if (page.length === 0 || fetched.records.length >= body["pagination"].total) return fetched;
  }
}

/**
 * The source connection may name the stream (`params.stream`, `all` for everything); without it, a time-series dataset gets
 * transactions and a record dataset profiles, as the two flows of Adobe's guide want it.
 */
function streamFor(sandbox: SandboxState, request: CapillaryRequest): string | undefined {
  const named = request.source["params"]?.stream;
  if (named !== undefined) return named === "all" ? undefined : String(named);
  const dataset = sandbox.catalog.dataSets.get(request.target["params"].dataSetId);
  const schema = tenantResource(sandbox, dataset?.["schemaRef"]?.id ?? "");
  const classes = [schema?.["meta:class"], ...(schema?.["allOf"] ?? []).map((item: Entity) => item["$ref"])];
  return classes.includes(EVENT_CLASS) ? "transactions" : "profiles";
}

/** A token for the connection's key and secret; a connection that holds only an access token sends that. */
async function accessToken(context: PlaneContext, base: string, connection: Entity): Promise<string> {
  const { clientId, clientSecret, accessToken: stored } = connection["auth"]?.params ?? {};
  if (!clientId || !clientSecret) return String(stored);
  const { body } = await call(context, `${base}/v3/oauth/token/generate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: clientId, secret: clientSecret }),
  });
  return body["data"].accessToken;
}

async function call(context: PlaneContext, url: string, init: RequestInit): Promise<{ body: Entity; bytes: number }> {
  const response = await fetch(url, { ...init, signal: context.signal });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`The source answered ${response.status} to ${init.method ?? "GET"} ${new URL(url).pathname}`);
  return { body: parseSource(text) as Entity, bytes: Buffer.byteLength(text) };
}
