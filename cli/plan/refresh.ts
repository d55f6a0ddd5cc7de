/** A stack against what AEP holds: a refresh that writes nothing, read. */
import { AepError } from "../../errors.ts";
import { complaint, runPulumi } from "../run-pulumi.ts";
import { failuresText } from "./failures.ts";
import { readSteps } from "./read.ts";

export interface Refreshed extends ReturnType<typeof readSteps> {
  /** What went wrong; empty when nothing did. */
  failure: string;
}

/** No object and no state is written. @throws AepError DEPLOYMENT_UNREADABLE when there is nothing to read */
export async function previewRefresh(stack: string, signal: AbortSignal | undefined): Promise<Refreshed> {
  const args = ["refresh", "--preview-only", "--json", "--non-interactive", "--stack", stack];
  const ran = await runPulumi(args, signal && { signal });
  const refreshed = read(ran.stdout);
  if (!refreshed) throw new AepError("DEPLOYMENT_UNREADABLE", complaint(ran), { where: `stack ${stack}` });
  const failure = failuresText(refreshed.errors) || (ran.exitCode === 0 ? "" : complaint(ran));
  return { ...refreshed, failure };
}

function read(text: string): ReturnType<typeof readSteps> | undefined {
  try {
    return readSteps(text, "refresh");
  } catch (error) {
    if (error instanceof AepError) return undefined;
    throw error;
  }
}
