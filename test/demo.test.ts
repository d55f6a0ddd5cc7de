/** The main job from end to end, as a user starts it: `aep demo` in a process of its own, its report read afterwards. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "aep-demo-"));
const report = join(folder, "report.json");

interface Report {
  ok: boolean;
  steps: Array<{ n: number; title: string; ok: boolean; ms: number; facts: Record<string, unknown> }>;
}

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

function aep(...args: string[]): Promise<Ran> {
  return new Promise((done) => {
    const env = { ...process.env, NO_COLOR: "1" };
    execFile(process.execPath, ["--", "cli/aep.ts", ...args], { cwd: root, env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("aep demo", () => {
  let ran: Ran;
  let facts: Array<Record<string, unknown>>;
  beforeAll(async () => {
    ran = await aep("demo", "--json", report);
    facts = existsSync(report)
      ? (JSON.parse(readFileSync(report, "utf8")) as Report).steps.map((step) => step.facts)
      : [];
  }, 300_000);

  it("ends well and says so in its last line", () => {
    expect(ran.stderr).toBe("");
    expect(ran.stdout.trimEnd().split("\n").at(-1)).toBe("demo: 9 steps ok");
    expect(ran.code).toBe(0);
  });

  it("creates everything once, with little more than a call for each object, and then plans nothing", () => {
    expect(facts[0]?.["changes"]).toEqual({ create: 37 });
    expect(facts[1]?.["changes"]).toEqual({ same: 37 });
  });

  it("lands every event but the invalid one, which fails with the field named", () => {
    expect(facts[3]).toMatchObject({ profileRows: 13, eventRows: 14 });
    expect(facts[3]?.["failed"]).toEqual([expect.stringMatching(/^INGEST-1212-400 .*authenticatedState/)]);
  });

  it("names exactly the drifted row, and repairs it", () => {
    expect(facts[4]?.["drifted"]).toEqual(['rows["loyalty.tier"].source']);
    expect(facts[5]?.["updated"]).toEqual(["MappingSet capillary-stream-profile", "Dataflow capillary-stream-profile"]);
  });

  it("plans the edited row and the flows that use it, applies that, and then plans nothing", () => {
    expect(facts[6]?.["changes"]).toEqual({ update: 4, same: 33 });
    expect(facts[7]?.["changes"]).toEqual({ update: 4, same: 33 });
  });

  it("destroys everything and leaves no scratch folder", () => {
    expect(facts[8]?.["changes"]).toEqual({ delete: 37 });
    const scratch = /its state included: (.*)/.exec(ran.stdout)?.[1];
    expect(scratch).toContain(join(root, "tmp"));
    expect(existsSync(scratch ?? root)).toBe(false);
  });
});

it("a report that cannot be written is one clear message", async () => {
  const { code, stderr } = await aep("demo", "--json", join(folder, "no-such-folder", "report.json"));
  expect(stderr).toMatch(/^USAGE: --json .*cannot be written/);
  expect(code).toBe(2);
}, 300_000);
