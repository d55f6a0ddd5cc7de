/** `aep adopt`: fills the file of `preview --import-file` with the objects that are there, for `import --file` to take over. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import type { Outcome } from "./adopt/adopt-all.ts";
import type { ImportDocument } from "./adopt/import-file.ts";
import { append } from "./option-values.ts";
import { print, printJson } from "./print.ts";
import { writePrivateFile } from "./private-file.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  stack?: string;
  out?: string;
  id: string[];
  json?: boolean;
  quiet?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("adopt")
    .description("find every planned object in the sandbox and write its id and state into an import file")
    .argument("<file>", "what `pulumi preview --import-file <file>` wrote")
    .option("--stack <name>", "stack to adopt into; default: the selected one")
    .option("--out <file>", "where to write the filled file; default: in place")
    .option(
      "--id <kind/name=id>",
      "which object is meant where a name is not unique, such as Dataset/orders=5f3c; repeatable",
      append,
      [],
    )
    .option("--json", "print JSON");
  withQuiet(command).action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const [
    { adoptAll },
    { connector, stackSettings },
    { fill },
    { nextSteps, writeDocument },
    { runPreview },
    { declaredParams },
  ] = await Promise.all([
    import("./adopt/adopt-all.ts"),
    import("./connect.ts"),
    import("./adopt/fill.ts"),
    import("./adopt/import-file.ts"),
    import("./adopt/preview.ts"),
    import("./adopt/secrets.ts"),
  ]);
  const chosen = new Map(options.id.map(pair));
  const document = readDocument(file);
  const { stack, planned } = await runPreview(options.stack);
  const config = await stackSettings(stack);
  const progress = new Progress("adopt", { quiet: options.quiet, total: planned.size, unit: "objects" });
  const outcome = await adoptAll(planned, {
    chosen,
    declaredParams: declaredParams(stack),
    connect: connector(config),
    onProgress: (done, name) => progress.update(done, name),
  }).finally(() => progress.end());
  const filled = fill(document, planned, outcome, file);
  const out = options.out ?? file;
  writePrivateFile(out, writeDocument(filled));
  if (options.json) printJson(asJson(outcome, out, nextSteps(out, stack)));
  else print(report(outcome, out, nextSteps(out, stack)));
}

const name = (urn: string): string => urn.split("::").slice(3).join("::");

function asJson({ adopted, missing }: Outcome, file: string, next: string[]): unknown {
  const found = [...adopted.values()].map(({ observed: _, ...one }) => ({ ...one, name: name(one.urn) }));
  return { file, adopted: found, missing: [...missing].map(([urn, one]) => ({ urn, name: name(urn), ...one })), next };
}

function readDocument(file: string): ImportDocument {
  try {
    const document: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof document === "object" && document !== null && "resources" in document) return document as ImportDocument;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code) throw new AepError("FILE_NOT_FOUND", `the file cannot be read (${code})`, { where: file, cause });
  }
  throw new AepError("ADOPT_FILE", "this is no import file with resources", { where: file });
}

function pair(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new AepError("USAGE", `--id ${JSON.stringify(text)} is not written kind/name=id`);
}

function report({ adopted, missing }: Outcome, out: string, next: string[]): string {
  const lines = [`${adopted.size} objects found, written to ${out}`];
  if (missing.size > 0) lines.push(`${missing.size} not found; they stay to be created:`);
  for (const [urn, { kind, why }] of missing) lines.push(`  ${kind} ${name(urn)}: ${why}`);
  const different = [...adopted.values()].filter(({ differences }) => differences.length > 0);
  if (different.length > 0) lines.push(`${different.length} differ from the program; the next preview shows it:`);
  for (const one of different) lines.push(`  ${one.kind} ${name(one.urn)}: ${one.differences.join(", ")}`);
  const secrets = [...adopted.values()].filter(({ missingSecrets }) => missingSecrets.length > 0);
  if (secrets.length > 0)
    lines.push(
      "Encrypted credentials are left out, because only Pulumi can open them; the next apply writes them to the connection:",
      ...secrets.map((one) => `  ${one.kind} ${name(one.urn)}: ${one.missingSecrets.join(", ")}`),
    );
  if (adopted.size > 0) lines.push("Next:", ...next.map((line) => `  ${line}`));
  return lines.join("\n");
}
