/** `aep init`: a new repository, or a new sandbox in one that is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import type { Flags } from "./init/answers.ts";
import type { Written } from "./init/write.ts";
import { count, print, printJson } from "./print.ts";

interface Options extends Flags {
  package?: string;
  workflows: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("init")
    .description("write a new project, or inside a project the stack file of another sandbox; asks what no flag says")
    .argument("[folder]", "where; it is made when it does not exist", ".")
    .addOption(
      new Option("--template <kind>", "how Capillary's events come: polled, or pushed to streaming inlets").choices([
        "rest",
        "stream",
      ]),
    )
    .option("--sandbox <name>", "sandbox of the stack file")
    .option("--stack <name>", "name of its stack; default: the sandbox's")
    .option("--org <id>", "organisation id, such as 1234ABCD5678@AdobeOrg")
    .option("--tenant <id>", "tenant id, without its underscore")
    .option("--package <spec>", "what package.json takes pulumi-aep from; default: this version")
    .option("--no-workflows", "leave out .github/workflows and ci/")
    .option("-y, --yes", "ask nothing: defaults, and placeholders where there are none")
    .option("--json", "print JSON")
    .action(run);
}

async function run(folder: string, options: Options): Promise<void> {
  const [{ answers }, { projectFiles, sandboxFiles }, { stackPath }, { writeAll }] = await Promise.all([
    import("./init/answers.ts"),
    import("./init/files.ts"),
    import("../config.ts"),
    import("./init/write.ts"),
  ]);
  const inProject = existsSync(join(folder, "Pulumi.yaml"));
  const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true && !options.json;
  const said = await answers(options, terminal);
  const files = inProject
    ? sandboxFiles(folder, said)
    : projectFiles(folder, { ...said, package: options.package, workflows: options.workflows });
  const written = writeAll(folder, files);
  const open = [said.orgId === undefined && "aep:orgId", said.tenantId === undefined && "aep:tenantId"].filter(Boolean);
  const stack = stackPath(said.stack);
  if (options.json) printJson({ folder, stack: said.stack, ...written, placeholders: open });
  else print(report({ folder, inProject, stack, name: said.stack, open: open as string[], ...written }));
}

interface Report extends Written {
  folder: string;
  inProject: boolean;
  stack: string;
  name: string;
  open: string[];
}

function report({ folder, inProject, stack, name, open, written, kept }: Report): string {
  const lines = [`${count(written.length, "file")} written in ${folder}`];
  if (inProject) lines.push(...written.map((path) => `  ${path}`));
  for (const path of kept) lines.push(`${path} was there and stays as it is.`);
  if (open.length > 0) lines.push(`Fill in ${open.join(" and ")} in ${stack}.`);
  const next = inProject
    ? [`aep doctor --stack ${name}`, `aep pulumi stack init ${name}`, `aep pulumi preview --stack ${name}`]
    : [...(folder === "." ? [] : [`cd ${folder}`]), "npm install", "npm test", "npm run emulator"];
  return [...lines, "Next:", ...next.map((line) => `  ${line}`)].join("\n");
}
