/** What the four kinds of the Flow Service share. */
import type { FlowCollection, FlowEntity, PatchOperation } from "../aep/flow-service.ts";
import { orGone } from "../aep/shape.ts";
import { AepError } from "../errors.ts";
import type { Context } from "./context.ts";
import type { Known } from "./kind.ts";
import { until } from "./patience.ts";
import type { Source } from "./reads.ts";
import { at, type Plain, same } from "./values.ts";

/** States in which an object takes changes; every other one passes by itself. */
const RESTING = new Set(["enabled", "disabled", "draft"]);
const TRANSITION_DEADLINE_MS = 120_000;
const PATCH_ATTEMPTS = 4;
/** Refusals that say "not in this state": 1416, 1420, 1421, 1422, 1457, 1458. */
const TRANSITIONAL = /^FLOW-14(16|20|21|22|57|58)-400$/;

export function flowSource(context: Context, collection: FlowCollection): Source<FlowEntity> {
  return {
    get: (id) => context.flows.get(collection, id),
    list: () => context.flows.list(collection),
    idOf: (object) => object.id,
  };
}

/** Objects of a name. Names that the filter's own syntax would misread are compared here instead. */
export async function* findByName(
  context: Context,
  collection: FlowCollection,
  name: unknown,
): AsyncGenerator<FlowEntity> {
  const filters = plainName(name) ? [`name==${name}`] : [];
  for await (const object of context.flows.list(collection, filters)) if (object.name === name) yield object;
}

/** Whether a name can stand in a `property` filter as it is. */
export function plainName(name: unknown): boolean {
  return typeof name === "string" && /^[\p{L}\p{N} _.:()/-]+$/u.test(name) && name === name.trim();
}

/** A spec reference as given back: an object, or in some samples the bare id. */
export function specOf(value: unknown, known: unknown): Plain | undefined {
  if (typeof value === "string") return { id: value, version: at(known, "version") ?? "1.0" };
  const id = at(value, "id");
  return typeof id === "string" ? { id, version: String(at(value, "version") ?? "1.0") } : undefined;
}

/** Name and description. A description no longer declared is emptied; one never declared is left alone. */
export function labelOperations(object: FlowEntity, inputs: Plain, known: Known): PatchOperation[] {
  const operations: PatchOperation[] = [];
  if (object.name !== inputs["name"]) operations.push({ op: "replace", path: "/name", value: inputs["name"] });
  const managed = inputs["description"] !== undefined || known.inputs["description"] !== undefined;
  const wanted = inputs["description"] ?? "";
  if (managed && (object.description ?? "") !== wanted) {
    const op = object.description === undefined || object.description === null ? "add" : "replace";
    operations.push({ op, path: "/description", value: wanted });
  }
  return operations;
}

/** How one object is to be changed. */
export interface FlowChange {
  collection: FlowCollection;
  /** What is left to do for the object as it is now. */
  plan: (object: FlowEntity) => PatchOperation[];
  /** What of the object is managed; a concurrent change of anything else does not matter. */
  managed: (object: FlowEntity) => Plain;
}

/**
 * Changes an object under its etag. When somebody was faster, it is read again: the work goes on if only unmanaged
 * parts changed, and ends with both versions in one message if a managed one did. Gives the object as last read.
 */
export async function patchFlowObject(context: Context, object: FlowEntity, change: FlowChange): Promise<FlowEntity> {
  let current = await settled(context, change.collection, object);
  for (let attempt = 1; ; attempt++) {
    const operations = change.plan(current);
    if (operations.length === 0) return current;
    try {
      await context.flows.patch(change.collection, current.id, current.etag ?? "", operations);
      return current;
    } catch (error) {
      if (!(error instanceof AepError) || error.code !== "AEP_ETAG_MISMATCH" || attempt === PATCH_ATTEMPTS) throw error;
      const fresh = await reread(context, change.collection, current.id);
      if (change.plan(fresh).length > 0) requireSame(change.managed(current), change.managed(fresh), error);
      current = fresh;
    }
  }
}

function requireSame(before: Plain, now: Plain, error: AepError): void {
  const different = Object.keys({ ...before, ...now }).filter((key) => !same(before[key], now[key]));
  if (different.length === 0) return;
  const shown = different.map((key) => `${key} was ${text(before[key])} and is now ${text(now[key])}`);
  throw new AepError("AEP_ETAG_MISMATCH", `somebody else changed it at the same time: ${shown.join("; ")}`, {
    where: error.where,
    status: error.status,
    apiCode: error.apiCode,
    requestId: error.requestId,
  });
}

function text(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

/** Whether an object was not in the state for what was asked of it. */
export function isTransitional(error: unknown): boolean {
  return error instanceof AepError && TRANSITIONAL.test(error.apiCode ?? "");
}

/** The object once it is in a state that takes changes. */
export async function settled(context: Context, collection: FlowCollection, object: FlowEntity): Promise<FlowEntity> {
  const rests = (one: FlowEntity) => one.state === undefined || RESTING.has(one.state);
  if (rests(object)) return object;
  const what = `${collection} ${object.id} to leave the state ${object.state}`;
  return until(what, () => reread(context, collection, object.id), rests, TRANSITION_DEADLINE_MS);
}

/** The object as it is now. @throws AepError AEP_NOT_FOUND when it is gone */
export async function reread(context: Context, collection: FlowCollection, id: string): Promise<FlowEntity> {
  const object = await context.flows.get(collection, id);
  if (object) return object;
  throw new AepError("AEP_NOT_FOUND", `${id} was deleted meanwhile`, { hint: "Run a refresh, then apply again." });
}

/** Deletes an object; one in a transitional state is waited for first. */
export async function removeFlowObject(context: Context, collection: FlowCollection, id: string): Promise<void> {
  try {
    await context.flows.remove(collection, id);
  } catch (error) {
    if (!isTransitional(error)) throw error;
    const object = await orGone(context.flows.get(collection, id));
    if (object === undefined) return;
    await settled(context, collection, object);
    await context.flows.remove(collection, id);
  }
}
