/** `aep plan`: reads a preview's JSON and says whether it may be applied. It calls nobody and needs no credentials. */
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import { exitCode } from "./exit-codes.ts";
import type { Limits } from "./plan/judge.ts";

interface Options {
  maxShare: string;
  minObjects: string;
  allow: string[];
  markdown?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("plan")
    .description("judge a preview before it is applied: exit code 9 when it touches too much, or what holds data")
    .argument(
      "<file>",
      "what `preview --json` wrote (either engine, also as a stream of events); - reads standard input",
    )
    .option("--max-share <percent>", "refuse when more than this share of the existing objects is touched", "30")
    .option("--min-objects <number>", "only where at least so many objects exist", "10")
    .option("--allow <what>", "URN, name or kind that is meant to be touched; repeatable", append, [])
    .option("--markdown", "print Markdown, for a pull request's comment")
    .option("--json", "print JSON")
    .action(run);
}

const append = (value: string, before: string[]): string[] => [...before, value];

async function run(file: string, options: Options): Promise<void> {
  const limits: Limits = {
    maxShare: number("--max-share", options.maxShare, 100),
    minObjects: number("--min-objects", options.minObjects, Number.MAX_SAFE_INTEGER),
    allow: options.allow,
  };
  if (options.markdown && options.json) throw new AepError("USAGE", "--markdown and --json exclude each other");
  const [{ judge }, { readPlan }, { asJson, asMarkdown, asText }] = await Promise.all([
    import("./plan/judge.ts"),
    import("./plan/read.ts"),
    import("./plan/render.ts"),
  ]);
  const plan = readPlan(await readInput(file), file === "-" ? "standard input" : file);
  const verdict = judge(plan, limits);
  const render = options.json ? asJson : options.markdown ? asMarkdown : asText;
  process.stdout.write(render(plan, verdict));
  if (verdict.refusals.length > 0) process.exitCode = exitCode("refused");
}

async function readInput(file: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  if (file !== "-") {
    return readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
      throw new AepError("FILE_NOT_FOUND", `the file cannot be read (${cause.code})`, { where: file, cause });
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function number(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value > max)
    throw new AepError("USAGE", `${option} must be a number from 0 to ${max}, not ${JSON.stringify(text)}`);
  return value;
}
