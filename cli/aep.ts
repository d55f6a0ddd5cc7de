#!/usr/bin/env -S node --
/** `aep`: one file per command; each command file exports `register(program)` and loads what it needs when it runs. */
import { Command, CommanderError } from "commander";
import { AepError } from "../errors.ts";
import { register as adopt } from "./adopt.ts";
import { register as demo } from "./demo.ts";
import { register as emulator } from "./emulator.ts";
import { register as exportSandbox } from "./export.ts";
import { register as mapping } from "./mapping.ts";
import { register as plan } from "./plan.ts";
import { register as pulumi } from "./pulumi.ts";

function program(): Command {
  const root = new Command("aep")
    .description("Adobe Experience Platform ingestion as code")
    .showHelpAfterError("(run with --help for the options)")
    .showSuggestionAfterError(true)
    .exitOverride();
  for (const register of [pulumi, plan, adopt, exportSandbox, mapping, emulator, demo]) register(root);
  return root;
}

/** Exit codes: 0 done, 1 failed (the message says why), 2 the command line itself was wrong; a command may set others. */
async function main(): Promise<void> {
  process.stdout.on("error", readerLeft);
  try {
    await program().parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.stderr.write(`${error instanceof AepError ? error.toString() : unexpected(error)}\n`);
    process.exitCode = error instanceof AepError && error.code === "USAGE" ? 2 : 1;
  }
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
