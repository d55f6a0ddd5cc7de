/** `aep errors`: the quarantine of payloads that were not taken. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import { type FilterOptions, selected, withFilter } from "./errors/filter.ts";
import { Quarantine } from "./errors/store.ts";
import { exitCode } from "./exit-codes.ts";
import { interruptible } from "./interrupt.ts";
import { append, parseCount, parseDuration } from "./option-values.ts";
import { count, print, printJson, printText } from "./print.ts";
import { Progress, withQuiet } from "./progress.ts";

interface ListOptions extends FilterOptions {
  json?: boolean;
}
interface ShowOptions {
  includePayloads?: boolean;
  json?: boolean;
}
interface PullOptions {
  stack?: string;
  flow: string[];
  since: string;
  limit: string;
  json?: boolean;
  quiet?: boolean;
}
interface ReplayOptions extends FilterOptions {
  stack?: string;
  with?: string;
  sync?: boolean;
  json?: boolean;
  quiet?: boolean;
}
interface ExportOptions extends FilterOptions {
  format: string;
  out?: string;
  includePayloads?: boolean;
}

const REVEAL = ["--include-payloads", "show payloads as they were sent, personal data included"] as const;
export function register(program: Command): void {
  const errors = program
    .command("errors")
    .description("payloads that were refused, kept in .aep/errors (AEP_ERRORS_DIR): list, show, send again, export");
  withFilter(errors.command("list").description("list what waits in the quarantine"))
    .option("--all", "also records that were sent again and taken")
    .option("--json", "print JSON")
    .action(list);
  errors
    .command("show")
    .description("one record: error type, time, request payload, API response, request id, resources")
    .argument("<id>", "record, or the beginning of its id")
    .option(...REVEAL)
    .option("--json", "print JSON")
    .action(show);
  const pulling = errors
    .command("pull")
    .description("bring the failed records of the flows' runs into the quarantine, where AEP has diagnostics of them")
    .option("--stack <name>", "stack whose flows are looked at; default: the selected one")
    .option("--flow <pipeline/flow>", "only this flow; repeatable", append, [])
    .option("--since <time>", "runs that are not older", "24h")
    .option("--limit <number>", "most records", "1000")
    .option("--json", "print JSON");
  withQuiet(pulling).action(pull);
  const replaying = withFilter(errors.command("replay"))
    .description("send payloads again, as they are or mended")
    .argument("[ids...]", "records; none with --all or a filter")
    .option("--all", "every record that waits")
    .option("--with <file>", "send this mended event instead of the payload; for one record")
    .option("--sync", "have the edge validate each event before it answers; 60 a minute")
    .option("--stack <name>", "stack to send to; default: the records' own")
    .option("--json", "print JSON");
  withQuiet(replaying).action(replayAll);
  withFilter(errors.command("export"))
    .description("write records for a ticket or a spreadsheet")
    .option("--all", "also records that were sent again and taken")
    .option("--format <format>", "ndjson or csv", "ndjson")
    .option("--out <file>", "file to write, readable for you alone; default: standard output")
    .option(...REVEAL)
    .action(exportAll);
}

async function list(options: ListOptions): Promise<void> {
  const quarantine = new Quarantine();
  const records = selected(quarantine, options);
  if (options.json) return printJson(records);
  const { listText } = await import("./errors/render.ts");
  print(listText(records, quarantine.folder));
}

async function show(id: string, { includePayloads = false, json }: ShowOptions): Promise<void> {
  const quarantine = new Quarantine();
  const record = quarantine.get(id);
  const payload = includePayloads ? quarantine.parsedPayload(record.id) : quarantine.maskedPayload(record.id);
  if (json) return printJson({ ...record, payload });
  const { showText } = await import("./errors/render.ts");
  print(showText(record, payload, includePayloads));
}

async function pull(options: PullOptions): Promise<void> {
  const [since, limit] = [parseDuration("--since", options.since), parseCount("--limit", options.limit)];
  const [{ readDeployment }, { connector, stackSettings }, { chooseFlows, deployedFlows }, pulling] = await Promise.all(
    [import("./deployment.ts"), import("./connect.ts"), import("./flows.ts"), import("./errors/pull.ts")],
  );
  const pulled = await interruptible(async (signal) => {
    const deployed = await readDeployment(options.stack);
    const flows = chooseFlows(deployedFlows(deployed), options.flow);
    const context = await connector(await stackSettings(deployed.stack))(flows[0]?.sandbox ?? "");
    const progress = new Progress("pull", { quiet: options.quiet, unit: "runs" });
    const from = context.client.serverNow() - since;
    const onRun = (runs: number) => progress.update(runs);
    const result = await pulling.pull(context, flows, new Quarantine(), {
      stack: deployed.stack,
      since: from,
      limit,
      signal,
      onRun,
    });
    progress.end();
    return result;
  });
  if (options.json) return printJson(pulled);
  const { records, fresh, dark } = pulled;
  print(`${count(records.length, "failed record")} found, ${fresh} of them new; see aep errors list`);
  for (const { runId, flow, failed } of dark)
    print(
      `${flow}: ${failed} failed in run ${runId}, whose records AEP does not give (diagnostics off, or older than 30 days)`,
    );
}

async function replayAll(ids: string[], options: ReplayOptions): Promise<void> {
  const quarantine = new Quarantine();
  if (options.with !== undefined && ids.length !== 1)
    throw new AepError("USAGE", "--with mends one record: name it by its id");
  const records = chosen(quarantine, ids, options);
  if (records.length === 0) return options.json ? printJson([]) : print("nothing waits in the quarantine");
  const [{ replay }, { plainMessage }] = await Promise.all([
    import("./errors/replay.ts"),
    import("./errors/render.ts"),
  ]);
  const { stack, with: withFile, sync = false } = options;
  const results = await interruptible(async (signal) => {
    const progress = new Progress("replay", { quiet: options.quiet, total: records.length, unit: "records" });
    try {
      return await replay(quarantine, records, {
        stack,
        withFile,
        sync,
        signal,
        onDone: (done) => progress.update(done),
      });
    } finally {
      progress.end();
    }
  });
  if (options.json) printJson(results);
  else {
    for (const { id, outcome, message, twice } of results)
      print(
        `${id}  ${outcome}${message ? `: ${plainMessage({ message })}` : ""}${twice ? " (it may be there twice: an answer to it was lost)" : ""}`,
      );
    print(`${results.filter(({ outcome }) => outcome === "taken").length} of ${count(results.length, "record")} taken`);
  }
  if (results.some(({ outcome }) => outcome === "refused")) process.exitCode = exitCode("failed");
}

function chosen(quarantine: Quarantine, ids: readonly string[], options: ReplayOptions) {
  const filtered =
    options.all || options.flow !== undefined || options.type !== undefined || options.since !== undefined;
  if (ids.length > 0 && filtered) throw new AepError("USAGE", "name records, or choose them with options, not both");
  if (ids.length === 0 && !filtered)
    throw new AepError("USAGE", "which records?", {
      hint: "Name them by their ids, or say --all; see aep errors list.",
    });
  if (ids.length === 0) return selected(quarantine, { ...options, all: false });
  return [...new Map(ids.map((id) => quarantine.get(id)).map((record) => [record.id, record])).values()];
}

async function exportAll(options: ExportOptions): Promise<void> {
  const { format, out, includePayloads: reveal = false } = options;
  if (format !== "ndjson" && format !== "csv")
    throw new AepError("USAGE", `--format ${JSON.stringify(format)} is neither ndjson nor csv`);
  const quarantine = new Quarantine();
  const records = selected(quarantine, options);
  const { exportText } = await import("./errors/export.ts");
  const text = exportText(quarantine, records, { format, reveal });
  if (out === undefined) {
    printText(text);
    return;
  }
  const { writePrivateFile } = await import("./private-file.ts");
  writePrivateFile(out, text);
  process.stderr.write(`${count(records.length, "record")} written to ${out}\n`);
}
