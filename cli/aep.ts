#!/usr/bin/env -S node --
/** `aep`: the command line's entry point. */
import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "../engine/protocol/compile-cache.ts";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";

async function main(): Promise<void> {
  process.stdout.on("error", readerLeft);
  // What a command loads is stripped of its types and compiled once, not at every start.
  const cache = compileCacheFolder(import.meta.filename);
  if (cache !== undefined) enableCompileCache(cache);
  const { CommanderError } = await import("commander");
  try {
    const { buildProgram } = await import("./program.ts");
    await buildProgram().parseAsync(process.argv);
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

/** Whoever read our output has enough (`| head`): that is an end, not a failure. */
function readerLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
}

/** Anything that is not an AepError is a defect of ours: its stack is shown only when asked for. */
function unexpected(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && process.env["AEP_DEBUG"] ? `\n${error.stack}` : "";
  return `Unexpected failure: ${text}${stack}\n  This is a defect of aep; set AEP_DEBUG=1 for the stack and report it.`;
}

await main();
