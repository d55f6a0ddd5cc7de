/** `aep drift`: what somebody changed in the sandboxes since the stacks were deployed. Writes nothing, neither state nor objects. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import type { StackDrift } from "./drift/model.ts";
import { exitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  stack: string[];
  all?: boolean;
  markdown?: boolean;
  json?: boolean;
  sarif?: boolean;
  out?: string;
  quiet?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("drift")
    .description("what was changed in the sandboxes behind the stacks' back; exit code 7 when there is any")
    .option("--stack <name>", "stack to check; repeatable (default: the selected one)", append, [])
    .option("--all", "every stack of stacks/ that is deployed")
    .option("--markdown", "print Markdown, for the issue that a nightly run keeps up to date")
    .option("--json", "print JSON")
    .option("--sarif", "print SARIF 2.1.0, for code scanning")
    .option("--out <file>", "write to a file instead of standard output");
  withQuiet(command).action(run);
}

const append = (value: string, before: string[]): string[] => [...before, value];

async function run(options: Options): Promise<void> {
  if ([options.markdown, options.json, options.sarif].filter(Boolean).length > 1)
    throw new AepError("USAGE", "--markdown, --json and --sarif exclude each other");
  if (options.all && options.stack.length > 0) throw new AepError("USAGE", "--stack and --all exclude each other");
  const found = await interruptible((signal) => checkAll(options, signal));
  const { writeOut } = await import("./write-out.ts");
  await writeOut(await textOf(found, options), options.out);
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

async function textOf(found: StackDrift[], options: Options): Promise<string> {
  if (options.sarif) {
    const [{ asSarif }, { packageFacts }] = await Promise.all([
      import("./drift/sarif.ts"),
      import("./init/template.ts"),
    ]);
    return asSarif(found, packageFacts().version);
  }
  const { asJson, asMarkdown, asText } = await import("./drift/words.ts");
  return options.json ? asJson(found) : options.markdown ? asMarkdown(found) : asText(found);
}
