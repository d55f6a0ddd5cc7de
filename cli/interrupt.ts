/** Ctrl-C in a command: the first one asks the work to end in good order, the second ends the process. */
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";

/**
 * Runs `body` with a signal that aborts at the first SIGINT or SIGTERM. When the body then ends, however it does, the
 * command ends as interrupted.
 * @throws AepError INTERRUPTED
 */
export async function interruptible<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCode("interrupted"));
    controller.abort();
  };
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, stop);
  try {
    const result = await body(controller.signal);
    if (controller.signal.aborted) throw new AepError("INTERRUPTED", "stopped before its end");
    return result;
  } catch (error) {
    if (!controller.signal.aborted || (error instanceof AepError && error.code === "INTERRUPTED")) throw error;
    throw new AepError("INTERRUPTED", "stopped before its end", { cause: error });
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, stop);
  }
}
