/** `aep support-bundle`: what a ticket with Adobe needs, as one zip without secrets. */
import type { Command } from "commander";
import { interruptible } from "./interrupt.ts";
import { append, parseCount, parseDuration } from "./option-values.ts";
import { count, print, printJson } from "./print.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  stack?: string;
  out?: string;
  error: string[];
  since: string;
  limit: string;
  includePayloads?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const PARTS = 6;

export function register(program: Command): void {
  const command = program
    .command("support-bundle")
    .description(
      "write what a ticket needs into one zip: refused payloads, answers, request ids, objects, runs, checks",
    )
    .option("--stack <name>", "stack it is about; default: the selected one")
    .option("--out <file>", "zip to write, readable for you alone; default: aep-support-STACK-TIME.zip here")
    .option("--error <id>", "only this record of the quarantine; repeatable", append, [])
    .option("--since <time>", "runs and records that are not older", "7d")
    .option("--limit <number>", "most runs, and most records", "100")
    .option("--include-payloads", "put payloads in as they were sent, personal data included")
    .option("--json", "print JSON");
  withQuiet(command).action(run);
}

async function run(options: Options): Promise<void> {
  const [since, limit] = [parseDuration("--since", options.since), parseCount("--limit", options.limit, 1000)];
  const [{ selectedStack }, { Quarantine }, { writeBundle }] = await Promise.all([
    import("./selected-stack.ts"),
    import("./errors/store.ts"),
    import("./support-bundle/bundle.ts"),
  ]);
  const stack = await selectedStack(options.stack);
  const quarantine = new Quarantine();
  const from = new Date(Date.now() - since).toISOString();
  const records =
    options.error.length > 0
      ? options.error.map((id) => quarantine.get(id))
      : quarantine
          .list()
          .filter(({ resources, time }) => (resources.stack ?? stack) === stack && time >= from)
          .reverse()
          .slice(0, limit);
  const progress = new Progress("bundle", { quiet: options.quiet, total: PARTS, unit: "parts" });
  let parts = 0;
  const onPart = (part: string) => progress.update(parts++, part);
  const reveal = options.includePayloads === true;
  const out =
    options.out ??
    `aep-support-${stack.replaceAll("/", "-")}-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}.zip`;
  const bundle = await interruptible(() =>
    writeBundle(quarantine, { stack, records, since, limit, reveal, onPart }, out).finally(() => progress.end()),
  );
  if (options.json) return printJson(bundle);
  print(
    `${bundle.file}: ${count(bundle.files.length + 1, "file")}, ${bundle.bytes} bytes, ${count(records.length, "error record")}`,
  );
  print(`sha256 ${bundle.sha256}`);
  for (const [part, why] of Object.entries(bundle.missing)) print(`missing: ${part}: ${why}`);
  print(
    reveal
      ? "It holds payloads as they were sent, personal data included: mind whom you send it to."
      : "Credentials are left out, personal data is hashed; look into it before you send it.",
  );
}
