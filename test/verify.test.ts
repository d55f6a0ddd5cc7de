/** `aep verify` and its gate as a deployment uses them: one stack, deployed by the gate itself, with everything that may go wrong. */
import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp } from "./support/aep-http.ts";
import { Project, smallStack } from "./support/project.ts";

const AEP = resolve(import.meta.dirname, "../cli/aep.ts");
const LIMIT = 600_000;

let emulator: Emulator;
let http: AepHttp;
let project: Project;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 31, settings: { profileDelete: "allowed" } } as never);
  http = aepHttp(emulator);
  project = new Project({ ...emulator.env });
  const flow = (name: string) => ({
    name,
    schema: "xdm/capillary-loyalty-profile.yaml",
    mapping: "mappings/capillary-profile.yaml",
    dataset: { name: "Members" },
  });
  project.stack(
    "dev",
    smallStack({
      "aep:pipelines": [
        { name: "members", mode: "httpStreaming", source: { authenticationRequired: false }, flows: [flow("profile")] },
      ],
    }),
  );
  await project.must("stack", "init", "dev");
}, LIMIT);
afterEach(async () => {
  await http.control("DELETE", "faults");
  await http.control("POST", "settings", { inletWarmUpMs: 0 });
});
afterAll(async () => {
  await emulator.close();
  project.remove();
});

interface StepShown {
  step: string;
  status: string;
  reason: string;
  mend?: string;
}

async function verify(...args: string[]) {
  const ran = await project.aep(["verify", "--stack", "dev", "--json", "--quiet", "--timeout", "60s", ...args]);
  if (ran.stdout === "") throw new Error(`verify ended with ${ran.exitCode} and said: ${ran.stderr}`);
  const shown = JSON.parse(ran.stdout);
  const steps = (shown.flows ?? []).flatMap((flow: { steps: StepShown[] }) => flow.steps) as StepShown[];
  return { ...ran, shown, steps, failed: steps.filter(({ status }) => status === "fail").map(({ step }) => step) };
}

const flows = () => [...emulator.world.sandboxes.get("dev")!.flowService.flows.values()] as Array<Record<string, any>>;
const fault = (operation: string, status: number, body: unknown) =>
  http.control("POST", "faults", { match: { operation }, fault: { kind: "status", status, body } });
const opening = { "Dataflow::members-profile": "update" };

it(
  "the gate stays closed when a check fails before anything runs",
  async () => {
    await fault("previewMappingSet", 400, { title: "ordered" });
    const { exitCode, shown, failed } = await verify("--gate");
    expect({ exitCode, failed }).toEqual({ exitCode: 1, failed: ["sample mapped"] });
    expect(shown).toMatchObject({
      ok: false,
      gated: ["members/profile"],
      summary: expect.stringContaining("gate closed: sample mapped of members/profile failed"),
    });
    expect(flows()).toMatchObject([{ state: "disabled" }]);
  },
  LIMIT,
);

it(
  "a sample that is refused switches the new flow off again; a preview then shows exactly the switching on",
  async () => {
    await fault("sendMessage", 400, { title: "ordered" });
    const { exitCode, shown, failed } = await verify("--gate");
    expect({ exitCode, failed }).toEqual({ exitCode: 1, failed: ["sample sent"] });
    expect(shown.summary).toContain("switched off again: members/profile");
    expect(shown.mend).toContain("aep verify --gate");
    expect(flows()).toMatchObject([{ state: "disabled" }]);
    expect((await project.must("preview", "--stack", "dev")).changes).toEqual(opening);
  },
  LIMIT,
);

it(
  "killed while it follows the sample, it goes on when it is run again, and the next preview is empty",
  async () => {
    // The look at the dataset does not end, so that the row cannot be seen before the kill.
    const fault = { kind: "latency", ms: 300_000 };
    await http.control("POST", "faults", { match: { operation: "previewDataset" }, fault });
    const sent = () => emulator.world.calls.some(({ operation }) => operation === "sendMessage");
    await http.control("DELETE", "calls");
    const child = spawn(process.execPath, [AEP, "verify", "--stack", "dev", "--gate", "-q"], {
      cwd: project.folder,
      env: project.env,
    });
    const ended = new Promise((done) => child.on("close", done));
    await expect.poll(sent, { timeout: LIMIT, interval: 100 }).toBe(true);
    child.kill("SIGKILL");
    await ended;
    expect(flows()).toMatchObject([{ state: "enabled" }]);
    await http.control("DELETE", "faults");
    const { exitCode, shown } = await verify("--gate");
    expect(shown).toMatchObject({ ok: true, gated: ["members/profile"] });
    expect(shown.summary).toMatch(/^gate open: 1 new flow verified and running: members\/profile/);
    expect(exitCode).toBe(0);
    expect((await project.must("preview", "--stack", "dev", "--expect-no-changes")).changes).toEqual({});
  },
  LIMIT,
);

