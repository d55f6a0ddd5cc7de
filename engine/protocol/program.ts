/** The user's program as a child process, run by the SDK's own `cmd/run`. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Project } from "../project.ts";
import { sdkModule, startNode, stopChild } from "./child.ts";

export interface ProgramOptions {
  project: Project;
  stack: string;
  preview: boolean;
  parallel: number;
  /** Address of the monitor and engine services. */
  address: string;
  env: NodeJS.ProcessEnv;
  onLine: (line: string, stream: "stdout" | "stderr") => void;
}

/**
 * The SDK tells the engine three debug messages for each resource, one after the other, and the engine drops them: half of what
 * passes between the two. They are dropped where they arise.
 */
const withoutDebugLog = (log: string): string =>
  `import { createRequire } from "node:module"; createRequire(${JSON.stringify(log)})(${JSON.stringify(log)}).debug = async () => undefined;`;

/** The SDK's exit code for "failed, and the user has been told why". */
const FAILED_AND_TOLD = 32;

export type ProgramEnd = "ok" | "failed-and-told" | { exitCode: number | null; signal: NodeJS.Signals | null };

export class Program {
  readonly #child: ChildProcess;
  /** Settles when the program has ended; never rejects. */
  readonly ended: Promise<ProgramEnd>;

  constructor(options: ProgramOptions) {
    const { project } = options;
    const script = sdkModule(project.programFolder, "cmd/run/index.js");
    const args = [
      ["--monitor", options.address],
      ["--engine", options.address],
      ["--organization", "organization"],
      ["--project", project.name],
      ["--root-directory", project.root],
      ["--stack", options.stack],
      ["--pwd", project.programFolder],
      options.preview ? ["--dry-run"] : [],
      ["--parallel", String(options.parallel)],
      [project.entryPoint],
    ].flat();
    this.#child = startNode(script, args, {
      cwd: project.programFolder,
      env: { ...options.env, PULUMI_NODEJS_TYPESCRIPT: project.typescript ? "true" : "false", NO_COLOR: "1" },
      nodeArgs: project.nodeArgs,
      before: [withoutDebugLog(sdkModule(project.programFolder, "log/index.js"))],
      onLine: options.onLine,
    });
    this.ended = once(this.#child, "close").then(([exitCode, signal]): ProgramEnd => {
      if (exitCode === 0) return "ok";
      return exitCode === FAILED_AND_TOLD ? "failed-and-told" : { exitCode, signal };
    });
  }

  stop(): Promise<void> {
    return stopChild(this.#child, 0);
  }
}
