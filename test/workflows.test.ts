/**
 * The workflows at work: the shell of each step as it stands, on a scratch checkout, against the emulator and a GitHub (and a
 * GitLab) reduced to the endpoints they use. What stands in for what: test/support/workflow.ts.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { Checkout } from "./support/checkout.ts";
import { type FakeForge, startForge } from "./support/forge.ts";
import { SMALL_SECRETS } from "./support/project.ts";
import { bash, type JobResult, Runner, readWorkflow } from "./support/workflow.ts";

const FOLDER = resolve(import.meta.dirname, "../.github/workflows");
const preview = readWorkflow(join(FOLDER, "preview.yml")).jobs;
const deploy = readWorkflow(join(FOLDER, "deploy-stack.yml")).jobs;
const drift = readWorkflow(join(FOLDER, "drift.yml")).jobs;
const hasGit = spawnSync("git", ["--version"]).status === 0;
if (!hasGit) process.stdout.write("workflows not executed: git is not on the PATH\n");

let emulator: Emulator;
let forge: FakeForge;
let checkout: Checkout;
let runner: Runner;
let base: string;

/** What the jobs' expressions stand for; `state`: whether the job has the repository's secrets. */
const values = (state: boolean): Record<string, string> => ({
  "matrix.stack": "dev",
  "inputs.stack": "dev",
  "github.event.pull_request.base.sha": base,
  "github.event.pull_request.number": "7",
  "github.token": forge.token,
  "github.workspace": checkout.folder,
  "github.run_id": "1",
  "github.run_attempt": "1",
  ...(state && {
    "secrets.PULUMI_BACKEND_URL": checkout.stateUrl,
    "secrets.PULUMI_CONFIG_PASSPHRASE": "a passphrase",
    "secrets.AEP_CLIENT_ID": emulator.env["AEP_CLIENT_ID"]!,
    "secrets.AEP_CLIENT_SECRET": emulator.env["AEP_CLIENT_SECRET"]!,
  }),
});

/** Every step must have succeeded; what each wrote otherwise. */
function green(result: JobResult): JobResult {
  const failed = result.steps.filter(({ outcome }) => outcome === "failure");
  if (failed.length > 0)
    throw new Error(failed.map(({ name, code, output }) => `${name}: ${code}\n${output}`).join("\n"));
  return result;
}

const codeOf = (result: JobResult, name: string) => result.steps.find((step) => step.name === name)?.code;
const comment = () => forge.comments.get("7")?.map(({ body }) => body) ?? [];

beforeAll(async () => {
  if (!hasGit) return;
  [emulator, forge] = await Promise.all([startEmulator({ port: 0, seed: 21 }), startForge()]);
  checkout = new Checkout();
  const { AEP_CLIENT_ID: _, AEP_CLIENT_SECRET: __, ...api } = emulator.env;
  runner = new Runner(checkout.folder, {
    ...checkout.env({ ...api, ...SMALL_SECRETS }),
    GITHUB_ACTIONS: "true",
    GITHUB_API_URL: forge.url,
    GITHUB_REPOSITORY: "brand/aep",
  });
  // Once, by hand, before the first deployment: docs/how-to/workflows.md.
  const first = { ...runner.env, PULUMI_BACKEND_URL: checkout.stateUrl, PULUMI_CONFIG_PASSPHRASE: "a passphrase" };
  await mustShell("npm run -s aep -- pulumi stack init dev", first);
  base = checkout.commit("Stack dev");
}, 120_000);
afterAll(async () => {
  if (!hasGit) return;
  runner.remove();
  checkout.remove();
  await Promise.all([emulator.close(), forge.close()]);
});

async function mustShell(script: string, env: Record<string, string>): Promise<string> {
  const { code, output } = await bash(script, checkout.folder, env);
  if (code !== 0) throw new Error(`ended with ${code}:\n${output}`);
  return output;
}

const datasets = () => [...emulator.world.sandboxes.get("dev")!.catalog.dataSets.values()];
const flows = () => [...emulator.world.sandboxes.get("dev")!.flowService.flows.values()];

