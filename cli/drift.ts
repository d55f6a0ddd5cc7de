/** `aep drift`: what somebody changed in the sandboxes since the stacks were deployed. Writes nothing, neither state nor objects. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import type { StackDrift } from "./drift/model.ts";
import { exitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { append } from "./option-values.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  stack: string[];
  all?: boolean;
  /** A file, or true for standard output. */
  markdown?: string | true;
  json?: string | true;
  sarif?: string | true;
  out?: string;
  quiet?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("drift")
    .description("what was changed in the sandboxes behind the stacks' back; exit code 7 when there is any")
    .option("--stack <name>", "stack to check; repeatable (default: the selected one)", append, [])
    .option("--all", "every stack of stacks/ that is deployed")
    .option(
      "--markdown [file]",
      "Markdown, for the issue that a nightly run keeps up to date; printed, or written to a file",
    )
    .option("--json [file]", "JSON; printed, or written to a file")
    .option("--sarif [file]", "SARIF 2.1.0, for code scanning; printed, or written to a file")
    .option("--out <file>", "write to a file instead of standard output");
  withQuiet(command).action(run);
}

const FORMATS = ["markdown", "json", "sarif"] as const;
type Format = (typeof FORMATS)[number] | "text";

async function run(options: Options): Promise<void> {
  const printed = FORMATS.filter((format) => options[format] === true);
  if (printed.length > 1)
    throw new AepError("USAGE", `--${printed.join(" and --")} cannot both be printed; give all but one a file`);
  if (options.all && options.stack.length > 0) throw new AepError("USAGE", "--stack and --all exclude each other");
  const found = await interruptible((signal) => checkAll(options, signal));
  const { writeOut } = await import("./write-out.ts");
  for (const format of FORMATS) {
    const file = options[format];
    if (typeof file === "string") await writeOut(await textOf(found, format), file);
  }
  await writeOut(await textOf(found, printed[0] ?? "text"), options.out);
  if (found.some(({ failure }) => failure !== undefined)) process.exitCode = exitCode("failed");
  else if (found.some(({ differences }) => differences.length > 0)) process.exitCode = exitCode("changes");
}

async function checkAll(options: Options, signal: AbortSignal): Promise<StackDrift[]> {
  const [{ checkStack }, { stacksToCheck }] = await Promise.all([
    import("./drift/check.ts"),
    import("./drift/stacks.ts"),
  ]);
  const stacks = await stacksToCheck(options.stack, options.all === true);
  const progress = new Progress("drift", { quiet: options.quiet, total: stacks.length, unit: "stacks" });
  const found: StackDrift[] = [];
  // A refresh says nothing of how far it is; the line is drawn again so that it is seen to go on.
  const ticking = setInterval(() => progress.update(found.length, stacks[found.length]?.stack), 500);
  try {
    for (const { stack, empty } of stacks) {
      if (signal.aborted) break;
      found.push(empty ? { stack, objects: 0, differences: [], notes: [], empty } : await checkStack(stack, signal));
    }
    return found;
  } finally {
    clearInterval(ticking);
    progress.end();
  }
}

async function textOf(found: StackDrift[], format: Format): Promise<string> {
  if (format === "sarif") {
    const [{ asSarif }, { packageFacts }] = await Promise.all([
      import("./drift/sarif.ts"),
      import("./init/template.ts"),
    ]);
    return asSarif(found, packageFacts().version);
  }
  const { asJson, asMarkdown, asText } = await import("./drift/words.ts");
  return { json: asJson, markdown: asMarkdown, text: asText }[format](found);
}
