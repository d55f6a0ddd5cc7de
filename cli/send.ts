/** `aep send`: sends events to a stack's inlets, and keeps what is refused. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { append, parseCount, parseDuration } from "./option-values.ts";
import { print, printJson } from "./print.ts";
import { withQuiet } from "./progress.ts";

interface Options {
  stack?: string;
  flow: string[];
  sample?: boolean;
  rate?: string;
  batch: string;
  sync?: boolean;
  follow?: boolean;
  timeout: string;
  resume?: boolean;
  restart?: boolean;
  maxRefused: string;
  json?: boolean;
  quiet?: boolean;
}

/** More would not fit into the largest request. */
const LARGEST_BATCH = 10_000;

export function register(program: Command): void {
  const command = program
    .command("send")
    .description("send events to the stack's inlets: from files, or the sample events of its mappings")
    .argument(
      "[files...]",
      "JSON, NDJSON, or CSV with a header, gzipped or not; without --flow, Capillary's events go by their kind",
    )
    .option("--stack <name>", "stack whose flows take the events; default: the selected one")
    .option("--flow <pipeline/flow>", "flow to send to; repeatable", append, [])
    .option("--sample", "send the sample events of the flows' mappings")
    .option("--rate <number>", "events a second at most; also 600/min, 1000/h")
    .option("--batch <number>", "events in one request; Adobe documents more than one for XDM messages", "1")
    .option("--sync", "have the edge validate each event before it answers; 60 a minute, for tests only")
    .option("--follow", "wait until the flows' runs account for the events, and read the rows back")
    .option("--timeout <time>", "how long --follow waits", "10m")
    .option("--resume", "go on with what an earlier run left; send nothing of a file that was sent in full")
    .option("--restart", "send everything, whatever an earlier run has sent")
    .option("--max-refused <number>", "stop when so many events were refused", "1000")
    .option("--json", "print JSON");
  withQuiet(command).action(run);
}

async function run(files: string[], options: Options): Promise<void> {
  check(files, options);
  const [{ runSend }, { asJson, asText, succeeded }, { parseRate }] = await Promise.all([
    import("./send/run.ts"),
    import("./send/report.ts"),
    import("./send/pace.ts"),
  ]);
  const rate = options.rate === undefined ? undefined : parseRate(options.rate);
  const batch = parseCount("--batch", options.batch, LARGEST_BATCH);
  if (options.sync && batch > 1) throw new AepError("USAGE", "--sync validates single events: leave --batch out");
  const timeout = parseDuration("--timeout", options.timeout);
  const maxRefused = parseCount("--max-refused", options.maxRefused);
  const { stack, flow: flows, sample = false, sync = false, follow = false, quiet = false } = options;
  const mode = options.resume ? "resume" : options.restart ? "restart" : "usual";
  const report = await interruptible((signal) =>
    runSend({ files, stack, flows, sample, rate, batch, sync, follow, timeout, mode, maxRefused, quiet, signal }),
  );
  if (options.json) printJson(asJson(report));
  else print(asText(report));
  if (!succeeded(report)) process.exitCode = exitCode("failed");
}

function check(files: readonly string[], { sample, resume, restart }: Options): void {
  if (files.length === 0 && !sample)
    throw new AepError("USAGE", "there is nothing to send", { hint: "Name files of events, or say --sample." });
  if (files.length > 0 && sample) throw new AepError("USAGE", "--sample and files exclude each other");
  if (resume && restart) throw new AepError("USAGE", "--resume and --restart exclude each other");
  if (sample && (resume || restart)) throw new AepError("USAGE", "--resume and --restart are for files");
  if (new Set(files).size < files.length) throw new AepError("USAGE", "a file is named twice");
}
