/** Where the shell blocks of a page run: a scratch copy of the project, one emulator, and the commands as users call them. */
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Emulator } from "../../../emulator/index.ts";
import { Project } from "../project.ts";
import type { Block } from "./blocks.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const LINKED = ["cli", "engine", "emulator", "tsconfig.json"];
const COPIED = ["docs/json-schema", "docs/examples", "ci", ".github", "README.md"];
const BLOCK_LIMIT = 300_000;

export interface BlockRun {
  exitCode: number;
  /** Standard output and error, as they came. */
  output: string;
  /** The command that failed, as bash read it. */
  failed: string;
}

export class Lab {
  readonly project: Project;
  readonly #state: string;

  constructor(emulator: Emulator, from?: Lab) {
    this.project = new Project({
      ...emulator.env,
      CAPILLARY_CLIENT_ID: "emulator",
      CAPILLARY_CLIENT_SECRET: "docs-client-secret",
      CAPILLARY_ACCESS_TOKEN: "docs-access-token",
    });
    for (const name of LINKED) symlinkSync(join(ROOT, name), join(this.project.folder, name));
    for (const name of COPIED) copy(name, ROOT, this.project.folder);
    copy("stacks", from ? from.project.folder : ROOT, this.project.folder);
    if (from) for (const name of ["backend", "home"]) copy(name, from.project.folder, this.project.folder);
    this.#state = join(this.project.folder, ".blocks");
    mkdirSync(join(this.#state, "bin"), { recursive: true });
    for (const [name, text] of Object.entries(COMMANDS)) this.#command(name, text);
  }

  #command(name: string, text: string): void {
    const file = join(this.#state, "bin", name);
    writeFileSync(file, `#!/bin/bash\naep() { ${AEP}\n}\n${text}\n`);
    chmodSync(file, 0o755);
  }

  /** One block; variables and the folder are those that the block before left. */
  async run(block: Block): Promise<BlockRun> {
    const file = (name: string) => join(this.#state, name);
    const script = `
set -euo pipefail
shopt -s expand_aliases
cd ${JSON.stringify(this.project.folder)}
[ ! -f ${file("env")} ] || . ${file("env")}
[ ! -f ${file("cwd")} ] || cd "$(cat ${file("cwd")})"
${Object.entries(block.env)
  .map(([name, value]) => `export ${name}=${JSON.stringify(value)}`)
  .join("\n")}
trap 'printf %s "$BASH_COMMAND" > ${file("failed")}' ERR
trap 'code=$?; export -p > ${file("env")}; pwd > ${file("cwd")}; exit $code' EXIT
set -a
${withoutPlaceholders(block.text)}
`;
    writeFileSync(file("failed"), "");
    const env = { ...this.project.env, ...GIT, PATH: [join(this.#state, "bin"), this.project.env["PATH"]].join(":") };
    const child = spawn("bash", ["-c", script], { cwd: this.project.folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const late = setTimeout(() => child.kill("SIGKILL"), BLOCK_LIMIT);
    const exitCode = await new Promise<number>((done, fail) => {
      child.on("error", fail).on("close", (code) => done(code ?? -1));
    });
    clearTimeout(late);
    return { exitCode, output, failed: readFileSync(file("failed"), "utf8") };
  }

  write(path: string, text: string): void {
    this.project.write(path, `${text}\n`);
  }

  remove(): void {
    this.project.remove();
  }
}

const GIT = {
  GIT_AUTHOR_NAME: "docs",
  GIT_AUTHOR_EMAIL: "docs@example.com",
  GIT_COMMITTER_NAME: "docs",
  GIT_COMMITTER_EMAIL: "docs@example.com",
};

/** `aep emulator` is not started again: the page's is there, and its variables are what it would write. */
const AEP = `
  if [ "\${1:-}" != emulator ]; then exec ${process.execPath} -- ${join(ROOT, "cli/aep.ts")} "$@"; fi
  while [ $# -gt 0 ]; do
    if [ "$1" = --env-file ]; then
      env | grep -E '^AEP_(ENDPOINT|IMS_ENDPOINT|STREAMING_ENDPOINT|ORG_ID|CLIENT_ID|CLIENT_SECRET)=' > "$2"
    fi
    shift
  done
  echo "emulator: $AEP_ENDPOINT"`;

const NPM = `
  [ "\${1:-}" = run ] || { echo "npm $*: not in a test; say why with <!-- test: skip ... -->" >&2; exit 99; }
  shift
  while [ "\${1:-}" = -s ] || [ "\${1:-}" = --silent ]; do shift; done
  script=$1; shift
  [ "\${1:-}" != -- ] || shift
  case $script in
    aep) aep "$@" ;;
    emulator) aep emulator "$@" ;;
    *) echo "npm run $script: not in a test; say why with <!-- test: skip ... -->" >&2; exit 99 ;;
  esac`;

/** The commands of the pages, as a user has them on the PATH. */
const COMMANDS: Record<string, string> = {
  aep: 'aep "$@"',
  pulumi: 'aep pulumi --engine embedded "$@"',
  npm: NPM,
  npx: '[ "$1" = aep ] || { echo "npx $*: not in a test" >&2; exit 99; }; shift; aep "$@"',
};

/** `NAME=...` stands for a value that the harness has set. */
function withoutPlaceholders(text: string): string {
  const left = text.replace(/\b[A-Z_]+=\.\.\.(?=\s|$)/g, "");
  const bare = left.replace(/^(\s*)export\s*(#.*)?$/gm, "$1:");
  const open = /<[a-z][^<>\n]*>(?!\()/.exec(bare.replace(/<<[-~]?\s*['"]?\w+['"]?[\s\S]*?\n\w+$/gm, ""));
  if (open) throw new Error(`the placeholder ${open[0]} cannot be run; declare it or skip the block`);
  return bare;
}

function copy(name: string, from: string, to: string): void {
  if (!existsSync(join(from, name))) return;
  mkdirSync(dirname(join(to, name)), { recursive: true });
  cpSync(join(from, name), join(to, name), { recursive: true });
}
