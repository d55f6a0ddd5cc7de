/** Who wrote an object last and when, read from the API with one call for each object that differs. */
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import { at } from "../../resources/values.ts";
import type { Written } from "./model.ts";

/** Paths in the service's answer: by whom, when (epoch milliseconds). Adobe's samples show them so. */
const FIELDS: ReadonlyArray<readonly [by: string, at: string]> = [
  ["updatedBy", "updatedAt"],
  ["updatedUser", "updated"],
  ["modifiedBy", "modifiedDate"],
];
/** The registry's keys hold dots and colons of their own. */
const REGISTRY = "meta:registryMetadata";

/** Empty where the service does not say, or does not let the caller read it: it is told besides, not needed. */
export async function lastWritten(context: Context, kind: KindName, id: string): Promise<Written> {
  try {
    const object = await KINDS[kind].source(context).get(id);
    return writtenOf(at(object, "descriptor") ?? object);
  } catch (error) {
    if (error instanceof AepError) return { by: undefined, at: undefined };
    throw error;
  }
}

function writtenOf(object: unknown): Written {
  const registry = at(object, REGISTRY) as Record<string, unknown> | undefined;
  if (registry) return { by: text(registry["xdm:lastModifiedUserId"]), at: time(registry["repo:lastModifiedDate"]) };
  const [by, when] = FIELDS.find(([, path]) => at(object, path) !== undefined) ?? ["", ""];
  return { by: text(at(object, by)), at: time(at(object, when)) };
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function time(value: unknown): number | undefined {
  const ms = typeof value === "string" && !/^\d+$/.test(value) ? Date.parse(value) : Number(value);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
