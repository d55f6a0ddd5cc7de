/** `aep runs`: what a stack's flows have done, how many records failed, and why. */
import { setTimeout as delay } from "node:timers/promises";
import type { Command } from "commander";
import type { Context } from "../resources/context.ts";
import type { DeployedStack } from "./deployment.ts";
import { exitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { append, parseCount, parseDuration } from "./option-values.ts";
import { print, printJson } from "./print.ts";
import type { Seen } from "./runs/collect.ts";

interface Options {
  stack?: string;
  flow: string[];
  since: string;
  limit: string;
  watch?: boolean;
  json?: boolean;
}

const WATCH_EVERY_MS = 5_000;

export function register(program: Command): void {
  program
    .command("runs")
    .description("flow runs and batches: records in, out and failed, errors explained; exit code 1 when records failed")
    .option("--stack <name>", "stack whose flows are looked at; default: the selected one")
    .option("--flow <pipeline/flow>", "only this flow; repeatable", append, [])
    .option("--since <time>", "runs that are not older", "24h")
    .option("--limit <number>", "most runs, and most batches", "20")
    .option("--watch", "go on and print new runs as they come, until Ctrl-C")
    .option("--json", "print JSON; with --watch one document a line for each look that found something")
    .action(run);
}

async function run(options: Options): Promise<void> {
  const [since, limit] = [parseDuration("--since", options.since), parseCount("--limit", options.limit, 1000)];
  await interruptible(async (signal) => {
    const look = await looker(options, limit);
    const seen = await look(since);
    const { runsText, isBad } = await import("./runs/render.ts");
    if (!options.json) print(runsText(seen));
    else if (options.watch) print(JSON.stringify(seen));
    else printJson(seen);
    if (
      seen.runs.some(isBad) ||
      seen.batches.some(({ status, records }) => status.startsWith("fail") || records.failed > 0)
    )
      process.exitCode = exitCode("failed");
    if (options.watch) await watch(look, seen, since, { json: options.json === true, signal });
  });
}

type Look = (since: number) => Promise<Seen>;

async function looker(options: Options, limit: number): Promise<Look> {
  const [{ readDeployment }, { connector, stackSettings }, flowsRoom, { collect }, { Quarantine }, { mappingsOf }] =
    await Promise.all([
      import("./deployment.ts"),
      import("./connect.ts"),
      import("./flows.ts"),
      import("./runs/collect.ts"),
      import("./errors/store.ts"),
      import("./send/samples.ts"),
    ]);
  const deployed: DeployedStack = await readDeployment(options.stack);
  const flows = flowsRoom.chooseFlows(flowsRoom.deployedFlows(deployed), options.flow);
  const context: Context = await connector(await stackSettings(deployed.stack))(flows[0]?.sandbox ?? "");
  const mappings = mappingsOf(deployed.stack);
  const { mask } = new Quarantine();
  return (since) =>
    collect(context, flows, {
      since: context.client.serverNow() - since,
      limit,
      mask,
      mappingOf: ({ label }) => mappings.get(label),
    });
}

/** Runs that were not there or not over at the look before. */
async function watch(
  look: Look,
  before: Seen,
  since: number,
  { json, signal }: { json: boolean; signal: AbortSignal },
): Promise<void> {
  const { runsText } = await import("./runs/render.ts");
  const known = new Set(before.runs.map(({ id, status }) => `${id} ${status}`));
  for (;;) {
    await delay(WATCH_EVERY_MS, undefined, { signal });
    const seen = await look(since);
    const fresh = seen.runs.filter(({ id, status }) => !known.has(`${id} ${status}`));
    for (const { id, status } of fresh) known.add(`${id} ${status}`);
    if (fresh.length === 0) continue;
    const news = { runs: fresh, batches: [], more: false };
    print(json ? JSON.stringify(news) : runsText(news));
  }
}
