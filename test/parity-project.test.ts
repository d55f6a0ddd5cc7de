/**
 * The project's own program and stack `local` on both engines, each with an emulator of its own: the same operations, the same
 * paths of a drift, the same state; and each engine goes on from the other's state with nothing to do.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { openCrypter } from "../engine/state/crypter.ts";
import { findCli } from "./engine-harness.ts";
import { EMULATED, Project } from "./support/project.ts";

const cli = findCli();
if (!cli) console.log("parity of the project skipped: there is no `pulumi` on the PATH to compare with");

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };
type EngineName = "embedded" | "cli";

interface Side {
  emulator: Emulator;
  project: Project;
}

const sides: Side[] = [];
afterEach(async () => {
  for (const { emulator, project } of sides.splice(0)) {
    await emulator.close();
    project.remove();
  }
});

const LOCAL = {
  ...EMULATED,
  "aep:allowDestroy": ["*"],
  "aep:pipelines": [
    {
      name: "rest",
      mode: "genericRest",
      source: {
        auth: { params: { clientId: "key", clientSecret: "env:CAPILLARY_SECRET", accessToken: "env:CAPILLARY_TOKEN" } },
      },
      flows: [
        flow("profile", "capillary-loyalty-profile", "capillary-profile", {
          schedule: { frequency: "minute", interval: 15 },
        }),
      ],
    },
    {
      name: "stream",
      mode: "httpStreaming",
      source: { authenticationRequired: false },
      flows: [flow("profile", "capillary-loyalty-profile", "capillary-profile", {})],
    },
  ],
};

function flow(name: string, schema: string, mapping: string, more: Record<string, unknown>): Record<string, unknown> {
  return {
    name,
    schema: `xdm/${schema}.yaml`,
    mapping: `mappings/${mapping}.yaml`,
    dataset: { name: "Loyalty profiles" },
    ...more,
  };
}

async function fresh(engine: EngineName): Promise<Side> {
  const emulator = await startEmulator({ seed: 7 });
  const project = new Project({ ...emulator.env, CAPILLARY_SECRET: "canary-one", CAPILLARY_TOKEN: "canary-two" });
  const side = { emulator, project };
  sides.push(side);
  for (const name of ["backend", "home"]) mkdirSync(join(project.folder, name), { recursive: true });
  project.stack("local", LOCAL);
  await run(engine, side, ["stack", "init", "local"], 0);
  return side;
}

async function run(engine: EngineName, side: Side, args: string[], exitCode: number): Promise<string> {
  const ran = engine === "cli" ? await runCli(side.project, args) : await side.project.pulumi(...args);
  expect(ran.exitCode, `${engine}: ${args.join(" ")}\n${ran.stdout}\n${ran.stderr}`).toBe(exitCode);
  for (const canary of ["canary-one", "canary-two"]) expect(ran.stdout + ran.stderr).not.toContain(canary);
  return ran.stdout;
}

function runCli(project: Project, args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const env = { ...project.env, PATH: [dirname(cli!), project.env["PATH"]].join(delimiter) };
  return new Promise((resolve) => {
    execFile(
      cli!,
      [...args, "--non-interactive"],
      { cwd: project.folder, env, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        resolve({ exitCode: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

/** Operation and changed paths of each resource of a preview. */
function planned(stdout: string): Record<string, unknown> {
  const document = JSON.parse(stdout) as {
    steps?: Array<{ urn: string; op: string; detailedDiff: unknown; replaceReasons?: string[] }>;
  };
  const steps = (document.steps ?? []).map((step) => [
    step.urn,
    { op: step.op, paths: step.detailedDiff, replaces: step.replaceReasons },
  ]);
  return Object.fromEntries(steps);
}

