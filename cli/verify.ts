/** `aep verify`: whether what a stack has deployed works, from the connection to the landed row; and the gate of a deployment. */
import type { Command } from "commander";
import type { ConfigSource } from "../aep/settings.ts";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { parseDuration } from "./option-values.ts";
import { printJson } from "./print.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  stack?: string;
  flow: string[];
  event?: string;
  timeout?: string;
  send: boolean;
  run?: boolean;
  gate?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const TIMEOUT = "10m";
/** Adobe aims at less than an hour from the inlet to the lake; a gate that is less patient would switch off what works. */
const GATE_TIMEOUT = "1h";

export function register(program: Command): void {
  const command = program
    .command("verify")
    .description(
      "check a deployed stack from connection to landed row, with a marked sample event sent to each streaming flow",
    )
    .option("--stack <name>", "stack to verify (default: the one selected)")
    .option("--flow <pipeline/flow...>", "only these flows; or a whole pipeline", [])
    .option("--event <file>", "send this event instead of a golden test's; with one --flow")
    .option(
      "--timeout <time>",
      "how long to follow the event or to wait for a run: 90s, 10m, 1h (default: 10m, for the gate 1h)",
    )
    .option("--no-send", "send nothing: only look at what is there")
    .option("--run", "have flows of frequency once run now; their source is read again")
    .option(
      "--gate",
      "deploy with new flows switched off, verify, switch them on, verify with a sample; off again on failure",
    )
    .option("--json", "as JSON");
  withQuiet(command).action(run);
}

async function run(options: Options): Promise<void> {
  const timeout = parseDuration("--timeout", options.timeout ?? (options.gate ? GATE_TIMEOUT : TIMEOUT));
  if (options.gate && (!options.send || options.event !== undefined || options.flow.length > 0))
    throw new AepError("USAGE", "--gate verifies a whole deployment, samples included", {
      hint: "Leave out --flow, --event and --no-send, or leave out --gate.",
    });
  const ok = await interruptible((signal) =>
    options.gate ? gated(options, timeout, signal) : plain(options, timeout, signal),
  );
  if (!ok) process.exitCode = exitCode("failed");
}

async function plain(options: Options, timeout: number, signal: AbortSignal): Promise<boolean> {
  const { eventOf } = await import("./verify/event.ts");
  const { flowsOf, configOf } = await import("./verify/flows.ts");
  const { reportFlows } = await import("./verify/report.ts");
  const { isBad } = await import("./verify/step.ts");
  const { verifyFlows } = await import("./verify/verify.ts");
  const { readDeployment } = await import("./deployment.ts");
  // What is wrong with the file is told before anything is asked.
  if (options.event !== undefined) eventOf(options.event);
  const reading = new Progress("verify", { quiet: options.quiet });
  const deployed = await reading.during("reading the stack's state", () => readDeployment(options.stack));
  reading.end();
  const { stack } = deployed;
  const config = configOf(stack);
  const flows = flowsOf(deployed, config, options.flow);
  if (options.event !== undefined) oneTaker(flows);
  const progress = new Progress("verify", { quiet: options.quiet, total: flows.length, unit: "flows" });
  try {
    const reports = await verifyFlows(flows, () => (options.send ? "full" : "checks"), {
      config,
      open: await opener(stack),
      eventFile: options.event,
      timeout,
      signal,
      startRuns: options.run === true,
      onStep: (done, text) => progress.update(done, text),
    });
    progress.end();
    const ok = !reports.some(isBad);
    if (options.json) printJson({ stack, ok, flows: reports });
    else reportFlows(reports);
    return ok;
  } finally {
    progress.end();
  }
}

async function gated(options: Options, timeout: number, signal: AbortSignal): Promise<boolean> {
  const { runGate, STAGES } = await import("./verify/gate.ts");
  const { reportGate } = await import("./verify/report.ts");
  const { selectedStack } = await import("./selected-stack.ts");
  const stack = await selectedStack(options.stack);
  const progress = new Progress("gate", { quiet: options.quiet, total: STAGES, unit: "stages" });
  try {
    const result = await runGate(stack, {
      timeout,
      signal,
      progress,
      open: () => opener(stack),
      say: (text) => {
        progress.end();
        if (!options.quiet) process.stderr.write(`${text}\n`);
      },
    });
    progress.end();
    if (options.json) printJson(result);
    else reportGate(result);
    return result.ok;
  } finally {
    progress.end();
  }
}

async function opener(stack: string) {
  const { connector, stackSettings } = await import("./connect.ts");
  const settings: ConfigSource = await stackSettings(stack);
  return connector(settings);
}

function oneTaker(flows: readonly { label: string; scheduled: boolean }[]): void {
  const takers = flows.filter(({ scheduled }) => !scheduled).map(({ label }) => label);
  if (takers.length === 1) return;
  throw new AepError("USAGE", `--event is for one streaming flow, and ${takers.length} are meant`, {
    hint: `Name one with --flow${takers.length === 0 ? "" : `: ${takers.join(", ")}`}.`,
  });
}
