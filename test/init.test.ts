/** `aep init` as a user meets it: flags, questions on a terminal, what is there already, another sandbox. */
import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { readStackConfig } from "../config.ts";
import { linkPackages } from "./support/docs/content.ts";

const AEP = resolve(import.meta.dirname, "../cli/aep.ts");
const scratch = mkdtempSync(join(tmpdir(), "aep-init-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const KNOWN = ["--org", "BRAND@AdobeOrg", "--tenant", "brand", "--sandbox", "dev"];
const folderOf = (name: string) => join(scratch, name);
const files = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();

async function init(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [AEP, "init", ...args], { cwd: scratch })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, stdout, stderr };
  }
}

describe("a new project", () => {
  it.each([
    ["rest", "genericRest", 2],
    ["stream", "httpStreaming", 4],
  ] as const)(
    "%s: its configuration is right and its mappings pass",
    async (template, mode, flows) => {
      const folder = folderOf(template);
      expect(await init(folder, "--template", template, ...KNOWN)).toMatchObject({ code: 0, stderr: "" });
      for (const stack of ["dev", "local"]) {
        const { pipelines } = readStackConfig({ stack, root: folder, env: {} });
        expect(pipelines.map((one) => [one.mode, one.flows.length])).toEqual([[mode, flows]]);
      }
      const tested = execFileSync(process.execPath, [AEP, "mapping", "test"], { cwd: folder, encoding: "utf8" });
      expect(tested).toContain(" 0 failed");
      expect(execFileSync(process.execPath, [AEP, "mapping", "lint"], { cwd: folder, encoding: "utf8" })).toContain(
        "0 errors",
      );
      const scripts = files(folder).filter((path) => path.endsWith(".sh"));
      expect(scripts.length).toBeGreaterThan(0);
      for (const path of scripts) expect(readFileSync(join(folder, path), "utf8"), path).not.toContain("cli/aep.ts");
      linkPackages(folder, false);
      const tsc = resolve(import.meta.dirname, "../node_modules/typescript/bin/tsc");
      expect(execFileSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" })).toBe("");
    },
    120_000,
  );

  it("asks for what no flag says, again when an answer cannot be", async () => {
    const said = await terminal(
      ["init", "asked", "--sandbox", "dev"],
      ["banana", "stream", "nobody", "BRAND@AdobeOrg", "brand"],
    );
    expect(said).toMatch(/banana: write one of rest, stream/);
    expect(said).toMatch(/nobody: does not end in @AdobeOrg/);
    expect(readStackConfig({ stack: "dev", root: folderOf("asked"), env: {} })).toMatchObject({ tenantId: "brand" });
  });

  it("writes nothing when a question is not answered", async () => {
    expect(await terminal(["init", "stopped"], ["rest", "\u0003"])).toContain("INTERRUPTED");
    expect(existsSync(folderOf("stopped"))).toBe(false);
  });

  it("without a terminal names the flags that are missing; with --yes leaves placeholders", async () => {
    const refused = await init(folderOf("bare"));
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("missing: --org, --tenant");
    expect(existsSync(folderOf("bare"))).toBe(false);
    expect((await init(folderOf("bare"), "--yes")).stdout).toContain("Fill in aep:orgId and aep:tenantId");
    expect(() => readStackConfig({ stack: "dev", root: folderOf("bare"), env: {} })).toThrow(/placeholder/);
  });
});

describe("what is there already", () => {
  it("keeps a fresh repository's own files, and overwrites nothing else", async () => {
    const folder = folderOf("fresh");
    mkdirSync(folder);
    writeFileSync(join(folder, "README.md"), "mine");
    expect((await init(folder, ...KNOWN)).stdout).toContain("README.md was there and stays as it is.");
    expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("mine");

    const other = folderOf("other");
    mkdirSync(other);
    writeFileSync(join(other, "index.ts"), "mine");
    const refused = await init(other, ...KNOWN);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^INIT_EXISTS: .*index\.ts/);
    expect(files(other)).toEqual(["index.ts"]);
  });

  it("inside a project writes another sandbox, and the files that it lacks", async () => {
    const folder = folderOf("fresh");
    const before = files(folder);
    const added = await init(
      folder,
      "--template",
      "stream",
      "--org",
      "BRAND@AdobeOrg",
      "--tenant",
      "brand",
      "--sandbox",
      "stage",
      "--json",
    );
    const expected = [
      "mappings/capillary-events-profile.yaml",
      "mappings/capillary-events.yaml",
      "stacks/Pulumi.stage.yaml",
    ];
    expect(JSON.parse(added.stdout).written.sort()).toEqual(expected);
    expect(files(folder)).toEqual([...before, ...expected].sort());
    expect(readStackConfig({ stack: "stage", root: folder, env: {} }).sandbox).toBe("stage");
    expect(await init(folder, "--sandbox", "stage", "--yes")).toMatchObject({ code: 1, stdout: "" });
  });

  it("leaves nothing behind where it may not write", async () => {
    writeFileSync(folderOf("a-file"), "");
    const refused = await init(join(folderOf("a-file"), "below"), ...KNOWN);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/nothing was written/);
  });
});

/** The command on a terminal of its own; each answer is typed when the next question has come. */
function terminal(args: string[], answers: string[]): Promise<string> {
  const line = [process.execPath, AEP, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: scratch });
  let said = "";
  let asked = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    const prompts = said.match(/(\]|later\)): /g)?.length ?? 0;
    for (; asked < prompts && asked < answers.length; asked++) {
      const answer = answers[asked] as string;
      child.stdin.write(answer === "\u0003" ? answer : `${answer}\n`);
    }
  });
  return new Promise((done, fail) => child.on("error", fail).on("close", () => done(said)));
}
