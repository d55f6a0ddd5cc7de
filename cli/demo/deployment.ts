/** Runs the embedded engine on the scratch project and keeps what it said and did. */
import { Writable } from "node:stream";
import { type EngineEvent, runPulumi, type StepRecord, type Summary } from "../../engine/index.ts";

export interface Deployed {
  exitCode: number;
  /** Everything the engine printed, as a user without a terminal sees it. */
  output: string;
  /** Steps that were carried out (or planned, in a preview), without those that left a resource as it was. */
  steps: StepRecord[];
  changes: Summary["changes"];
  outputs: Record<string, unknown>;
}

export class Deployment {
  readonly #cwd: string;
  readonly #env: NodeJS.ProcessEnv;

  readonly #interrupted: AbortSignal;

  constructor(cwd: string, env: NodeJS.ProcessEnv, interrupted: AbortSignal) {
    this.#cwd = cwd;
    this.#env = env;
    this.#interrupted = interrupted;
  }

  /** Runs `pulumi <args>` on stack `local`. */
  async run(...args: string[]): Promise<Deployed> {
    if (this.#interrupted.aborted) throw new Error("interrupted");
    const output = new Collector();
    const events: EngineEvent[] = [];
    const { exitCode } = await runPulumi(args, {
      cwd: this.#cwd,
      env: this.#env,
      stdout: output,
      stderr: output,
      signal: this.#interrupted,
      onEvent: (event) => events.push(event),
    });
    const end = events.findLast((event) => event.type === "end");
    return {
      exitCode,
      output: output.text,
      steps: events.flatMap((event) => (event.type === "step-end" && event.step.op !== "same" ? [event.step] : [])),
      changes: end?.summary.changes ?? {},
      outputs: (end?.outputs ?? {}) as Record<string, unknown>,
    };
  }

  /** The same, and a failure of the command is a failure of the demo's step. */
  async must(...args: string[]): Promise<Deployed> {
    const deployed = await this.run(...args);
    if (deployed.exitCode !== 0)
      throw new Error(`pulumi ${args.join(" ")} ended with exit code ${deployed.exitCode}\n${deployed.output}`);
    return deployed;
  }
}

class Collector extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
