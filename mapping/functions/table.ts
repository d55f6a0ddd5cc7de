import { DATE_FUNCTIONS } from "./dates.ts";
import { HASH_FUNCTIONS } from "./hashes.ts";
import { LOGIC_FUNCTIONS } from "./logic.ts";
import { OBJECT_FUNCTIONS } from "./objects.ts";
import { RECOGNISED_FUNCTIONS } from "./recognised.ts";
import { STRING_FUNCTIONS } from "./strings.ts";
import type { FunctionSpec } from "./types.ts";
import { URL_FUNCTIONS } from "./urls.ts";

/** Every function of the language, once. The evaluator, the checks, the reference page and completion all read this. */
export const FUNCTIONS: readonly FunctionSpec[] = [
  ...STRING_FUNCTIONS,
  ...HASH_FUNCTIONS,
  ...URL_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
  ...LOGIC_FUNCTIONS,
  ...RECOGNISED_FUNCTIONS,
];

const BY_NAME: ReadonlyMap<string, FunctionSpec> = new Map(
  FUNCTIONS.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])].map((name) => [name, spec] as const)),
);

/** A function by its name or alias; names are case-sensitive. */
export function findFunction(name: string): FunctionSpec | undefined {
  return BY_NAME.get(name);
}

/** Every name and alias. */
export function functionNames(): string[] {
  return [...BY_NAME.keys()];
}
