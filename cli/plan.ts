/** `aep plan`: reads a preview's JSON, says what it does and whether it may be applied. It calls nobody and needs no credentials. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";
import { append } from "./option-values.ts";
import type { Limits } from "./plan/judge.ts";
import type { Report } from "./plan/words.ts";

interface Options {
  maxShare: string;
  minObjects: string;
  allow: string[];
  markdown?: boolean;
  maxLength: string;
  json?: boolean;
  out?: string;
}

export function register(program: Command): void {
  program
    .command("plan")
    .description(
      "what a preview does, to objects and to data; exit code 9 when it touches too much, or what holds data",
    )
    .argument(
      "<file>",
      "what `preview --json` wrote (either engine, also as a stream of events); - reads standard input",
    )
    .option("--max-share <percent>", "refuse when more than this share of the existing objects is touched", "30")
    .option("--min-objects <number>", "only where at least so many objects exist", "10")
    .option("--allow <what>", "URN, name or kind that is meant to be touched; repeatable", append, [])
    .option("--markdown", "print Markdown, for a pull request's comment")
    .option("--max-length <characters>", "what the host of the comment takes (GitHub's limit)", "65536")
    .option("--json", "print JSON")
    .option("--out <file>", "write to a file instead of standard output")
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const limits: Limits = {
    maxShare: number("--max-share", options.maxShare, 0, 100),
    minObjects: number("--min-objects", options.minObjects, 0, Number.MAX_SAFE_INTEGER),
    allow: options.allow,
  };
  if (options.markdown && options.json) throw new AepError("USAGE", "--markdown and --json exclude each other");
  const [{ judge }, { readPlanFile }, { impactsOf }, { samplesOf }, { writeOut }] = await Promise.all([
    import("./plan/judge.ts"),
    import("./plan/read-file.ts"),
    import("./plan/impacts.ts"),
    import("./plan/samples.ts"),
    import("./write-out.ts"),
  ]);
  const plan = await readPlanFile(file);
  const report = { plan, verdict: judge(plan, limits), impacts: impactsOf(plan), samples: samplesOf(plan) };
  await writeOut(await textOf(report, options), options.out);
  if (report.verdict.refusals.length > 0) process.exitCode = exitCode("refused");
}

async function textOf(report: Report, options: Options): Promise<string> {
  const { asJson, asText } = await import("./plan/render.ts");
  if (!options.markdown) return options.json ? asJson(report) : asText(report);
  const [{ asMarkdown, LEAST_LENGTH }, { graphOfPlan }] = await Promise.all([
    import("./plan/markdown.ts"),
    import("./plan/graph.ts"),
  ]);
  const length = number("--max-length", options.maxLength, LEAST_LENGTH, Number.MAX_SAFE_INTEGER);
  const changes = report.plan.steps.length > 0;
  return asMarkdown(report, changes ? await graphOfPlan(report.plan) : undefined, Math.floor(length));
}

function number(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < min || value > max)
    throw new AepError("USAGE", `${option} must be a number from ${min} to ${max}, not ${JSON.stringify(text)}`);
  return value;
}
