/** What counts as a secret by its name, and how it is hidden in call logs. */
import { isObject } from "./http.ts";
import type { Json } from "./store.ts";

const SECRET =
  /(secret|password|pass_?phrase|private_?key(content)?|(access|refresh|id|sas|bearer|auth)_?token|^token|credentials?|api_?key|access_?key(id)?|connection_?string|sas_?uri|authorization|assertion)$/i;

/** Whether a field, parameter or header of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** What nests deeper is only mentioned: a log is no place to run out of stack. */
const MAX_DEPTH = 100;

/** A deep copy with every secret string replaced by "****". JSON Patch items are masked by their path's last segment. */
export function maskSecrets(value: unknown, depth = 0): Json {
  if (depth > MAX_DEPTH) return "(nested too deep)";
  if (Array.isArray(value)) return value.map((item) => maskSecrets(item, depth + 1));
  if (!isObject(value)) return (value ?? null) as Json;
  const patched = typeof value["path"] === "string" && isSecretName(value["path"].split("/").pop() ?? "");
  const entries = Object.entries(value).map(([key, item]): [string, Json] => {
    const hide = isSecretName(key) || (patched && key === "value");
    return [key, hide && isScalar(item) ? "****" : maskSecrets(item, depth + 1)];
  });
  return Object.fromEntries(entries);
}

/** A deep copy with every secret's text replaced; undefined takes the field away. For answers, which nest as their stored objects do. */
export function replaceSecrets(value: unknown, replacement: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceSecrets(item, replacement));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    if (!isSecretName(key) || !isScalar(item)) return [[key, replaceSecrets(item, replacement)]];
    return replacement === undefined ? [] : [[key, replacement]];
  });
  return Object.fromEntries(entries);
}

/** Path and query with the values of secret parameters replaced. */
export function maskUrl(url: string): string {
  const { pathname, search, searchParams } = new URL(url);
  if (search === "") return pathname;
  for (const name of new Set(searchParams.keys())) if (isSecretName(name)) searchParams.set(name, "****");
  return `${pathname}?${searchParams}`;
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}
