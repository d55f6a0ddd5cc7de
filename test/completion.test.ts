/** Shell completion, asked as the shells ask it: a real bash, and zsh and fish where they are installed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const AEP = resolve(import.meta.dirname, "../cli/aep.ts");
const folder = mkdtempSync(join(tmpdir(), "aep-completion-"));
const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const installed = (shell: Shell): boolean => {
  try {
    execFileSync(shell, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

beforeAll(() => {
  for (const shell of SHELLS)
    writeFileSync(
      join(folder, shell),
      execFileSync(process.execPath, [AEP, "completion", shell], { encoding: "utf8" }),
    );
  for (const name of ["stacks", "mappings"]) mkdirSync(join(folder, name));
  for (const stack of ["local", "prod-eu"]) writeFileSync(join(folder, `stacks/Pulumi.${stack}.yaml`), "config: {}\n");
  writeFileSync(join(folder, "mappings/members.yaml"), "");
  writeFileSync(join(folder, "a file.json"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the shell offers after the words; the last one is being typed. */
const ASK: Record<Shell, (words: string[]) => string> = {
  bash: (words) => {
    const typed = words.map((word) => `'${word}'`).join(" ");
    const script = `. ./bash; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _aep; printf '%s\n' "\${COMPREPLY[@]}"`;
    return execFileSync("bash", ["--norc", "-c", script], { cwd: folder, encoding: "utf8" });
  },
  // zsh completes only where it reads a line: the words offered are taken from the builtins the script ends in.
  zsh: (words) => {
    const typed = words.map((word) => `'${word}'`).join(" ");
    const script = `compdef() { :; }
compadd() { while [[ $1 == -* ]]; do [[ $1 == -- ]] && { shift; break; }; shift; done; print -l -- "$@"; }
_describe() { local name; [[ $1 == -o ]] && shift; name=$2; print -l -- "\${(@)\${(P@)name}%%:*}"; }
_files() { print -l -- *(N) }; _message() { :; }
. ./zsh; words=(${typed}); CURRENT=${words.length}; _aep`;
    return execFileSync("zsh", ["-f", "-c", script], { cwd: folder, encoding: "utf8" });
  },
  fish: (words) => {
    const line = words.join(" ");
    const env = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
    return execFileSync("fish", ["--no-config", "-c", `source ./fish; complete -C '${line}'`], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
  },
};

describe.each(SHELLS)("%s", (shell) => {
  if (!installed(shell)) {
    it(`is not tried: ${shell} is not installed`, () => {
      process.stdout.write(`completion: ${shell} is not installed; its script is only generated\n`);
    });
    return;
  }
  const offered = (...words: string[]) => {
    const given = words.at(-1) as string;
    const all = ASK[shell](words)
      .split("\n")
      .map((line) => line.split("\t")[0] as string);
    return all.filter((word) => word !== "" && word.startsWith(given)).sort();
  };

  it("commands", () => {
    expect(offered("aep", "")).toEqual(expect.arrayContaining(["completion", "init", "mapping", "pulumi"]));
    expect(offered("aep", "mapping", "te")).toEqual(["test"]);
    expect(offered("aep", "pulumi", "pre")).toEqual(["preview"]);
  });
  it("options, of the command alone", () => {
    expect(offered("aep", "mapping", "test", "--ju")).toEqual(["--junit"]);
    expect(offered("aep", "mapping", "lint", "--ju")).toEqual([]);
  });
  it("values: choices, codes, stacks, files", () => {
    expect(offered("aep", "init", "--template", "")).toEqual(["rest", "stream"]);
    expect(offered("aep", "completion", "")).toEqual(["bash", "fish", "zsh"]);
    expect(offered("aep", "explain", "FLOW-1447")).toEqual(["FLOW-1447-400"]);
    expect(offered("aep", "drift", "--stack", "")).toEqual(["local", "prod-eu"]);
    expect(offered("aep", "adopt", "a")).toEqual(["a file.json"]);
  });
  it("a value that is called like a command is no command", () => {
    expect(offered("aep", "drift", "--stack", "local", "--qu")).toEqual(["--quiet"]);
  });
});
