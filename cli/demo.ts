/** `aep demo`: the whole main job against the emulator, on a scratch copy of the project, in under a minute. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import type { StepRecord } from "./demo/narrator.ts";
import { goOnUnread } from "./output.ts";

export function register(program: Command): void {
  program
    .command("demo")
    .description("create, feed, change, check and destroy the local stack's pipelines against the emulator")
    .option("--json <file>", "write the steps, their operations, API calls and times to this file")
    .action(run);
}

interface Played {
  steps: StepRecord[];
  /** Which step failed, and why. */
  failure?: string;
}

async function run(options: { json?: string }): Promise<void> {
  if (options.json !== undefined) writeReport(options.json, { steps: [] }); // a report that cannot be written fails now, not at the end
  goOnUnread();
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  const played = await runDemo(process.stdout, interrupted.signal);
  if (options.json !== undefined) writeReport(options.json, played);
  if (played.failure === undefined) return;
  process.stderr.write(`\ndemo failed: ${played.failure}\n`);
  process.exitCode = 1;
}

/** Plays the scenario; what it starts it ends, also after a failure. The last line on success is `demo: N steps ok`. */
async function runDemo(out: NodeJS.WritableStream, interrupted: AbortSignal): Promise<Played> {
  const [{ startEmulator }, { Deployment }, { Lab }, { Narrator }, { makeScratch }, { play }] = await Promise.all([
    import("../emulator/index.ts"),
    import("./demo/deployment.ts"),
    import("./demo/lab.ts"),
    import("./demo/narrator.ts"),
    import("./demo/scratch.ts"),
    import("./demo/scenario.ts"),
  ]);
  const narrator = new Narrator(out);
  const scratch = await makeScratch("demo"); // first: where it cannot be written, nothing runs that had to be ended
  const emulator = await startEmulator({ seed: 1 });
  try {
    narrator.line(`emulator of Experience Platform and Capillary: ${emulator.url}`);
    narrator.line(`scratch copy of this project, its state included: ${scratch.dir}`);
    const backend = join(scratch.dir, ".state");
    mkdirSync(backend);
    const env = {
      ...process.env,
      ...emulator.env,
      PULUMI_HOME: join(scratch.dir, ".pulumi-home"),
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "demo",
    };
    const lab = new Lab(emulator, scratch.dir, "dev");
    await play({ dir: scratch.dir, deployment: new Deployment(scratch.dir, env, interrupted), lab, narrator });
    narrator.line();
    narrator.line(`demo: ${narrator.steps.length} steps ok`);
    return { steps: narrator.steps };
  } catch (error) {
    return { steps: narrator.steps, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    await emulator.close();
    await scratch.remove();
  }
}

function writeReport(file: string, { steps, failure }: Played): void {
  const ok = failure === undefined && steps.length > 0;
  try {
    writeFileSync(file, `${JSON.stringify({ ok, steps, ...(failure && { failure }) }, null, 2)}\n`);
  } catch (error) {
    throw new AepError("USAGE", `The report cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      where: `--json ${file}`,
      hint: "Name a file in a folder that exists and that you may write to.",
    });
  }
}
