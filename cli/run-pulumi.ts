/** Runs `aep pulumi ...` on whichever engine it chooses, and keeps what it wrote: the embedded engine here, the CLI in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isEmbedded } from "./pulumi.ts";

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  /** An interrupt is passed on once; the run then ends in good order. */
  signal?: AbortSignal;
}

/** `args` as the Pulumi CLI takes them, such as `["stack", "export"]`. Rejects only when a process cannot be started. */
export async function runPulumi(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = process.env, signal } = options;
  return isEmbedded(env) ? runHere(args, env, signal) : runApart(args, env, signal);
}

async function runHere(args: readonly string[], env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Ran> {
  const engine = await import("../engine/index.ts");
  const ran: Ran = { exitCode: 1, stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") => ({ write: (text: string) => (ran[name] += text) });
  const output = { stdout: into("stdout"), stderr: into("stderr") };
  const { exitCode } = await engine.runPulumi([...args], { env, ...output, ...(signal && { signal }) });
  return { ...ran, exitCode };
}

async function runApart(args: readonly string[], env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Ran> {
  const aep = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./aep.ts" : "./aep.js", import.meta.url));
  const child = spawn(process.execPath, [aep, "pulumi", ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const ran: Ran = { exitCode: 1, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text: string) => {
      ran[name] += text;
    });
  }
  const interrupt = () => child.kill("SIGINT");
  signal?.addEventListener("abort", interrupt, { once: true });
  try {
    ran.exitCode = await new Promise<number>((resolve, reject) => {
      child.on("error", reject).on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    signal?.removeEventListener("abort", interrupt);
  }
  return ran;
}

/** What a failed run said, without the line that names the engine. */
export function complaint({ stdout, stderr }: Ran): string {
  const said = (text: string) => text.replace(/^engine: .*\n/m, "").trim();
  return said(stderr) || said(stdout) || "it wrote nothing";
}
