/** Child processes of the SDK. They end with the engine, however it ends: each watches its standard input, which the engine holds. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { AepError } from "../../errors.ts";
import { compileCacheFolder } from "./compile-cache.ts";
import { loadedLater } from "./later.ts";

const WATCH_PARENT = `import process from "node:process"; process.stdin.on("end", () => process.exit(1)).resume(); process.stdin.unref?.();`;

export interface ChildOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  nodeArgs?: string[];
  /** Texts of modules that run before the script. */
  before?: string[];
  /** Receives every line the child prints on its standard output and error. */
  onLine: (line: string, stream: "stdout" | "stderr") => void;
}

/** One of the SDK's own entry points, taken from the program's installation. */
export function sdkModule(folder: string, path: string): string {
  for (const from of [join(folder, "package.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve(`@pulumi/pulumi/${path}`);
    } catch {
      // The program's folder has no SDK of its own: the engine's serves it.
    }
  }
  throw new AepError("ENGINE_PROJECT", "The Pulumi SDK is not installed.", { where: folder, hint: "Run `npm ci`." });
}

export function startNode(script: string, args: string[], options: ChildOptions): ChildProcess {
  const before = [WATCH_PARENT, loadedLater(script), ...(options.before ?? [])];
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), ...runBefore(before), script, ...args], {
    cwd: options.cwd,
    // A proxy for the outside is no way to a server on this machine.
    env: { no_grpc_proxy: "127.0.0.1", ...compileCache(script), ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // Ctrl-C at the terminal is the engine's to answer, not the child's
  });
  child.stdin?.on("error", () => undefined); // the child may end first
  for (const stream of ["stdout", "stderr"] as const) {
    createInterface({ input: child[stream]! }).on("line", (line) => options.onLine(line, stream));
  }
  return child;
}

/** Arguments for Node by which modules of these texts run before its script. */
export function runBefore(texts: readonly string[]): string[] {
  return texts.flatMap((text) => ["--import", `data:text/javascript,${encodeURIComponent(text)}`]);
}

/** Node keeps compiled code with the packages it is of: the SDK then loads in two thirds of the time. */
export function compileCache(script: string): NodeJS.ProcessEnv {
  const folder = compileCacheFolder(script);
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

/** Ends a child and waits until it is gone; one that does not hear is killed. */
export async function stopChild(child: ChildProcess, patience = 2000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.stdin?.end();
  const impatient = setTimeout(() => child.kill("SIGKILL"), patience);
  await gone;
  clearTimeout(impatient);
}
