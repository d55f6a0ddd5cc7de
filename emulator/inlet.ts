/**
 * Streaming ingestion: single messages and batches of them. The answer says that a message was taken; whether it becomes a row
 * is decided afterwards, unless the sender asks for sync validation.
 */
import { type Context, Hono } from "hono";
import { enqueue } from "./data-plane/index.ts";
import { compilePipeline, type Outcome, PipelineError } from "./data-plane/pipeline.ts";
import { checkToken } from "./gateway.ts";
import { headerOf, isObject, noteBody } from "./http.ts";
import { authorizationProblem, inletProblem, invalidXdm, messageText } from "./inlet-problems.ts";
import { type Addressed, addressMessage, type OpenInlet, openInlet } from "./inlet-target.ts";
import { sourceValue } from "./java-numbers.ts";
import { perMinute } from "./per-minute.ts";
import { Problem } from "./problem.ts";
import type { Entity, Env, Json, World } from "./store.ts";

const MAX_BYTES = 1_048_576;
const SYNC_PER_MINUTE = 60;

/** Documented. */
export const INLET_LIMIT = {
  maxBytes: MAX_BYTES,
  refuse: (): never => {
    const message = `The request is larger than ${MAX_BYTES} bytes`;
    throw inletProblem(413, "Request entity too large", message, undefined, { connection: "close" });
  },
};

/** Routes under `/collection`. */
export function inletRoutes(world: World): Hono<Env> {
  const routes = new Hono<Env>({ strict: false });
  const syncAllowed = perMinute();
  routes.post("/batch/:inletId", async (c) => {
    const open = admitted(world, c, c.req.param("inletId"));
    const body = await readBody(c, world, open.inlet.id);
    return c.json(takeBatch(world, open, body, flowIdOf(c)), 207);
  });
  routes.post("/:inletId", async (c) => {
    const open = admitted(world, c, c.req.param("inletId"));
    const body = await readBody(c, world, open.inlet.id);
    const addressed = addressMessage(world, open, body.content, flowIdOf(c));
    const sync = c.req.query("syncValidation") === "true";
    if (sync) {
      if (!syncAllowed(open.inlet.id, SYNC_PER_MINUTE))
        throw inletProblem(429, "Too many requests", "More than 60 sync validations a minute", undefined, {
          "retry-after": "60",
        });
      validateNow(world, open, addressed, body);
    }
    const { xactionId, receivedTimeMs } = take(world, open, addressed, body);
    const syncValidation = sync ? { status: "pass" } : { skipped: true };
    return c.json({ inletId: open.inlet.id, xactionId, receivedTimeMs, syncValidation });
  });
  return routes;
}

/** The inlet, once the sender has shown the token it may ask for. */
function admitted(world: World, c: Context<Env>, inletId: string): OpenInlet {
  const open = openInlet(world, inletId);
  if (!open.authenticationRequired) return open;
  const authorization = headerOf(c, "authorization");
  if (!authorization) throw authorizationProblem(401, inletId, "Ims service token is empty");
  try {
    checkToken(world, authorization);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw authorizationProblem(403, inletId, "Ims service token is not valid");
  }
  return open;
}

/** A body, or a message of a batch: as it was sent, and as a mapping takes it. */
interface Sent {
  content: Json;
  source: unknown;
  bytes: number;
}

async function readBody(c: Context<Env>, world: World, inletId: string): Promise<Sent> {
  const text = await c.req.text();
  try {
    const content = JSON.parse(text) as Json;
    noteBody(c, text);
    return {
      content,
      source: sourceValue(text, content),
      bytes: Number(headerOf(c, "content-length") ?? Buffer.byteLength(text)),
    };
  } catch {
    throw inletProblem(400, "Invalid Message Format", messageText(inletId, world.org, "Message is not valid JSON"));
  }
}

function flowIdOf(c: Context<Env>): string | undefined {
  return headerOf(c, "x-adobe-flow-id") ?? c.req.query("x-adobe-flow-id") ?? undefined;
}

/**
 * Queues a message. One for a flow that is not enabled is taken and goes nowhere (assumed: the edge does not look), like one that comes
 * while the settings say that the inlet is warming up.
 */
function take(world: World, open: OpenInlet, addressed: Addressed, sent: Sent) {
  const receivedTimeMs = world.clock.now();
  const xactionId = `${receivedTimeMs}:${1000 + world.requestIds.below(9000)}:${100 + world.requestIds.below(900)}`;
  const { flow, kind } = addressed;
  if (receivedTimeMs - flow["createdAt"] >= world.settings.inletWarmUpMs)
    enqueue(world, { sandbox: open.sandbox.name, flowId: flow["id"], kind, ...sent, xactionId });
  return { xactionId, receivedTimeMs };
}

/** Every message for itself, answers in order. The envelope must be readable. */
function takeBatch(
  world: World,
  open: OpenInlet,
  { content, source, bytes }: Sent,
  flowId: string | undefined,
): Entity {
  const envelope: unknown = content;
  const messages: unknown = isObject(envelope) ? envelope["messages"] : undefined;
  if (!Array.isArray(messages))
    throw inletProblem(
      400,
      "Invalid Message Format",
      messageText(open.inlet.id, world.org, "The batch has no list of messages"),
    );
  const receivedTimeMs = world.clock.now();
  const sources = (source as { messages: unknown[] }).messages;
  const share = messages.length === 0 ? 0 : Math.round(bytes / messages.length);
  const responses = messages.map((content: Json, index) => {
    try {
      const sent = { content, source: sources[index], bytes: share };
      return { xactionId: take(world, open, addressMessage(world, open, content, flowId), sent).xactionId };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { statusCode: error.status, message: error.message };
    }
  });
  const batchId = `${receivedTimeMs}:${1000 + world.requestIds.below(9000)}:${100 + world.requestIds.below(900)}`;
  return { inletId: open.inlet.id, batchId, receivedTimeMs, responses };
}

/** Runs the message through its flow and refuses it when the result does not fit; a mapped message is mapped first (assumed). */
function validateNow(world: World, open: OpenInlet, { flow, kind }: Addressed, { content, source }: Sent): void {
  let outcome: Outcome;
  try {
    const pipeline = compilePipeline(world, open.sandbox, flow, world.requestIds);
    outcome = kind === "xdm" ? pipeline.entity((content as Entity)["body"].xdmEntity) : pipeline.event(source, content);
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    throw inletProblem(400, "Invalid XDM Message Format", messageText(open.inlet.id, world.org, error.message));
  }
  if (!outcome.ok) throw invalidXdm(open.inlet.id, world.org, outcome.violations);
}
