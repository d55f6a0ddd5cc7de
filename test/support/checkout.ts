/** A scratch git checkout of this project with one small stack, `dev`, as a team's repository would be on a CI runner. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { stringify } from "yaml";
import { smallStack } from "./project.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** What a repository's user has not, or what is made here; of the documents only the examples are wanted. */
const LEFT_OUT = new Set(["node_modules", "bench", "dist", "docs", "stacks", "test", "tmp", "out", "vitest.config.ts"]);
const CONTENT = readdirSync(ROOT).filter((name) => !name.startsWith(".") && !LEFT_OUT.has(name));

export class Checkout {
  readonly #scratch = mkdtempSync(join(tmpdir(), "aep-checkout-"));
  readonly folder = join(this.#scratch, "project");

  constructor(config = smallStack()) {
    for (const name of [...CONTENT, "docs/examples", "stacks"])
      cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    this.write(".gitignore", "node_modules\nout/\n.aep/\n");
    this.write("stacks/Pulumi.dev.yaml", stringify({ config }));
    this.git("init", "--quiet", "--initial-branch=main");
    this.commit("The project");
  }

  /** What a runner and its secrets give to every step: the engine, the emulator's credentials, a state backend. */
  env(api: Record<string, string>): Record<string, string> {
    return {
      PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      HOME: join(this.#scratch, "home"),
      PULUMI_HOME: join(this.#scratch, "home/.pulumi"),
      AEP_ENGINE: "embedded",
      CI: "true",
      NO_COLOR: "1",
      npm_config_update_notifier: "false",
      ...api,
    };
  }

  get stateUrl(): string {
    return `file://${join(this.#scratch, "state")}`;
  }

  git(...args: string[]): string {
    const identity = ["-c", "user.name=Data team", "-c", "user.email=data@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...identity, ...args], { cwd: this.folder, encoding: "utf8" }).trim();
  }

  /** Commits everything and returns the commit. */
  commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  edit(path: string, from: string, to: string): void {
    const before = this.read(path);
    if (!before.includes(from)) throw new Error(`${path} has no ${from}`);
    this.write(path, before.replace(from, to));
  }

  remove(): void {
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}