/** The state by URN, with the ids of each run's objects, its addresses and times replaced by what they stand for. */
async function comparableState(side: Side): Promise<unknown> {
  const file = JSON.parse(side.project.read("backend/.pulumi/stacks/aep/local.json")!) as {
    checkpoint: { latest: JsonObject };
  };
  const { latest } = file.checkpoint;
  const salt = ((latest["secrets_providers"] as JsonObject)["state"] as JsonObject)["salt"] as string;
  const crypter = await openCrypter(side.project.env["PULUMI_CONFIG_PASSPHRASE"]!, salt);
  const resources = (latest["resources"] ?? []) as JsonObject[];
  const names: Array<[string, string]> = resources
    .filter((state) => state["id"])
    .map((state) => [String(state["id"]), `<id of ${String(state["urn"]).split("::").at(-1)}>`]);
  names.sort(([a], [b]) => b.length - a.length);
  const plain = (text: string) =>
    [...names, [side.emulator.url, "<emulator>"] as const]
      .reduce((sum, [id, name]) => sum.replaceAll(id, name), text)
      .replace(/\b[0-9a-f]{24,}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<id>");
  const dropped = new Set(["created", "modified", "sourcePosition", "stackTrace", "startsAt"]);
  // A secret within a secret is not sealed by itself.
  const unsealed = (text: string) => (/^v1:[\w+/=]+:[\w+/=]+$/.test(text) ? crypter.decrypt(text) : text);
  const walk = (node: Json): Json => {
    if (typeof node === "string") return plain(node);
    // The CLI takes dependencies from a set, in any order.
    if (Array.isArray(node)) return String(node[0]).startsWith("urn:pulumi:") ? node.map(walk).sort() : node.map(walk);
    if (node === null || typeof node !== "object") return node;
    if (typeof node["ciphertext"] === "string")
      return { secret: walk(JSON.parse(unsealed(node["ciphertext"])) as Json) };
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, item]) => (dropped.has(key) ? [] : [[plain(key), walk(item)]])),
    );
  };
  return Object.fromEntries(resources.map((state) => [String(state["urn"]), walk(state)]));
}

/** Edits the mapping set that is first by name in the "UI". */
async function tamper({ emulator }: Side): Promise<void> {
  const sets = [...emulator.world.sandboxes.get("dev")!.dataPrep.mappingSets.values()];
  const nameOf = (set: (typeof sets)[number]) => String(set.versions.at(-1)!["name"]);
  const [set] = sets.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const rows = set!.versions.at(-1)!["mappings"] as JsonObject[];
  const mappings = rows.map((row, index) => (index === 0 ? { ...row, source: "somebody.else" } : row));
  const answer = await fetch(`${emulator.url}/__emulator/sandboxes/dev/objects/mappingSets/${set!.id}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mappings }),
  });
  expect(answer.status).toBeLessThan(300);
}

const STACK = ["--stack", "local"];
const UP = ["up", "--yes", "--skip-preview", ...STACK];
const LOOK = ["preview", "--json", ...STACK];
const NOTHING = ["preview", "--expect-no-changes", ...STACK];
const DRIFT = ["refresh", "--preview-only", "--json", "--expect-no-changes", ...STACK];

describe.skipIf(!cli)("the project on both engines", () => {
  it("plans, applies, finds a drift, mends it and goes", { timeout: 1_800_000 }, async () => {
    const both = { embedded: await fresh("embedded"), cli: await fresh("cli") };
    const each = async (args: string[], exitCode = 0) => ({
      embedded: await run("embedded", both.embedded, args, exitCode),
      cli: await run("cli", both.cli, args, exitCode),
    });
    const same = async (args: string[], exitCode = 0) => {
      const shown = await each(args, exitCode);
      expect(planned(shown.embedded), args.join(" ")).toEqual(planned(shown.cli));
    };
    await same(LOOK);
    await each(UP);
    expect(await comparableState(both.embedded)).toEqual(await comparableState(both.cli));
    await run("cli", both.embedded, NOTHING, 0);
    await run("embedded", both.cli, NOTHING, 0);
    await same(DRIFT);
    for (const side of Object.values(both)) await tamper(side);
    await same(DRIFT, 7);
    await each(["refresh", "--yes", "--skip-preview", ...STACK]);
    await same(LOOK);
    await run("cli", both.embedded, UP, 0);
    await run("embedded", both.cli, UP, 0);
    await each(NOTHING);
    await each(["destroy", "--yes", "--skip-preview", ...STACK]);
    expect(await comparableState(both.embedded)).toEqual(await comparableState(both.cli));
  });
});
