/** The workflows and scripts of CI as files: their syntax, and what keeps secrets and write access where they belong. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { workflowSchema } from "./support/workflow-schema.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".github/workflows");
const files = readdirSync(FOLDER).sort();
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");

interface AnyJob {
  env?: Record<string, string>;
  permissions: Record<string, string>;
  steps?: { uses?: string; run?: string; env?: Record<string, string>; with?: Record<string, unknown> }[];
}
const jobs = files.flatMap((file) =>
  Object.entries(parse(read(file)).jobs as Record<string, AnyJob>).map(([name, job]) => ({
    at: `${file} ${name}`,
    ...job,
  })),
);

const has = (tool: string) => spawnSync(tool, ["--version"]).status === 0;

describe("the workflows", () => {
  it.each(files)("%s has nothing but known keys, pinned actions, one permission list for each job", (file) => {
    const checked = workflowSchema.safeParse(parse(read(file)));
    expect(checked.success ? "" : z.prettifyError(checked.error)).toBe("");
    for (const line of read(file).match(/uses: [^.].*/g) ?? [])
      expect(line).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+(\.\d+\.\d+)?(;.*)?$/);
  });

  it("put no expression into a shell script: what it stands for could be code", () => {
    for (const { at, steps } of jobs)
      for (const { run } of steps ?? []) expect(`${at}: ${run ?? ""}`).not.toMatch(/\$\{\{/);
  });

  it("leave no token behind in the checkout", () => {
    for (const { at, steps } of jobs)
      for (const step of (steps ?? []).filter(({ uses }) => uses?.startsWith("actions/checkout@")))
        expect([at, step.with?.["persist-credentials"]]).toEqual([at, false]);
  });

  it("give a writing token only to jobs that have no secret and run nothing but ci/post.ts", () => {
    const writing = jobs.filter(({ permissions }) => Object.values(permissions).includes("write"));
    expect(writing.map(({ at }) => at)).toEqual(["drift.yml report", "preview.yml comment"]);
    for (const { at, env, steps } of writing) {
      expect([at, JSON.stringify([env, steps])]).not.toEqual([at, expect.stringContaining("secrets.")]);
      for (const { run } of steps ?? []) if (run) expect(run).toMatch(/^node ci\/post\.ts /);
    }
  });

  it("give Adobe's credentials only to the steps that call Adobe", () => {
    for (const { at, env, steps } of jobs) {
      expect([at, Object.keys(env ?? {})]).not.toEqual([at, expect.arrayContaining(["AEP_CLIENT_SECRET"])]);
      for (const step of steps ?? [])
        if (step.env?.["AEP_CLIENT_SECRET"]) expect(step.run).toMatch(/ verify .* --gate|^ci\/drift\.sh/);
    }
  });

  it("pass actionlint, where it is installed", (context) => {
    if (!has("actionlint")) return context.skip("actionlint is not on the PATH");
    const { status, stdout } = spawnSync("actionlint", ["-no-color"], { cwd: ROOT, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});

describe("the scripts", () => {
  const scripts = [".ci/run", ...["ci", "docs/examples"].flatMap((folder) => shell(folder))];

  it.each(scripts)("%s is valid shell and stops at the first failure", (script) => {
    expect(spawnSync("bash", ["-n", script], { cwd: ROOT }).status).toBe(0);
    expect(readFileSync(join(ROOT, script), "utf8")).toMatch(/^set -e?uo pipefail$/m);
  });

  it("pass shellcheck, where it is installed", (context) => {
    if (!has("shellcheck")) return context.skip("shellcheck is not on the PATH");
    const own = scripts.filter((script) => script !== ".ci/run");
    const { status, stdout } = spawnSync("shellcheck", own, { cwd: ROOT, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });
});

function shell(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".sh"))
    .map((name) => join(folder, name));
}
