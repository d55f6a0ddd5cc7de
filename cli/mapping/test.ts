/** `aep mapping test`: golden tests of mapping files. */
import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { AepError } from "../../errors.ts";
import { coverageOf } from "../../mapping/golden/coverage.ts";
import { junitXml } from "../../mapping/golden/junit.ts";
import { openMapping } from "../../mapping/golden/project.ts";
import { type GoldenResult, runGoldenTests } from "../../mapping/golden/run-tests.ts";
import { updateExpectations } from "../../mapping/golden/update.ts";
import { count, print, printJson } from "../print.ts";
import { printCoverage } from "./coverage.ts";
import { mappingFiles, type TenantOption, withTenant } from "./shared.ts";
import { watch } from "./watch.ts";

interface Options extends TenantOption {
  json?: boolean;
  junit?: string;
  watch?: boolean;
  update?: boolean;
  coverage?: boolean;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("test")
    .description("run the golden tests of mapping files")
    .argument("[files...]", "mapping files or directories (default: mappings/)")
    .option("--update", "rewrite expectations to what the mappings give now, and show what changed")
    .option("--coverage", "also say what the tests do not reach")
    .option("--watch", "run again whenever a mapping, schema or event changes")
    .option("--junit <file>", "write a JUnit report")
    .option("--json", "results as JSON");
  withTenant(command).action(run);
}

async function run(given: string[], options: Options): Promise<void> {
  const once = () => runFiles(mappingFiles(given), options);
  if (!options.watch) {
    if (!once()) process.exitCode = 1;
    return;
  }
  await watch(mappingFiles(given), () => {
    try {
      once();
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      print(error.toString());
    }
  });
}

/** True when every test passed (after an update: when every file could be run). */
function runFiles(files: string[], options: Options): boolean {
  const all: GoldenResult[] = [];
  const broken: AepError[] = [];
  for (const path of files) {
    try {
      all.push(...runFile(path, options));
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      broken.push(error);
    }
  }
  const failed = all.filter((result) => !result.passed);
  if (options.junit) writeFileSync(options.junit, junitXml(all));
  if (options.json) printJson({ results: all.map(withoutEvent), errors: broken.map((error) => error.toString()) });
  else {
    for (const error of broken) print(error.toString());
    print(
      `${count(all.length, "test")}, ${failed.length} failed${broken.length ? `, ${count(broken.length, "file")} could not be run` : ""}`,
    );
  }
  return broken.length === 0 && (options.update === true || failed.length === 0);
}

function runFile(path: string, options: Options): GoldenResult[] {
  const mapping = openMapping(path, options);
  const results = runGoldenTests(mapping);
  if (!options.json) {
    if (results.length === 0) print(`${path}: no tests`);
    for (const result of results) for (const line of describe(result)) print(line);
    if (options.coverage) printCoverage(coverageOf(mapping, results));
  }
  if (options.update)
    for (const file of updateExpectations(mapping, results)) if (!options.json) print(`updated ${file}`);
  return results;
}

function describe(result: GoldenResult): string[] {
  const head = `${result.passed ? "ok  " : "FAIL"} ${result.file}:${result.line}:${result.column} ${result.name}`;
  const body = result.failures.flatMap((failure) => [
    `  ${TITLES[failure.kind]}`,
    ...failure.lines.map((line) => `    ${line}`),
  ]);
  return [head, ...body];
}

const TITLES = {
  data: "the row differs (- expected, + actual):",
  errors: "rows that fail (- expected, + actual):",
  schema: "the XDM schema:",
};

const withoutEvent = ({ event: _event, compared: _compared, ...result }: GoldenResult) => result;
