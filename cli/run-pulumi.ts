/** Runs `aep pulumi ...` as a process of its own, on whichever engine it chooses, and keeps what it wrote. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

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

/** `args` as the Pulumi CLI takes them, such as `["stack", "export"]`. Rejects only when the process cannot be started. */
export async function runPulumi(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const aep = fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "./aep.ts" : "./aep.js", import.meta.url));
  const env = options.env ?? process.env;
  const child = spawn(process.execPath, [aep, "pulumi", ...args], { stdio: ["ignore", "pipe", "pipe"], env });
  const ran: Ran = { exitCode: 1, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text: string) => {
      ran[name] += text;
    });
  }
  const interrupt = () => child.kill("SIGINT");
  options.signal?.addEventListener("abort", interrupt, { once: true });
  try {
    ran.exitCode = await new Promise<number>((resolve, reject) => {
      child.on("error", reject).on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
  }
  return ran;
}

/** What a failed run said, without the line that names the engine. */
export function complaint({ stdout, stderr }: Ran): string {
  const said = (text: string) => text.replace(/^engine: .*\n/m, "").trim();
  return said(stderr) || said(stdout) || "it wrote nothing";
}
