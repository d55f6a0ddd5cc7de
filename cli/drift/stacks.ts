/** Which stacks a drift check is about. */
import { existsSync, readdirSync } from "node:fs";
import { STACKS_FOLDER } from "../../config.ts";
import { AepError } from "../../errors.ts";
import { listStacks, selectedStack } from "../selected-stack.ts";

export interface StackToCheck {
  stack: string;
  /** Its file is there and nothing is deployed. */
  empty?: true;
}

/** @throws AepError USAGE, FILE_NOT_FOUND, DEPLOYMENT_UNREADABLE */
export async function stacksToCheck(given: readonly string[], all: boolean): Promise<StackToCheck[]> {
  if (!all && given.length === 0) return [{ stack: await selectedStack(undefined) }];
  if (!all) return [...new Set(given)].map((stack) => ({ stack }));
  const files = existsSync(STACKS_FOLDER) ? readdirSync(STACKS_FOLDER) : [];
  const declared = files.flatMap((file) => /^Pulumi\.(.+)\.ya?ml$/.exec(file)?.[1] ?? []).sort();
  if (declared.length === 0)
    throw new AepError("FILE_NOT_FOUND", `there are no stack files in ${STACKS_FOLDER}/`, {
      hint: "Run it in the project's directory.",
    });
  const known = new Map((await listStacks()).map(({ name, resources }) => [name, resources]));
  return declared.map((stack) => (known.has(stack) && known.get(stack) !== 0 ? { stack } : { stack, empty: true }));
}
