/** `aep mapping coverage`: what the golden tests do not reach. */
import { type Command, InvalidArgumentError } from "commander";
import { type Coverage, coverageOf, type Share } from "../../mapping/golden/coverage.ts";
import { openMapping } from "../../mapping/golden/project.ts";
import { runGoldenTests } from "../../mapping/golden/run-tests.ts";
import { print, printJson } from "../print.ts";
import { mappingFiles, type TenantOption, withTenant } from "./shared.ts";

interface Options extends TenantOption {
  json?: boolean;
  min?: number;
}

export function register(mapping: Command): void {
  const command = mapping
    .command("coverage")
    .description("rows, required fields and branches of expressions that no golden test reaches")
    .argument("[files...]", "mapping files or directories (default: mappings/)")
    .option("--min <percent>", "fail below this share of rows and branches", percent)
    .option("--json", "as JSON");
  withTenant(command).action(run);
}

function percent(text: string): number {
  const value = Number(text);
  if (text === "" || !(value >= 0 && value <= 100)) throw new InvalidArgumentError("write a number from 0 to 100");
  return value;
}

function run(given: string[], options: Options): void {
  const all = mappingFiles(given).map((path) => {
    const mapping = openMapping(path, options);
    return coverageOf(mapping, runGoldenTests(mapping));
  });
  if (options.json) printJson(all);
  else for (const coverage of all) printCoverage(coverage);
  const shares = all.flatMap((one) => [one.rows, one.branches]);
  const total = shares.reduce((sum, one) => sum + one.total, 0);
  const reached = shares.reduce((sum, one) => sum + one.reached, 0);
  if (options.min !== undefined && total > 0 && (reached / total) * 100 < options.min) {
    print(`${((reached / total) * 100).toFixed(1)}% of rows and branches are reached; ${options.min}% are asked for`);
    process.exitCode = 1;
  }
}

export function printCoverage(one: Coverage): void {
  const of = ({ reached, total }: Share) => `${reached}/${total}`;
  print(`${one.file}: rows ${of(one.rows)}, required fields ${of(one.required)}, branches ${of(one.branches)}`);
  for (const row of one.missedRows)
    print(`  ${one.file}:${row.line}:${row.column}: ${row.destination} is empty in every test`);
  for (const path of one.missedRequired) print(`  the required field ${path} is empty in every test`);
  for (const miss of one.missedBranches)
    print(`  ${one.file}:${miss.line}:${miss.column}: ${miss.destination}: ${miss.branch}`);
}
