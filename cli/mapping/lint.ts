/** `aep mapping lint`: what is wrong with mapping files, and why. */
import type { Command } from "commander";
import { dataPrep } from "../../aep/data-prep.ts";
import { readEvents } from "../../mapping/preview/events.ts";
import { applyFixes } from "../../mapping/validate/fix.ts";
import { lintMapping, printFinding } from "../../mapping/validate/lint.ts";
import { lintOnline } from "../../mapping/validate/online.ts";
import type { Finding, Sample } from "../../mapping/validate/types.ts";
import { loadSchema } from "../../mapping/xdm/load-schema.ts";
import { loadMappingFile } from "../../mapping/yaml/mapping-file.ts";
import { append } from "../option-values.ts";
import { count, print, printJson } from "../print.ts";
import {
  mappingFiles,
  type OnlineOptions,
  online,
  schemaIdOnline,
  type TenantOption,
  withOnline,
  withTenant,
} from "./shared.ts";

interface Options extends TenantOption, OnlineOptions {
  fix?: boolean;
  json?: boolean;
  events: string[];
  online?: boolean;
  strict?: boolean;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("lint")
    .description("check mapping files: paths, types, required fields, identities, expressions (docs/rules.md)")
    .argument("[files...]", "mapping files or directories (default: mappings/)")
    .option("--fix", "apply the fixes that cannot change a meaning")
    .option("--events <file>", "more sample events to check against; may be repeated", append, [])
    .option("--strict", "warnings fail too")
    .option("--json", "findings as JSON");
  withOnline(withTenant(command), "have the sandbox validate the rows too").action(run);
}

async function run(given: string[], options: Options): Promise<void> {
  const files = mappingFiles(given);
  const samples: Sample[] = options.events.flatMap((file) => readEvents(file));
  const findings: Finding[] = [];
  let fixed = 0;
  for (const file of files) {
    if (options.fix) fixed += applyFixes(file, lintMapping(file, { ...options, samples })).length;
    findings.push(...lintMapping(file, { ...options, samples }));
    if (options.online) findings.push(...(await sandboxFindings(file, findings, options)));
  }
  const failed = findings.some((one) => one.severity === "error" || (options.strict && one.severity === "warning"));
  if (options.json) printJson(findings);
  else report(files, findings, fixed, options.fix === true);
  if (failed) process.exitCode = 1;
}

function report(files: string[], findings: Finding[], fixed: number, fixing: boolean): void {
  for (const finding of findings) print(printFinding(finding));
  if (fixing) print(`${count(fixed, "fix").replace("fixs", "fixes")} applied`);
  const tally = (["error", "warning", "info"] as const).map(
    (severity) => findings.filter((one) => one.severity === severity).length,
  );
  const fixable = findings.filter((one) => one.edit).length;
  const hint = fixable > 0 ? ` (${fixable} fixable with --fix)` : "";
  print(
    `${count(files.length, "file")}: ${count(tally[0]!, "error")}, ${count(tally[1]!, "warning")}, ${tally[2]} info${hint}`,
  );
}

/** Only rows of files that could be read are sent. */
async function sandboxFindings(path: string, findings: readonly Finding[], options: Options): Promise<Finding[]> {
  if (findings.some((one) => one.path === path && one.rule.startsWith("file/") && one.severity === "error")) return [];
  const file = loadMappingFile(path, options);
  const { title } = loadSchema(file.schemaPath, options).file;
  const at = await online(options);
  const id = await schemaIdOnline(at, title, options);
  const service = dataPrep(at.client, at.sandbox);
  return lintOnline(file, id, async (body) => {
    const verdicts = await service.validate(body);
    return {
      validationResponse: verdicts.map(({ ok, message }) => ({
        status: ok ? "SUCCESS" : "FAILED",
        errors: ok ? null : [{ exception: message }],
      })),
    };
  });
}
