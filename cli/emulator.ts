/** `aep emulator`: runs the emulator until it is stopped, and says what a client must know. */
import { chmodSync, writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { Emulator, Settings } from "../emulator/index.ts";
import { AepError } from "../errors.ts";
import { parseCount } from "./option-values.ts";

interface Options {
  port: string;
  host: string;
  seed?: string;
  envFile?: string;
  profileDelete: Settings["profileDelete"];
  faults?: string;
  data?: string;
  restore?: string;
}

export function register(program: Command): void {
  program
    .command("emulator")
    .description("run a local Experience Platform ingestion stack and Capillary on one port")
    .option("--port <number>", "port to listen on, 0 for any free one", "4010")
    .option("--host <address>", "address to listen on; only this machine can reach the default", "127.0.0.1")
    .option("--seed <number>", "seed of all ids: the same calls give the same ids")
    .option("--env-file <file>", "write the variables a client needs to this file as KEY=value lines")
    .addOption(
      new Option("--profile-delete <answer>", "what deleting a schema that is in Profile meets; Adobe refuses it")
        .choices(["allowed", "refused"])
        .default("refused"),
    )
    .option("--faults <file>", "make calls fail as the rules in this YAML or JSON file say")
    .option("--data <folder>", "keep everything in this folder, from one run to the next")
    .option("--restore <file>", "begin with a snapshot taken before (GET /__emulator/snapshot)")
    .action(run);
}

async function run(options: Options): Promise<void> {
  const port = parseCount("--port", options.port, 65_535, 0);
  const seed = options.seed === undefined ? undefined : parseCount("--seed", options.seed, 2 ** 32 - 1, 0);
  const stop = stopSignal();
  const { readFaultsFile, startEmulator } = await import("../emulator/index.ts");
  const settings = { profileDelete: options.profileDelete };
  const faults = options.faults === undefined ? undefined : await readFaultsFile(options.faults);
  const { host, data, restore: snapshot } = options;
  const emulator = await startEmulator({ port, seed, host, settings, faults, data, snapshot });
  try {
    if (options.envFile !== undefined) writeEnvFile(options.envFile, emulator.env);
    announce(emulator, options);
    await stop;
  } finally {
    await emulator.close();
  }
  process.stdout.write("emulator stopped\n");
}

/** Listens before anything is started, so that an early Ctrl-C ends cleanly too. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function announce(emulator: Emulator, options: Options): void {
  const kept = options.data === undefined ? "nothing is kept" : `everything is kept in ${options.data}`;
  const lines = [
    `emulator listening on ${emulator.url} (Ctrl-C ends it; ${kept})`,
    `console: open ${emulator.url}/ in a browser`,
  ];
  if (!["127.0.0.1", "::1", "localhost"].includes(options.host))
    lines.push(
      `warning: ${options.host} may be reachable from other machines, and the emulator has no real secrets to check`,
    );
  if (options.profileDelete === "allowed")
    lines.push("unlike in Experience Platform a schema in Profile can be deleted here (--profile-delete refused)");
  if (emulator.world.faults.rules.length > 0)
    lines.push(`${emulator.world.faults.rules.length} fault rules of ${options.faults} are at work`);
  lines.push("", ...Object.entries(emulator.env).map(([name, value]) => `export ${name}=${value}`), "");
  if (options.envFile !== undefined) lines.push(`the same variables are in ${options.envFile}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Only the owner may read it: the file holds a client secret, if only the emulator's. */
function writeEnvFile(file: string, env: Record<string, string>): void {
  const text = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  try {
    writeFileSync(file, text.join(""), { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    throw new AepError("USAGE", `The file cannot be written (${(error as NodeJS.ErrnoException).code})`, {
      where: `--env-file ${file}`,
      hint: "Name a file in a folder that exists and that you may write to.",
      cause: error,
    });
  }
}
