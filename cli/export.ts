/** `aep export`: writes an existing sandbox as this project's own files, and the file with which a stack takes it over. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import type { Export } from "./export/export-sandbox.ts";
import { printText } from "./print.ts";
import { Progress, withQuiet } from "./progress.ts";

interface Options {
  sandbox: string;
  out: string;
  stack?: string;
  force?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("export")
    .description("write an existing sandbox as files of this project, with the import file to adopt it all")
    .requiredOption("--sandbox <name>", "sandbox to read")
    .requiredOption("--out <folder>", "folder to write to; . is the project itself")
    .option("--stack <name>", "name of the stack to write; default: the sandbox's name")
    .option("--force", "overwrite files that are there and differ")
    .option("--json", "say what was done as JSON");
  withQuiet(command).action(run);
}

async function run(options: Options): Promise<void> {
  const { connector, stackSettings } = await import("./connect.ts");
  const { exportSandbox } = await import("./export/export-sandbox.ts");
  const stack = options.stack ?? options.sandbox;
  if (!/^[A-Za-z0-9_.-]+$/.test(stack))
    throw new AepError(
      "USAGE",
      `--stack ${JSON.stringify(stack)} has other characters than letters, digits, -, _ and .`,
    );
  const config = await stackSettings(stack);
  const context = await connector(config)(options.sandbox);
  const { readSetting } = await import("../aep/settings.ts");
  const progress = new Progress("export", { quiet: options.quiet, unit: "objects" });
  const result = await exportSandbox(context, {
    stack,
    tenant: readSetting("tenantId", config),
    onProgress: (done, name) => progress.update(done, name),
  }).finally(() => progress.end());
  await write(options.out, result.files, options.force === true);
  printText(options.json ? asJson(result) : asText(result, options.out, stack));
}

/** Writes all files or none: what differs from a file that is there is refused unless `force`. */
async function write(folder: string, files: ReadonlyMap<string, string>, force: boolean): Promise<void> {
  const { existsSync, mkdirSync, readFileSync, writeFileSync } = await import("node:fs");
  const { dirname, join } = await import("node:path");
  const paths = [...files].map(([path, text]) => ({ path: join(folder, path), text }));
  const different = paths.filter(({ path, text }) => existsSync(path) && readFileSync(path, "utf8") !== text);
  if (different.length > 0 && !force) {
    throw new AepError(
      "EXPORT_EXISTS",
      `other files of these names are there: ${different.map(({ path }) => path).join(", ")}`,
    );
  }
  for (const { path, text } of paths) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function asText({ files, counts, foreign, variables, importFile }: Export, folder: string, stack: string): string {
  const kinds = Object.entries(counts).filter(([, count]) => count !== undefined && count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + (count ?? 0), 0);
  const lines = [
    `${total} objects declared in ${files.size} files of ${folder}${kinds.length > 0 ? ":" : ""}`,
    ...kinds.map(([kind, count]) => `  ${count} ${kind}`),
  ];
  if (foreign.length > 0) lines.push("", `${foreign.length} objects left alone:`);
  lines.push(...foreign.map(({ kind, name, id, why }) => `  ${kind} ${name ? `"${name}" ` : ""}(${id}): ${why}`));
  if (variables.length > 0)
    lines.push(
      "",
      "Secrets are never exported. Set these variables before a connection is changed:",
      ...variables.map((name) => `  ${name}`),
    );
  lines.push(
    "",
    "To take it over, in the project that holds these files:",
    `  aep pulumi stack init ${stack}`,
    `  aep pulumi import --stack ${stack} --file ${importFile} --generate-code=false --protect=false --yes`,
    `  aep pulumi preview --stack ${stack} --diff --expect-no-changes`,
  );
  return `${lines.join("\n")}\n`;
}

function asJson({ files, ...rest }: Export): string {
  return `${JSON.stringify({ ...rest, files: [...files.keys()] }, null, 2)}\n`;
}