describe.skipIf(!hasGit)("GitHub", () => {
  it("deploys what was merged, behind the gate, and keeps the notes", async () => {
    const plan = green(await runner.run(deploy["plan"]!, values(true)));
    expect(plan.summary).toMatch(/9 to create/);
    expect(flows()).toEqual([]);
    const apply = green(await runner.run(deploy["apply"]!, values(true)));
    expect(apply.steps.at(-2)?.output).toMatch(/gate open: 1 new flow verified and running/);
    expect(flows()).toMatchObject([{ state: "enabled" }]);
    expect(apply.steps.at(-1)).toMatchObject({ name: "actions/cache/save", output: expect.stringMatching(/^copied/) });
  }, 300_000);

  it("shows a pull request's plan in one comment; one that would lose data fails until it is allowed by name", async () => {
    checkout.git("switch", "--quiet", "--create", "change");
    checkout.edit(
      "mappings/capillary-profile.yaml",
      "loyalty.points: loyalty.points",
      "loyalty.points: loyalty.balance",
    );
    const tests = await runner.run(preview["mappings"]!, values(true));
    expect(tests.steps.map(({ outcome }) => outcome)).toContain("failure"); // the golden test expects the old field
    expect(runner.artifact("mapping-tests", "mappings.junit.xml")).toMatch(/<failure/);
    const plan = green(await runner.run(preview["plan"]!, values(true)));
    expect(plan.summary).toMatch(/rows\["loyalty.points"\].source: "loyalty.points" => "loyalty.balance"/);
    green(await runner.run(preview["comment"]!, values(true)));
    expect(comment()).toEqual([expect.stringMatching(/^<!-- aep-plan stack=dev -->\n[\s\S]*loyalty.balance/)]);

    checkout.git("checkout", "--quiet", "--", "mappings");
    checkout.edit("stacks/Pulumi.dev.yaml", "name: Members", "name: All members");
    const refused = await runner.run(preview["plan"]!, values(true));
    expect([refused.ok, codeOf(refused, "Plan")]).toEqual([false, 9]);
    green(await runner.run(preview["comment"]!, values(true)));
    expect(comment()).toEqual([expect.stringMatching(/refused[\s\S]*--allow members/)]);
    expect(comment()[0]).not.toMatch(/loyalty.balance/);
    checkout.write("ci/allow.txt", "# reviewed\nmembers # with its rows\n\n");
    green(await runner.run(preview["plan"]!, values(true)));
    expect(forge.writes.map((line) => line.split(" ")[0])).toEqual(["POST", "PATCH"]);
    checkout.git("checkout", "--quiet", "--", "stacks", "ci");
  }, 300_000);

  it("gives a pull request from a fork its plan without any secret", async () => {
    checkout.edit("stacks/Pulumi.dev.yaml", "interval: 15", "interval: 45");
    checkout.commit("Another interval");
    // The stack's own flow may be due meanwhile: it asks Capillary, whoever runs a job.
    const calls = () => emulator.world.calls.filter(({ path }) => !path.startsWith("/capillary/")).length;
    const before = calls();
    const plan = green(await runner.run(preview["plan"]!, values(false)));
    expect(plan.summary).toMatch(/schedule.interval: 15 => 45[\s\S]*Compared with what the base branch declares/);
    expect(calls()).toBe(before);
    expect(checkout.git("worktree", "list").split("\n")).toHaveLength(1);
    checkout.git("switch", "--quiet", "main");
  }, 300_000);

  it("keeps one issue open while a sandbox differs, and closes it", async () => {
    const dataset = datasets()[0]!;
    dataset["name"] = "Renamed in the UI";
    const look = green(await runner.run(drift["look"]!, values(true)));
    dataset["name"] = "Members";
    expect(look.outputs).toEqual({ code: "7" });
    expect(look.summary).toMatch(/Renamed in the UI/);
    green(await runner.run(drift["report"]!, { ...values(true), "needs.look.outputs.code": "7" }));
    expect(forge.issues).toMatchObject([{ open: true, body: expect.stringMatching(/Renamed in the UI/) }]);
    expect(JSON.parse(runner.artifact("drift", "drift.sarif"))["runs"][0].results).toHaveLength(1);
    green(await runner.run(drift["report"]!, { ...values(true), "needs.look.outputs.code": "0" }));
    expect(forge.issues).toMatchObject([{ open: false }]);
  }, 300_000);
});

describe.skipIf(!hasGit)("elsewhere", () => {
  const gitlab = () => readWorkflow(join(checkout.folder, "docs/examples/gitlab-ci.yml")) as Record<string, any>;
  const secrets = (): Record<string, string> => ({
    ...runner.env,
    PULUMI_BACKEND_URL: checkout.stateUrl,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase",
    AEP_CLIENT_ID: emulator.env["AEP_CLIENT_ID"]!,
    AEP_CLIENT_SECRET: emulator.env["AEP_CLIENT_SECRET"]!,
    AEP_JOURNAL_DIR: join(checkout.folder, ".aep/journal"),
  });
  /** GitLab joins the lines of a job into one script. */
  const script = (job: string) => (gitlab()[job].script as string[]).join("\n");

  it("GitLab: tests, plan, note, deployment and drift", async () => {
    const { GITHUB_ACTIONS: _, ...env }: Record<string, string> = {
      ...secrets(),
      STACK: "dev",
      GITLAB_CI: "true",
      CI_API_V4_URL: `${forge.url}/api/v4`,
      CI_PROJECT_ID: "12",
      CI_MERGE_REQUEST_IID: "8",
      GITLAB_TOKEN: forge.token,
    };
    await mustShell(script("mappings"), env);
    checkout.edit("stacks/Pulumi.dev.yaml", "interval: 15", "interval: 30");
    await mustShell(`rm -rf out\n${script("plan")}\n${script("comment")}`, env);
    expect(forge.comments.get("8")).toMatchObject([{ body: expect.stringMatching(/interval: 15 => 30/) }]);
    expect(await mustShell(script(".deploy"), env)).toMatch(/gate open: 1 changed flow verified/);
    expect(flows()).toMatchObject([{ scheduleParams: { interval: 30 } }]);
    forge.issues.length = 0;
    expect(await mustShell(script("drift"), env)).toMatch(/nothing to close/);
  }, 300_000);

  it("a shell", async () => {
    expect(await mustShell("docs/examples/deploy.sh dev", secrets())).toMatch(/gate open: no flow is new or changed/);
  }, 300_000);
});
