/** JSON Patch (RFC 6902) as Adobe's services take it: add, replace and remove, `op` in any case. */
import type { Entity, Json } from "./store.ts";

export interface PatchOperation {
  op: "add" | "replace" | "remove";
  path: string;
  value?: Json;
}
/** Why a patch cannot be applied; the service turns it into its own refusal. */
export class PatchError extends Error {
  readonly reason: "shape" | "op" | "path" | "missing";
  /** The last segment of the path, for texts like `Missing field "x"`. */
  readonly field: string;
  constructor(reason: PatchError["reason"], message: string, field = "") {
    super(message);
    this.name = "PatchError";
    this.reason = reason;
    this.field = field;
  }
}

/**
 * Checks a request body. Throws PatchError "shape" when it is no list of operations and "op" for `move`, `copy`,
 * `test` and unknown ones (the Flow Service documents 1434-400 for them).
 */
export function parsePatch(body: unknown): PatchOperation[] {
  if (!Array.isArray(body)) throw new PatchError("shape", "The body must be a JSON Patch array");
  return body.map((item: unknown) => {
    if (typeof item !== "object" || item === null) throw new PatchError("shape", "A patch operation must be an object");
    const { op, path, value } = item as Record<string, unknown>;
    if (typeof op !== "string" || typeof path !== "string")
      throw new PatchError("shape", "A patch operation needs op and path");
    const lower = op.toLowerCase();
    if (lower !== "add" && lower !== "replace" && lower !== "remove")
      throw new PatchError("op", `Operation ${op} is not supported`);
    if (lower !== "remove" && value === undefined) throw new PatchError("shape", `Operation ${op} needs a value`);
    return { op: lower, path, value: value as Json };
  });
}

/**
 * Applies the operations to a copy and returns it; the original stays as it was, also when one of them fails.
 * Throws PatchError "path" for a malformed pointer and "missing" when the target or its parent does not exist.
 */
export function applyPatch<T extends Entity>(target: T, operations: PatchOperation[]): T {
  const holder = { root: structuredClone(target) };
  for (const operation of operations) applyOne(holder, operation);
  return holder.root;
}

/** The segments of a JSON pointer, unescaped. Throws PatchError "path". */
export function pointerSegments(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new PatchError("path", `Path ${pointer} must begin with /`);
  return pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function applyOne(holder: { root: unknown }, operation: PatchOperation): void {
  if (operation.path === "") throw new PatchError("path", "The whole document cannot be the target of a patch");
  const segments = ["root", ...pointerSegments(operation.path)];
  const last = segments.pop() as string;
  let parent: unknown = holder;
  for (const segment of segments) parent = childOf(parent, segment, operation.path);
  if (Array.isArray(parent)) {
    applyToArray(parent, last, operation);
    return;
  }
  if (typeof parent !== "object" || parent === null) throw missing(operation.path, last);
  const object = parent as Record<string, unknown>;
  if (operation.op !== "add" && !Object.hasOwn(object, last)) throw missing(operation.path, last);
  if (operation.op === "remove") delete object[last];
  else define(object, last, structuredClone(operation.value));
}

function applyToArray(array: unknown[], last: string, operation: PatchOperation): void {
  const { op, path } = operation;
  const index = last === "-" ? array.length : Number(last);
  const limit = op === "add" ? array.length : array.length - 1;
  if (!/^(-|0|[1-9]\d*)$/.test(last) || index > limit) throw missing(path, last);
  if (op === "add") array.splice(index, 0, structuredClone(operation.value));
  else if (op === "remove") array.splice(index, 1);
  else array[index] = structuredClone(operation.value);
}

function childOf(parent: unknown, segment: string, path: string): unknown {
  if (Array.isArray(parent) && /^(0|[1-9]\d*)$/.test(segment) && Number(segment) < parent.length)
    return parent[Number(segment)];
  if (typeof parent === "object" && parent !== null && !Array.isArray(parent) && Object.hasOwn(parent, segment))
    return (parent as Record<string, unknown>)[segment];
  throw missing(path, segment);
}

/** Defined, not assigned: a key named `__proto__` stays a plain key. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function missing(path: string, field: string): PatchError {
  return new PatchError("missing", `Missing field "${field}" (path ${path})`, field);
}

/** JSON merge patch (RFC 7386): objects merge, null removes, everything else replaces. Returns a new value. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return structuredClone(patch);
  const base = typeof target === "object" && target !== null && !Array.isArray(target) ? structuredClone(target) : {};
  const result = base as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else define(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value));
  }
  return result;
}
