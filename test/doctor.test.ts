/** `aep doctor` as a user runs it: everything in order, and each kind of trouble with its reason and mend. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp } from "./support/aep-http.ts";
import { Project, smallStack } from "./support/project.ts";
import { type SftpServer, startSftpServer } from "./support/sftp-server.ts";

const SECRET = "canary-doctor-secret";
const SECRETS = {
  CAPILLARY_SECRET: SECRET,
  CAPILLARY_TOKEN: "canary-doctor-token",
  SFTP_PASSWORD: "canary-sftp-password",
};

let emulator: Emulator;
let http: AepHttp;
let project: Project;
let sftp: SftpServer;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 21, settings: { capillaryClients: { key: SECRET } } } as never);
  http = aepHttp(emulator);
  project = new Project({ ...emulator.env, ...SECRETS });
  project.stack("dev", smallStack({ "aep:resources": "stacks/dev.resources.yaml" }));
  folder = mkdtempSync(join(tmpdir(), "aep-doctor-"));
  sftp = await startSftpServer(folder, "files", SECRETS.SFTP_PASSWORD);
  project.write("stacks/dev.resources.yaml", resources(sftp.port));
}, 120_000);
afterEach(() => http.control("DELETE", "faults"));
afterAll(async () => {
  await Promise.all([emulator.close(), sftp.close()]);
  project.remove();
  rmSync(folder, { recursive: true, force: true });
});

function resources(port: number): string {
  const params = `{ host: 127.0.0.1, port: ${port}, userName: files, password: "env:SFTP_PASSWORD" }`;
  return `resources:
  history:
    kind: BaseConnection
    inputs:
      name: history
      connectionSpec: { id: b7bf2577-4520-42c9-bae9-cad01560f7bc, version: "1.0" }
      auth: { specName: Basic Authentication for sftp, params: ${params} }
`;
}

type Checks = Record<string, { status: string; reason: string; mend?: string }>;

async function doctor(extra: Record<string, string> = {}, args = ["--stack", "dev"]) {
  const ran = await project.aep(["doctor", ...args, "--json", "--quiet"], extra);
  expect(ran.stdout + ran.stderr).not.toMatch(/canary/);
  const { checks, ok, counts } = JSON.parse(ran.stdout);
  return {
    ...ran,
    ok,
    counts,
    checks: Object.fromEntries(checks.map((one: { id: string }) => [one.id, one])) as Checks,
  };
}

const forbidden = { error_code: "403000X", message: "User does not have access" };

it("passes where everything is in order, and says what a first deployment still has to do", async () => {
  const { exitCode, checks, ok } = await doctor({ CAPILLARY_ENDPOINT: `${emulator.url}/capillary` });
  expect({ exitCode, ok }).toEqual({ exitCode: 0, ok: true });
  expect(Object.entries(checks).filter(([, { status }]) => status === "fail")).toEqual([]);
  expect(checks["capillary"]).toMatchObject({ status: "pass", reason: expect.stringContaining("members is let in") });
  expect(checks["sftp"]).toMatchObject({ status: "pass", reason: expect.stringContaining("lets files in") });
  expect(checks["sandbox"]?.reason).toBe("dev, active, development");
  expect(checks["deployment"]).toMatchObject({ status: "skipped", mend: "Run `aep pulumi up`." });
  expect(checks["step-7"]?.status).toBe("skipped");
}, 120_000);

it("refused credentials: what needs them is skipped with the reason, everything else is checked", async () => {
  const { exitCode, checks } = await doctor({ AEP_CLIENT_SECRET: "canary-wrong-secret" });
  expect(exitCode).toBe(1);
  expect(checks["token"]).toMatchObject({ status: "fail", reason: expect.stringContaining("client_secret") });
  expect(checks["sandbox"]).toMatchObject({ status: "skipped", reason: 'needs "Token", which failed' });
  expect(checks["mappings"]?.status).toBe("pass");
  expect(checks["sftp"]?.status).toBe("pass");
}, 120_000);

it("a refused service names the permission, a strange tenant the right one, the others go on", async () => {
  const fault = { kind: "status", status: 403, body: forbidden };
  await http.control("POST", "faults", { match: { operation: "listDatasets" }, fault });
  const { exitCode, checks } = await doctor({
    AEP_TENANT_ID: "other",
    CAPILLARY_SECRET: "canary-not-this-one",
    CAPILLARY_ENDPOINT: `${emulator.url}/capillary`,
  });
  expect(exitCode).toBe(1);
  expect(checks["catalog"]).toMatchObject({
    status: "fail",
    mend: expect.stringContaining("View and Manage Datasets"),
  });
  expect(checks["tenant"]).toMatchObject({ status: "fail", mend: "Set aep:tenantId (or AEP_TENANT_ID) to acme." });
  expect(checks["capillary"]).toMatchObject({
    status: "fail",
    reason: expect.stringContaining("/v3/oauth/token/generate"),
  });
  expect(checks["data-prep"]?.status).toBe("pass");
}, 120_000);

it("an unreachable API, an unset variable, a note of a killed run, a mapping with a mistake", async () => {
  const journal = join(project.folder, "home", "aep-journal");
  mkdirSync(journal, { recursive: true });
  writeFileSync(join(journal, "left.json"), JSON.stringify({ key: "k", pid: 2 ** 22 + 1, at: Date.now(), since: 0 }));
  const mapping = project.read("mappings/capillary-profile.yaml")!;
  project.write(
    "mappings/capillary-profile.yaml",
    mapping.replace("loyalty.tier: loyalty.tier", "loyalty.teir: loyalty.tier"),
  );
  const { exitCode, checks } = await doctor({ AEP_ENDPOINT: "http://127.0.0.1:9", SFTP_PASSWORD: "" });
  project.write("mappings/capillary-profile.yaml", mapping);
  rmSync(journal, { recursive: true });
  expect(exitCode).toBe(1);
  expect(checks["token"]?.status).toBe("pass");
  expect(checks["organisation"]).toMatchObject({
    status: "fail",
    reason: expect.stringContaining("could not be reached"),
  });
  expect(checks["sftp"]).toMatchObject({ status: "fail", reason: expect.stringContaining("SFTP_PASSWORD") });
  expect(checks["journal"]).toMatchObject({
    status: "warn",
    reason: expect.stringContaining("1 note of runs that were killed"),
  });
  expect(checks["mappings"]).toMatchObject({
    status: "fail",
    reason: expect.stringMatching(/capillary-profile\.yaml:\d+:\d+: .*teir/),
  });
}, 120_000);

it("every mistake of the stack file, in words for people", async () => {
  project.stack("broken", smallStack({ "aep:tenantId": "_acme", "aep:pipelines": "none" }));
  const { exitCode, stdout } = await project.aep(["doctor", "--stack", "broken", "--quiet"]);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/FAIL {2}Configuration .*2 mistakes/);
  expect(stdout).toContain("aep:tenantId");
  expect(stdout).toContain("aep:pipelines");
  expect(stdout).toMatch(/skip {2}Mapping files .*needs "Configuration", which failed/);
  expect(stdout).toMatch(/pass {2}Catalog/);
  expect(stdout).toMatch(/\d+ passed, 0 with a warning, \d+ failed, \d+ skipped\n$/);
  const unknown = await project.aep(["doctor", "--stack", "nowhere", "--quiet"]);
  expect(unknown).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('There is no stack "nowhere"') });
}, 120_000);
