/** Why a difference is there. Pure. */
import { z } from "zod";
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import { same } from "../../resources/values.ts";
import type { DriftClass, Written } from "./model.ts";

/** Clocks are never quite the same. */
const GRACE_MS = 2_000;

export interface Seen {
  kind: KindName;
  /** First key of the path. */
  field: string;
  expected: unknown;
  found: unknown;
  /** When the stack wrote the object last, epoch milliseconds on the API's clock. */
  deployed: number | undefined;
  written: Written;
}

export function classify(seen: Seen): DriftClass {
  if (isMask(seen.found) && !isMask(seen.expected)) return "masked";
  const later = writtenLater(seen.written, seen.deployed);
  if (later !== undefined) return later ? "edited" : "default";
  return same(seen.expected, defaultOf(seen.kind, seen.field)) && seen.expected !== undefined ? "default" : "edited";
}

/** Whether somebody wrote the object after the stack did; undefined when the API does not say when. */
export function writtenLater({ at }: Written, deployed: number | undefined): boolean | undefined {
  return at === undefined || deployed === undefined ? undefined : at > deployed + GRACE_MS;
}

/** `****`, `xxxx`, `[REDACTED]`, `<hidden>`: what services show in a secret's place. */
export function isMask(value: unknown): boolean {
  return typeof value === "string" && /^(\*{3,}|[xX]{4,}|•{3,}|[[<(]?(redacted|hidden|masked)[\])>]?)$/i.test(value);
}

/** What the kind fills in where the program says nothing. */
function defaultOf(kind: KindName, field: string): unknown {
  const schema = KINDS[kind].inputs.shape[field];
  return schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
}
