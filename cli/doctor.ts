/** `aep doctor`: whether this machine, the project, the credentials and the sandbox are ready, each check with its mend. */
import type { Command } from "commander";
import type { Result } from "./doctor/check.ts";
import { exitCode } from "./exit-codes.ts";
import { findingText, tally, tallyText } from "./finding.ts";
import { interruptible } from "./interrupt.ts";
import { print, printJson } from "./print.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  stack?: string;
  json?: boolean;
  quiet?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("doctor")
    .description(
      "check machine, project, credentials, sandbox, permissions and the guide's checklist; nothing is changed",
    )
    .option("--stack <name>", "stack to check (default: the one selected)")
    .option("--json", "as JSON");
  withQuiet(command).action(run);
}

async function run(options: Options): Promise<void> {
  const results = await interruptible(() => check(options));
  const ok = results.every(({ status }) => status !== "fail");
  if (options.json) printJson({ ok, counts: tally(results), checks: results });
  else report(results);
  if (!ok) process.exitCode = exitCode("failed");
}

async function check(options: Options): Promise<Result[]> {
  const { runChecks } = await import("./doctor/check.ts");
  const { CHECKS } = await import("./doctor/checks.ts");
  const { Facts } = await import("./doctor/facts.ts");
  const progress = new Progress("doctor", { quiet: options.quiet, total: CHECKS.length, unit: "checks" });
  let done = 0;
  try {
    return await runChecks(CHECKS, new Facts(options.stack), ({ title }) => progress.update(++done, title));
  } finally {
    progress.end();
  }
}

function report(results: readonly Result[]): void {
  const width = Math.max(...results.map(({ title }) => title.length));
  let group = "";
  for (const { group: heading, title, ...finding } of results) {
    if (heading !== group) print(`${group === "" ? "" : "\n"}${heading}`);
    group = heading;
    print(findingText(title, width, finding));
  }
  print(`\n${tallyText(results)}`);
}
