/** The CLI's exit codes. */
import { AepError } from "../../errors.ts";

export const EXIT = { ok: 0, failed: 1, usage: 2, noStack: 6, changes: 7, canceled: 8 } as const;

/** The exit code of an error that ended a command. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof AepError)) return EXIT.failed;
  if (error.code === "ENGINE_STACK") return EXIT.noStack;
  return error.code === "AEP_CONFIG_INVALID" ? EXIT.usage : EXIT.failed;
}
