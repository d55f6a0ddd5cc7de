/** `aep promote FROM TO`: the difference between two sandboxes as code, and the change written to the target's stack file. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import { interruptible } from "./interrupt.ts";
import { printText } from "./print.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  live?: boolean;
  write?: boolean;
  prune?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("promote")
    .description(
      "what stack TO would have to declare to do as stack FROM does; ids, names of the sandbox and secrets aside",
    )
    .argument("<from>", "stack, such as dev")
    .argument("<to>", "stack, such as stage")
    .option("--write", "write it to TO's stack file; comments and order stay, secrets stay TO's own")
    .option("--prune", "also take out what only TO has")
    .option("--live", "also compare what AEP holds in both sandboxes now")
    .option("--json", "as JSON");
  withQuiet(command).action(run);
}

async function run(from: string, to: string, options: Options): Promise<void> {
  if (from === to) throw new AepError("USAGE", "FROM and TO are the same stack");
  const [{ promoteDeclared }, { asJson, declaredText, liveText }] = await Promise.all([
    import("./promote/declared.ts"),
    import("./promote/words.ts"),
  ]);
  const promotion = promoteDeclared(from, to, options.prune === true);
  const live = options.live ? await interruptible((signal) => compared(from, to, options, signal)) : undefined;
  // The difference is shown before anything is written.
  if (!options.json) printText(`${declaredText(promotion)}${live ? `\n${liveText(live)}` : ""}`);
  const written: string[] = [];
  if (options.write) {
    const { writeOut } = await import("./write-out.ts");
    for (const { file, after } of promotion.files) {
      await writeOut(after, file);
      written.push(file);
    }
  }
  if (options.json) printText(asJson(promotion, live, written));
}

async function compared(from: string, to: string, { quiet }: Options, signal: AbortSignal) {
  const { compareLive } = await import("./promote/live.ts");
  const progress = new Progress("promote", { quiet, unit: "sandboxes" });
  const ticking = setInterval(() => progress.update(0, `reading ${from} and ${to}`), 500);
  try {
    return await compareLive(from, to, signal);
  } finally {
    clearInterval(ticking);
    progress.end();
  }
}
