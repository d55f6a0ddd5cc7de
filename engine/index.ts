/**
 * The embedded engine: Pulumi's commands for a Node project with dynamic resources, on a machine without the Pulumi CLI.
 * State, flags, displays and exit codes are the CLI's, so that either can go on where the other stopped; what is left out is
 * refused by name.
 */
import { AepError, fileError } from "../errors.ts";
import { commandNames, parseCommandLine } from "./commands/args.ts";
import { configGet, configRemove, configSet } from "./commands/config.ts";
import { EXIT, exitCodeOf } from "./commands/exit.ts";
import type { Operation } from "./commands/operate.ts";
import {
  cancelStack,
  stackExport,
  stackImport,
  stackInit,
  stackList,
  stackOutput,
  stackRemove,
  stackSelect,
} from "./commands/stack.ts";
import { ENGINE_VERSION, type Output, type RunContext, Workspace } from "./commands/workspace.ts";
import type { EngineEvent } from "./deploy/step.ts";

export type { EngineEvent, Op, StepRecord, Summary } from "./deploy/step.ts";
export type { ResourceState } from "./state/resource.ts";
export type { DetailedDiff } from "./values/diff.ts";
export { Secret, UNKNOWN, type Value } from "./values/value.ts";

export interface RunOptions {
  /** Default: the process's own. */
  cwd?: string;
  /** The whole environment of the run, also of the program and the provider. Default: the process's own. */
  env?: NodeJS.ProcessEnv;
  stdout?: Output;
  stderr?: Output;
  /** Stops the run: nothing new is begun, what runs is waited for; exit code 8. */
  signal?: AbortSignal;
  /** Cuts off what runs; the state then holds pending operations. */
  killSignal?: AbortSignal;
  /** Told everything that happens, in order. */
  onEvent?: (event: EngineEvent) => void;
}

/** Runs one command (`["up", "--yes", "--stack", "dev"]`); a failure is written to stderr and told by the exit code. */
export async function runPulumi(args: string[], options: RunOptions = {}): Promise<{ exitCode: number }> {
  const never = new AbortController().signal;
  const context: RunContext = {
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
    stdout: options.stdout ?? process.stdout,
    stderr: options.stderr ?? process.stderr,
    signal: options.signal ?? never,
    killSignal: options.killSignal ?? never,
    onEvent: options.onEvent,
  };
  try {
    return { exitCode: await dispatch(args, context) };
  } catch (error) {
    context.stderr.write(`error: ${error instanceof AepError ? error.toString() : unexpected(error)}\n`);
    return { exitCode: exitCodeOf(error) };
  }
}

/** What the file system refuses is told in a line; anything else is a defect of the engine, and there alone the stack helps. */
function unexpected(error: unknown): string {
  const refused = fileError(error);
  if (refused) return refused.toString();
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function dispatch(args: string[], context: RunContext): Promise<number> {
  const bare = args.every((arg) => arg === "--help" || arg === "-h" || arg === "help");
  const { command, rest, flags } = bare ? { command: [], rest: [], flags: { help: true } } : parseCommandLine(args);
  const name = command.join(" ");
  if (flags["help"]) {
    context.stdout.write(
      `The embedded engine's commands: ${commandNames().join(", ")}.\nTheir flags are the Pulumi CLI's.\n`,
    );
    return EXIT.ok;
  }
  if (name === "version") {
    context.stdout.write(`${ENGINE_VERSION}\n`);
    return EXIT.ok;
  }
  const workspace = new Workspace(context, flags);
  switch (name) {
    case "preview":
      return operate({ kind: "update", stack: workspace.stack(flags), flags, previewOnly: true });
    case "up":
      return operate({ kind: "update", stack: workspace.stack(flags), flags, previewOnly: false });
    case "refresh":
      return operate({ kind: "refresh", stack: workspace.stack(flags), flags, previewOnly: false });
    case "destroy":
      return operate({ kind: "destroy", stack: workspace.stack(flags), flags, previewOnly: false });
    case "import":
      return (await import("./commands/import.ts")).importFile(workspace, flags);
    case "stack ls":
      stackList(workspace, flags);
      break;
    case "config rm":
      configRemove(workspace, rest, flags);
      break;
    case "cancel":
      cancelStack(workspace, rest, flags);
      break;
    default:
      await SIMPLE[name]!(workspace, rest, flags);
  }
  return EXIT.ok;
}

/** Loaded when it is needed: gRPC and the SDK's messages come with it, which a look at a state does not need. */
async function operate(operation: Operation): Promise<number> {
  return (await import("./commands/operate.ts")).operate(operation);
}

const SIMPLE: Record<
  string,
  (workspace: Workspace, rest: string[], flags: ReturnType<typeof parseCommandLine>["flags"]) => Promise<void>
> = {
  "stack init": stackInit,
  "stack select": stackSelect,
  "stack rm": stackRemove,
  "stack export": (workspace, _rest, flags) => stackExport(workspace, flags),
  "stack import": (workspace, _rest, flags) => stackImport(workspace, flags),
  "stack output": stackOutput,
  "config set": configSet,
  "config get": configGet,
};
