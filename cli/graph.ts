/** `aep graph`: the pipelines of a stack as a picture. */
import type { Command } from "commander";
import { Option } from "commander";

const FORMATS = ["mermaid", "svg", "json"] as const;

interface Options {
  stack?: string;
  format: (typeof FORMATS)[number];
  json?: boolean;
  out?: string;
  deployed?: boolean;
  plan?: string;
}

export function register(program: Command): void {
  program
    .command("graph")
    .description("the pipelines of a stack as Mermaid, SVG or JSON: as the files declare them, without credentials")
    .option("--stack <name>", "stack (default: the selected one)")
    .addOption(new Option("--format <format>", "what to write").choices(FORMATS).default("mermaid"))
    .option("--json", "the same as --format json")
    .option("--deployed", "what the stack's state says is deployed, instead of what the files declare")
    .addOption(new Option("--plan <file>", "what `preview --json` wrote: marks what it changes").conflicts("deployed"))
    .option("--out <file>", "write to a file instead of standard output")
    .action(run);
}

async function run(options: Options): Promise<void> {
  const [{ graphOf }, { writeOut }] = await Promise.all([import("./graph/sources.ts"), import("./write-out.ts")]);
  const { graph, title } = await graphOf(options);
  const format = options.json ? "json" : options.format;
  await writeOut(await textOf(format, graph, title), options.out);
}

async function textOf(
  format: Options["format"],
  graph: import("./graph/model.ts").PipelineGraph,
  title: string,
): Promise<string> {
  if (format === "json") return `${JSON.stringify({ title, ...graph }, null, 2)}\n`;
  if (format === "svg") return (await import("./graph/svg.ts")).asSvg(graph, title);
  return (await import("./graph/mermaid.ts")).asMermaid(graph);
}
