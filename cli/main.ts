/** Runs one command line: what went wrong is told in one message, and the exit code is one of the table. */
import { CommanderError } from "commander";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";
import { asDocument, asksForJson, foreseen } from "./failure.ts";
import { printJson, timesPrinted } from "./print.ts";
import { buildProgram } from "./program.ts";

/** `argv` as Node has it. Sets the process's exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = await buildProgram(argv.slice(2));
  const printedBefore = timesPrinted();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCode(codeOf(error));
    if (process.exitCode === 0) return;
    const failure = foreseen(error);
    // Commander has told its own already, with the name that was perhaps meant.
    if (!(error instanceof CommanderError))
      process.stderr.write(`${failure instanceof AepError ? failure.toString() : unexpected(failure)}\n`);
    if (asksForJson(program, argv) && timesPrinted() === printedBefore) printJson(asDocument(failure));
  }
}

function codeOf(error: unknown): "ok" | "usage" | "interrupted" | "failed" {
  if (error instanceof CommanderError) return error.exitCode === 0 ? "ok" : "usage";
  const code = error instanceof AepError ? error.code : undefined;
  return code === "USAGE" ? "usage" : code === "INTERRUPTED" ? "interrupted" : "failed";
}

/** Anything that is not an AepError is a defect of ours: its stack is shown only when asked for. */
function unexpected(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && process.env["AEP_DEBUG"] ? `\n${error.stack}` : "";
  return `Unexpected failure: ${text}${stack}\n  This is a defect of aep; set AEP_DEBUG=1 for the stack and report it.`;
}
