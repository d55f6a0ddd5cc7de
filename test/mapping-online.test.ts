/** `aep mapping lint --online` and `preview --online` against the emulator: one evaluator on both sides gives one answer. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { register } from "../cli/mapping.ts";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { aepHttp } from "./support/aep-http.ts";
import { makeSchema } from "./support/flow-chain.ts";

const mapping = resolve(import.meta.dirname, "../mappings/capillary-profile.yaml");
let emulator: Emulator;
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator();
  folder = mkdtempSync(join(tmpdir(), "aep-online-"));
  for (const [name, value] of Object.entries({ ...emulator.env, AEP_SANDBOX: "dev" })) vi.stubEnv(name, value);
  await makeSchema(aepHttp(emulator), "capillary-loyalty-profile");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
  await emulator.close();
});

async function aep(...args: string[]): Promise<{ text: string; code: number }> {
  let text = "";
  const spy = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(spy);
  vi.spyOn(process.stderr, "write").mockImplementation(spy);
  process.exitCode = undefined;
  const program = new Command("aep").exitOverride();
  register(program.command("mapping"));
  await program.parseAsync(["node", "aep", "mapping", ...args]).catch((error) => {
    text += String(error);
    process.exitCode = 1;
  });
  vi.restoreAllMocks();
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { text, code };
}

test("lint --online: the sandbox takes every row", async () => {
  expect(await aep("lint", mapping, "--online")).toEqual({ text: "1 file: 0 errors, 0 warnings, 0 info\n", code: 0 });
});

test("preview --online: the sandbox gives the same rows", async () => {
  const { text, code } = await aep("preview", mapping, "--online");
  expect(text).toContain("the sandbox dev gives the same");
  expect(code).toBe(0);
});

test("a sandbox without the schema is named", async () => {
  const run = await aep("preview", mapping, "--online", "--sandbox", "stage");
  expect(run.text).toContain('AEP_NOT_FOUND: the sandbox stage has no schema titled "');
  expect(run.code).toBe(1);
});

test.each([
  ["preview", mapping, "--online"],
  ["lint", mapping, "--online"],
  ["fields", "--stack", "local"],
])("%s: a sandbox that does not exist is no sandbox that lacks things", async (...args) => {
  expect(await aep(...args, "--sandbox", "nowhere")).toMatchObject({
    text: expect.stringContaining("AEP_SANDBOX_UNKNOWN"),
    code: 1,
  });
});

test("a row the sandbox refuses is a finding of its line", async () => {
  const path = join(folder, "m.yaml");
  const schema = resolve(import.meta.dirname, "../xdm/capillary-loyalty-profile.yaml");
  writeFileSync(path, `schema: ${schema}\nrows:\n  loyalty.points: points\n  loyalty.nope: points\n`);
  const run = await aep("lint", path, "--online", "--json");
  const findings = JSON.parse(run.text) as Array<{ rule: string; line: number }>;
  expect(findings.filter((one) => one.rule === "api/refused").map((one) => one.line)).toEqual([4]);
});
