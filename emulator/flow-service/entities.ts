/** The store side of the Flow Service: objects with the common fields, their etags, their lookup. */
import { isObject } from "../http.ts";
import { applyPatch, PatchError, type PatchOperation, parsePatch } from "../json-patch.ts";
import { flowProblem } from "../problem.ts";
import type { Entity, Ids, SandboxState, World } from "../store.ts";
import { danglingReference, missingVersion, notFound, refusal, sourcesRefusal } from "./refusals.ts";

export type Stored = "connections" | "sourceConnections" | "targetConnections" | "flows" | "runs";

/**
 * Stores a new object with the documented common fields and gives back `{id, etag}`, the answer of every create. The data
 * plane brings a generator of its own: what happens in the background does not shift the ids of what clients create.
 */
export function insert(
  world: World,
  sandbox: SandboxState,
  kind: Stored,
  body: Entity,
  ids: Ids = world.ids,
): { id: string; etag: string } {
  const now = world.clock.now();
  const etag = ids.etag(now);
  const id = ids.uuid();
  const caller = `${world.clientId}@AdobeID`;
  const entity: Entity = {
    id,
    createdAt: now,
    updatedAt: now,
    createdBy: caller,
    updatedBy: caller,
    createdClient: world.clientId,
    updatedClient: world.clientId,
    sandboxId: sandbox.entity["id"] ?? sandbox.name,
    sandboxName: sandbox.name,
    imsOrgId: world.org,
    ...body,
    version: etag,
    etag,
  };
  sandbox.flowService[kind].set(id, entity);
  return { id, etag };
}

/** Replaces an object by its next state with a new etag. */
export function update(
  world: World,
  sandbox: SandboxState,
  kind: Stored,
  next: Entity,
  ids: Ids = world.ids,
): { id: string; etag: string } {
  const now = world.clock.now();
  const etag = ids.etag(now);
  const entity = { ...next, updatedAt: now, updatedBy: `${world.clientId}@AdobeID`, version: etag, etag };
  sandbox.flowService[kind].set(next["id"], entity);
  return { id: next["id"], etag };
}

/** The object with the id of a path; 404 FLOW-1439-404 without. */
export function find(sandbox: SandboxState, kind: Stored, id: string): Entity {
  const entity = sandbox.flowService[kind].get(id);
  if (!entity) throw notFound(kind, id);
  return entity;
}

/** The object a body refers to; FLOW-1439-400 without. */
export function referenced(sandbox: SandboxState, kind: Stored, id: string): Entity {
  const entity = sandbox.flowService[kind].get(id);
  if (!entity) throw danglingReference(kind, id);
  return entity;
}

/** If-Match as documented: required (1403-400), compared with its quotes (1404-412). */
export function checkIfMatch(entity: Entity, type: Stored, ifMatch: string | undefined): void {
  const id = entity["id"] as string;
  if (!ifMatch) throw refusal(1403, "The If-Match header with the current etag is required", { id, type });
  if (ifMatch === entity["etag"]) return;
  const message = `The supplied version '${ifMatch}' does not match the current version '${entity["etag"]}' of the entity`;
  throw flowProblem(1404, 412, message, { title: "Version not matching", id, type });
}

/** Parses a JSON Patch and applies it: 1434 for foreign ops, 1405 for an empty one, 1455 for a missing target. */
export function patched(entity: Entity, body: unknown, check: (operation: PatchOperation) => void): Entity {
  try {
    const operations = parsePatch(body);
    if (operations.length === 0) throw refusal(1405, "The request body is empty");
    for (const operation of operations) check(operation);
    return applyPatch(entity, operations);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    if (error.reason === "op") throw refusal(1434, error.message);
    if (error.reason === "missing") throw refusal(1455, `Missing field "${error.field}"`);
    throw error.reason === "path" ? sourcesRefusal(1365, error.message) : refusal(1405, error.message);
  }
}

/** A `{id, version}` reference to a spec in a create body. */
export function specReference(body: Entity, field: "connectionSpec" | "flowSpec"): { id: string; version: string } {
  const reference: unknown = body[field];
  if (!isObject(reference) || typeof reference["id"] !== "string" || reference["id"] === "")
    throw refusal(1413, `Please provide a valid spec id in ${field}.id`);
  if (reference["version"] === undefined) throw missingVersion(field);
  return { id: reference["id"], version: String(reference["version"]) };
}

/** A text field of a create body, or the provider's 1304 when it is missing and required. */
export function textField(body: Entity, field: string, required: boolean): string | undefined {
  const value = body[field];
  if (typeof value === "string" && value.trim() !== "") return value;
  if (value !== undefined && value !== null && value !== "" && typeof value !== "string")
    throw refusal(1100, `${field} must be a string`);
  if (required) throw sourcesRefusal(1304, `The field ${field} is mandatory`);
  return typeof value === "string" ? value : undefined;
}

/** The state a create begins in: `draft` with `?mode=draft`, else `enabled`. */
export function initialState(mode: string | undefined): "draft" | "enabled" {
  if (mode === undefined || mode === "") return "enabled";
  if (mode.toLowerCase() === "draft") return "draft";
  throw sourcesRefusal(1368, `Mode ${mode} is not allowed`);
}
