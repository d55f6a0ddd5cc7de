/**
 * The second lock on what holds data. Pulumi's `protect` is the first; a dataset or schema goes only when both are open.
 * This one is the stack's `aep:allowDestroy`: names of datasets and titles of schemas, or "*" for all of them.
 */
import type { ConfigSource } from "../aep/settings.ts";
import { AepError } from "../errors.ts";
import { changesOf, type Kind } from "./kind.ts";
import type { Plain } from "./values.ts";

/** Names that may be destroyed, or ids; "*" is every one. */
export type Allowance = ReadonlySet<string>;

const KEY = "aep:allowDestroy";
const VARIABLE = "AEP_ALLOW_DESTROY";
const EVERYTHING = "*";

/**
 * What may be destroyed: the environment first (a JSON list, or names with commas between them), the stack second.
 * A destroy without the program sees the configuration of the last `up`, because that is what Pulumi keeps in the state.
 */
export function readAllowance(config: ConfigSource, env: NodeJS.ProcessEnv = process.env): Allowance {
  const text = env[VARIABLE]?.trim() || config(KEY)?.trim() || "";
  if (text.startsWith("[")) {
    try {
      return new Set((JSON.parse(text) as unknown[]).map(String));
    } catch {
      return new Set();
    }
  }
  const names = text.split(",").map((name) => name.trim());
  return new Set(names.filter((name) => name !== ""));
}

/** What the program must not do to this object, path by path; told in the preview, where nothing has happened yet. */
export function refusedReplacements(kind: Kind, olds: Plain, news: Plain, allowance: Allowance): string[] {
  if (!kind.holdsData || Object.keys(olds).length === 0 || isAllowed(allowance, nameOf(olds))) return [];
  const replacing = changesOf(kind, olds, news).filter(({ mode }) => mode.endsWith("replace"));
  return replacing.map(
    ({ path, reason }) =>
      `${path}: would replace the ${kind.name}, and its data would be lost: ${reason}. ${advice(olds)}`,
  );
}

/** @throws AepError AEP_DESTROY_REFUSED unless the stack allows this object to go */
export function requireAllowance(kind: Kind, id: string, inputs: Plain, allowance: Allowance): void {
  if (!kind.holdsData || isAllowed(allowance, nameOf(inputs), id)) return;
  throw new AepError("AEP_DESTROY_REFUSED", "not deleted: it may hold data, and the stack does not allow it to go", {
    hint: `${advice(inputs)} A destroy that runs no program needs one \`up\` with it first, or ${VARIABLE} in the environment.`,
  });
}

function isAllowed(allowance: Allowance, ...names: string[]): boolean {
  return allowance.has(EVERYTHING) || names.some((name) => allowance.has(name));
}

const nameOf = (inputs: Plain): string => String(inputs["name"] ?? inputs["title"] ?? "");
const advice = (inputs: Plain): string => `If its data may be lost, add "${nameOf(inputs)}" to ${KEY}.`;
