/**
 * Plays a job of a GitHub workflow on this machine: the shell of every `run` step as it stands, in order, with the environment
 * and files a runner gives it. Actions are not executed: those used here are known by name and stood in for (a checkout is
 * there, artifacts and caches are folders, the engine is on the machine); `npm ci` is the link of node_modules.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";

export interface StepResult {
  name: string;
  outcome: "success" | "failure" | "skipped";
  code: number;
  output: string;
}

export interface JobResult {
  ok: boolean;
  steps: StepResult[];
  outputs: Record<string, string>;
  summary: string;
}

interface Step {
  id?: string;
  name?: string;
  uses?: string;
  run?: string;
  if?: string;
  env?: Record<string, string>;
  with?: Record<string, string>;
  "continue-on-error"?: boolean;
}

export interface Job {
  env?: Record<string, string>;
  outputs?: Record<string, string>;
  steps: Step[];
}

export const readWorkflow = (file: string): { jobs: Record<string, Job> } & Record<string, any> =>
  parse(readFileSync(file, "utf8"));

/** One shell script, as the runner starts it when `shell: bash` is asked for. */
export function bash(
  script: string,
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], { cwd, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((done, fail) => {
    child.on("error", fail).on("close", (code) => done({ code: code ?? -1, output }));
  });
}

/** A repository's checkout with what outlives a job: artifacts of the run, caches. */
export class Runner {
  readonly #kept = mkdtempSync(join(tmpdir(), "aep-runner-"));
  readonly folder: string;
  readonly env: Record<string, string>;

  constructor(folder: string, env: Record<string, string>) {
    this.folder = folder;
    this.env = env;
  }

  /** `values`: what expressions stand for, by their text (`secrets.NAME` and `vars.NAME` are empty when absent). */
  async run(job: Job, values: Record<string, string>): Promise<JobResult> {
    const temp = mkdtempSync(join(this.#kept, "job-"));
    const state = new Expressions(values);
    const files = { GITHUB_OUTPUT: join(temp, "output"), GITHUB_STEP_SUMMARY: join(temp, "summary") };
    for (const file of Object.values(files)) writeFileSync(file, "");
    const result: JobResult = { ok: true, steps: [], outputs: {}, summary: "" };
    for (const step of job.steps) {
      const name = step.name ?? step.uses?.split("@")[0] ?? "";
      if (!state.holds(step.if ?? "success()", result.ok)) {
        result.steps.push({ name, outcome: "skipped", code: 0, output: "" });
        continue;
      }
      const env = {
        ...this.env,
        ...files,
        ...state.all(job.env),
        ...state.all(step.env),
        GITHUB_WORKSPACE: this.folder,
      };
      const { code, output } = step.uses
        ? { code: 0, output: this.#stand(step.uses, state.all(step.with)) }
        : await this.#shell(step.run ?? "", env);
      result.steps.push({ name, outcome: code === 0 ? "success" : "failure", code, output });
      if (code !== 0 && step["continue-on-error"] !== true) result.ok = false;
      state.read(step.id, files.GITHUB_OUTPUT);
    }
    result.outputs = state.all(job.outputs);
    result.summary = readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
    return result;
  }

  artifact(name: string, path: string): string {
    return readFileSync(join(this.#kept, "artifacts", name, path), "utf8");
  }

  remove(): void {
    rmSync(this.#kept, { recursive: true, force: true });
  }

  #shell(script: string, env: Record<string, string>): Promise<{ code: number; output: string }> {
    if (script.trim() === "npm ci") return Promise.resolve({ code: 0, output: "node_modules is linked\n" });
    return bash(script, this.folder, env);
  }

  /** What stands in for an action; throws for one that nobody thought of. */
  #stand(uses: string, given: Record<string, string>): string {
    const action = uses.split("@")[0];
    const artifacts = join(this.#kept, "artifacts");
    const path = join(this.folder, given["path"] ?? "");
    switch (action) {
      case "actions/checkout":
      case "actions/setup-node":
      case "pulumi/actions":
        return "there already\n";
      case "actions/upload-artifact":
        return copy(
          path,
          existsFolder(path) ? join(artifacts, given["name"]!) : join(artifacts, given["name"]!, given["path"]!),
        );
      case "actions/download-artifact":
        if (given["name"]) return copy(join(artifacts, given["name"]), path);
        return copy(artifacts, path, given["pattern"]!.replace("*", ""));
      case "actions/cache/restore":
        return copy(join(this.#kept, "cache", given["path"]!), path);
      case "actions/cache/save":
        return copy(path, join(this.#kept, "cache", given["path"]!));
      case "github/codeql-action/upload-sarif":
        JSON.parse(readFileSync(join(this.folder, given["sarif_file"]!), "utf8"));
        return "valid JSON\n";
      default:
        throw new Error(`nothing stands in for ${action}`);
    }
  }
}

const existsFolder = (path: string): boolean => existsSync(path) && path.endsWith("/");

/** Only names that begin with `prefix`, when one is given. */
function copy(from: string, to: string, prefix?: string): string {
  if (!existsSync(from)) return `nothing at ${from}\n`;
  mkdirSync(dirname(to), { recursive: true });
  const filter = (source: string) =>
    source === from || prefix === undefined || source.slice(from.length + 1).startsWith(prefix);
  cpSync(from, to, { recursive: true, filter });
  return `copied to ${to}\n`;
}

/** Expressions by their text; only what the project's workflows use. */
class Expressions {
  readonly #values: Record<string, string>;

  constructor(values: Record<string, string>) {
    this.#values = { ...values };
  }

  all(texts: Record<string, unknown> = {}): Record<string, string> {
    return Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [
        key,
        String(text).replace(/\$\{\{ *(.*?) *\}\}/g, (_, expression) => this.#value(expression)),
      ]),
    );
  }

  holds(condition: string, ok: boolean): boolean {
    const text = condition.replace(/^\$\{\{ *(.*?) *\}\}$/, "$1");
    if (text === "success()") return ok;
    if (text === "always()" || text === "!cancelled()") return true;
    const equal = /^(.*?) == '(.*)'$/.exec(text);
    if (!equal) throw new Error(`unknown condition ${text}`);
    return ok && this.#value(equal[1]!) === equal[2];
  }

  /** Takes over what a step wrote to GITHUB_OUTPUT. */
  read(id: string | undefined, file: string): void {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const at = line.indexOf("=");
      if (at > 0) this.#values[`steps.${id}.outputs.${line.slice(0, at)}`] = line.slice(at + 1);
    }
    writeFileSync(file, "");
  }

  #value(expression: string): string {
    const value = this.#values[expression];
    if (value !== undefined) return value;
    if (/^(secrets|vars|steps)\./.test(expression)) return "";
    throw new Error(`nothing is known of ${expression}`);
  }
}
