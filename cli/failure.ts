/** What a command failed with: as an error of the table where that can be, and as the document of `--json`. */
import { type Command, CommanderError } from "commander";
import { AepError, fileError } from "../errors.ts";

/** A wrong command line, and what the file system refuses wherever it is met; anything else stays as it is. */
export function foreseen(error: unknown): unknown {
  if (error instanceof CommanderError) return new AepError("USAGE", error.message.replace(/^error: /, ""));
  return fileError(error) ?? error;
}

/** `{"error": {code, message, where, hint, ...}}`: the one document on standard output of a command that failed. */
export function asDocument(failure: unknown): unknown {
  if (!(failure instanceof AepError))
    return { error: { code: "UNEXPECTED", message: failure instanceof Error ? failure.message : String(failure) } };
  const { code, message, where, status, apiCode, requestId, hint } = failure;
  return { error: { code, message, where, status, apiCode, requestId, hint } };
}

/** Whether the command has `--json` as a mere switch, and the line holds it. */
export function asksForJson(program: Command, argv: readonly string[]): boolean {
  if (!argv.includes("--json")) return false;
  let command = program;
  for (const word of argv.slice(2)) {
    const inner = command.commands.find((one) => one.name() === word);
    if (inner === undefined) break;
    command = inner;
  }
  return command.options.some(({ long, required }) => long === "--json" && !required);
}
