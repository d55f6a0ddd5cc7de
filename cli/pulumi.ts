/** `aep pulumi ...`: the real Pulumi CLI when it is installed, and otherwise the embedded engine with the same commands. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import type { Command } from "commander";
import { AepError } from "../errors.ts";
import { goOnUnread } from "./output.ts";

const ENGINES = ["auto", "cli", "embedded"] as const;

export function register(program: Command): void {
  program
    .command("pulumi")
    .description(
      "preview, up, refresh, destroy, ...: the Pulumi CLI when it is on the PATH, otherwise the embedded engine",
    )
    .usage("[--engine auto|cli|embedded] <command> [flags of the Pulumi CLI]")
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .argument("[args...]")
    .action(async (args: string[]) => {
      process.exitCode = await pulumi(args);
    });
}

/** Runs the command on the engine that `--engine` or AEP_ENGINE names; returns its exit code. */
async function pulumi(given: string[]): Promise<number> {
  const { engine, args } = takeEngine(given);
  const cli = engine === "embedded" ? undefined : findPulumi(process.env);
  if (engine === "cli" && !cli) {
    throw new AepError("USAGE", "There is no `pulumi` on the PATH.", {
      hint: "Install the Pulumi CLI, or leave --engine out to use the embedded engine.",
    });
  }
  const name = cli ? `the Pulumi CLI (${cli})` : "embedded";
  const stream = args.includes("--json") || args.includes("-j") ? process.stderr : process.stdout;
  stream.write(`engine: ${name}\n`);
  return cli ? runCli(cli, args) : runEmbedded(args);
}

function takeEngine(given: string[]): { engine: (typeof ENGINES)[number]; args: string[] } {
  const at = given.findIndex((arg) => arg === "--engine" || arg.startsWith("--engine="));
  const inline = given[at]?.split("=")[1];
  const wanted = at < 0 ? (process.env["AEP_ENGINE"] ?? "auto") : (inline ?? given[at + 1]);
  const engine = ENGINES.find((name) => name === wanted);
  if (!engine) throw new AepError("USAGE", `--engine is one of ${ENGINES.join(", ")}, not "${wanted ?? ""}".`);
  return { engine, args: at < 0 ? given : given.toSpliced(at, inline === undefined ? 2 : 1) };
}

/** Whether `aep pulumi` in this environment is the embedded engine. */
export function isEmbedded(env: NodeJS.ProcessEnv): boolean {
  const wanted = env["AEP_ENGINE"] ?? "auto";
  return wanted === "embedded" || (wanted === "auto" && findPulumi(env) === undefined);
}

/** The `pulumi` of the PATH; npm's launcher of that name, which would download one, does not count. */
export function findPulumi(env: NodeJS.ProcessEnv): string | undefined {
  const names = process.platform === "win32" ? ["pulumi.exe"] : ["pulumi"];
  const folders = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder && !folder.split(sep).includes("node_modules"));
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The CLI starts the program with the `node` it finds first: that of this process. Ctrl-C reaches it from the terminal. */
function runCli(cli: string, args: string[]): Promise<number> {
  const env = { ...process.env, PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) };
  const child = spawn(cli, args, { stdio: "inherit", env });
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      resolve(code ?? (signal === "SIGINT" ? 130 : 1));
    });
  });
}

/** The first interrupt stops the run in good order, the second cuts it off. */
async function runEmbedded(args: string[]): Promise<number> {
  const { runPulumi } = await import("../engine/index.ts");
  goOnUnread();
  const [stop, kill] = [new AbortController(), new AbortController()];
  const interrupt = () => {
    if (stop.signal.aborted) kill.abort();
    else {
      process.stderr.write("^C: waiting for what runs to finish; once more cuts it off.\n");
      stop.abort();
    }
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, interrupt);
  try {
    return (await runPulumi(args, { signal: stop.signal, killSignal: kill.signal })).exitCode;
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
  }
}
