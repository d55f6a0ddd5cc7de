/** Runs one command line: what went wrong is told in one message, and the exit code is one of the table. */
import { CommanderError } from "commander";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";
import { buildProgram } from "./program.ts";

/** `argv` as Node has it. Sets the process's exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = exitCode(error.exitCode === 0 ? "ok" : "usage");
      return;
    }
    process.stderr.write(`${error instanceof AepError ? error.toString() : unexpected(error)}\n`);
    process.exitCode = exitCode(codeOf(error));
  }
}

function codeOf(error: unknown): "usage" | "interrupted" | "failed" {
  const code = error instanceof AepError ? error.code : undefined;
  return code === "USAGE" ? "usage" : code === "INTERRUPTED" ? "interrupted" : "failed";
}

/** Anything that is not an AepError is a defect of ours: its stack is shown only when asked for. */
function unexpected(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && process.env["AEP_DEBUG"] ? `\n${error.stack}` : "";
  return `Unexpected failure: ${text}${stack}\n  This is a defect of aep; set AEP_DEBUG=1 for the stack and report it.`;
}