it(
  "a working stack passes: every step of the chain, and the row read back, with the times of each step",
  async () => {
    const { exitCode, shown, steps } = await verify();
    expect({ exitCode, ok: shown.ok }).toEqual({ exitCode: 0, ok: true });
    expect(steps.map(({ step }) => step)).toEqual([
      "base connection",
      "connection test",
      "source connection",
      "target connection",
      "dataset",
      "schema",
      "mapping set",
      "flow",
      "sample mapped",
      "sample sent",
      "sample landed",
    ]);
    const [{ sample }] = shown.flows;
    expect(steps.at(-1)).toMatchObject({ status: "pass", reason: expect.stringContaining("row read back") });
    expect(JSON.stringify(sample.row)).toContain(sample.marker);
    expect(sample.latencies).toMatchObject({ taken: expect.any(Number), row: expect.any(Number) });
  },
  LIMIT,
);

it(
  "what cannot be seen is said so, with the SQL that shows it: a warning where the flow ran, a failure where nothing came",
  async () => {
    await fault("previewDataset", 403, { title: "ordered" });
    const unreadable = await verify();
    expect(unreadable.exitCode).toBe(0);
    expect(unreadable.steps.at(-1)).toMatchObject({
      status: "warn",
      reason: expect.stringContaining("cannot be read back"),
    });
    const [{ sample }] = unreadable.shown.flows;
    expect(sample.sql).toMatch(new RegExp(`^SELECT \\* FROM members WHERE .*${sample.marker}`));
    await http.control("POST", "settings", { inletWarmUpMs: 86_400_000 });
    const lost = await verify("--timeout", "3s");
    expect(lost).toMatchObject({ exitCode: 1, failed: ["sample landed"] });
    expect(lost.steps.at(-1)?.mend).toContain("--timeout");
  },
  LIMIT,
);

it(
  "everything that is broken is named at once, each with its mend, and nothing is sent",
  async () => {
    const [flow] = flows();
    const [set] = [...emulator.world.sandboxes.get("dev")!.dataPrep.mappingSets.values()];
    await http.control("PATCH", `sandboxes/dev/objects/flows/${flow!["id"]}`, { state: "disabled" });
    // The very version the flow runs: what the UI writes is a new one, which a flow does not take by itself.
    for (const version of set!.versions)
      Object.assign(version["mappings"][0], { destination: "no.such.field", destinationXdmPath: "no.such.field" });
    await fault("testConnection", 400, {
      type: "https://ns.adobe.com/aep/errors/FLOW-1100-400",
      title: "Bad request",
      status: 400,
      report: { "detailed-message": "the source did not answer" },
    });
    await http.control("DELETE", "calls");
    const { exitCode, failed, steps } = await verify();
    expect(exitCode).toBe(1);
    expect(failed).toEqual(["connection test", "mapping set", "flow"]);
    expect(steps.filter(({ status }) => status === "fail").every(({ mend }) => (mend ?? "") !== "")).toBe(true);
    expect(steps.find(({ step }) => step === "connection test")?.reason).toContain("FLOW-1100-400");
    expect(steps.at(-1)).toMatchObject({ step: "sample sent", status: "skipped" });
    expect(emulator.world.calls.some(({ operation }) => operation === "sendMessage")).toBe(false);
  },
  LIMIT,
);

it(
  "what is wrong with the command line is said at once",
  async () => {
    const refused = async (...args: string[]) => {
      const { exitCode, stderr } = await project.aep(["verify", "--stack", "dev", "-q", ...args]);
      return `${exitCode} ${stderr}`;
    };
    expect(await refused("--timeout", "soon")).toMatch(/^2 USAGE: --timeout "soon" is no length of time/);
    expect(await refused("--gate", "--no-send")).toMatch(/^2 USAGE: --gate verifies a whole deployment/);
    expect(await refused("--flow", "members/other")).toMatch(
      /^2 USAGE: --flow: there is no flow "members\/other"[\s\S]*members\/profile/,
    );
  },
  LIMIT,
);
