/**
 * docs/how-to/state-backends.md: where the state may lie, and who seals its secrets. A folder is tried with the embedded engine; a
 * bucket, PostgreSQL, Pulumi Cloud's API and the change of the secrets provider with the Pulumi CLI, where it is on the PATH (and
 * PostgreSQL installed).
 */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { CLI_FOLDER } from "./support/engines.ts";
import { type KeyService, startKeyService } from "./support/key-service.ts";
import { findPostgres, type Postgres, startPostgres } from "./support/postgres.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";
import { ORGANISATION, type PulumiService, startPulumiService } from "./support/pulumi-service.ts";
import { type S3Server, startS3 } from "./support/s3-server.ts";
import { bash } from "./support/workflow.ts";

const ROOT = resolve(import.meta.dirname, "..");
const PAGE = readFileSync(resolve(ROOT, "docs/how-to/state-backends.md"), "utf8");
const programs = findPostgres();
if (CLI_FOLDER === undefined) process.stdout.write("backends of the CLI not tried: there is no `pulumi` on the PATH\n");
else if (programs === undefined) process.stdout.write("PostgreSQL as a backend not tried: it is not installed\n");

let emulator: Emulator;
const projects: Project[] = [];

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 31 });
});
afterEach(async () => {
  for (const project of projects.splice(0)) project.remove();
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
});
afterAll(() => emulator.close());

/** A checkout of one engineer: files, home and selected stacks of her own. */
function checkout(stackFile?: string): Project {
  const project = new Project({ ...emulator.env, ...SMALL_SECRETS });
  projects.push(project);
  if (stackFile === undefined) project.stack("dev", smallStack());
  else project.write("stacks/Pulumi.dev.yaml", stackFile);
  return project;
}

/** Runs `pulumi ...` with the CLI on this backend; returns what it wrote. */
async function cli(project: Project, command: string, backend: Record<string, string>, code = 0): Promise<string> {
  const path = [dirname(process.execPath), CLI_FOLDER, "/usr/bin", "/bin"].join(":");
  const ran = await bash(command, project.folder, { ...project.env, ...backend, PATH: path });
  if (ran.code !== code) throw new Error(`${command} ended with ${ran.code}:\n${ran.output}`);
  return ran.output;
}

const UP = "pulumi up --stack dev --yes --skip-preview";
const UNCHANGED = "pulumi preview --stack dev --expect-no-changes";

describe("a folder", () => {
  it("is shared by two checkouts", async () => {
    const mine = checkout();
    await mine.must("stack", "init", "dev");
    await mine.must("up", "--stack", "dev", "--yes", "--skip-preview");
    const hers = checkout(mine.read("stacks/Pulumi.dev.yaml"));
    const backend = { PULUMI_BACKEND_URL: mine.env["PULUMI_BACKEND_URL"]! };
    const seen = await hers.aep(["pulumi", "preview", "--stack", "dev", "--expect-no-changes"], backend);
    expect(seen).toMatchObject({ exitCode: 0 });
  }, 600_000);

  it("is all the embedded engine knows; it says so of everything else", async () => {
    const project = checkout();
    for (const url of ["s3://state", "postgres://aep@db/state", "https://api.pulumi.com"]) {
      const refused = await project.aep(["pulumi", "preview", "--stack", "dev"], { PULUMI_BACKEND_URL: url });
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(/ENGINE_UNSUPPORTED: The backend ".*" is not a folder/);
    }
    await project.must("stack", "init", "dev");
    const key = "awskms://alias/aep?region=eu-west-1";
    project.write("stacks/Pulumi.dev.yaml", `secretsprovider: ${key}\n${project.read("stacks/Pulumi.dev.yaml")}`);
    const refused = await project.aep(["pulumi", "preview", "--stack", "dev"]);
    expect(refused.stderr).toMatch(/ENGINE_UNSUPPORTED: .*secretsprovider/);
  }, 120_000);
});

describe.skipIf(CLI_FOLDER === undefined)("with the Pulumi CLI", () => {
  let s3: S3Server;
  let keys: KeyService;
  let service: PulumiService;
  let postgres: Postgres | undefined;
  beforeAll(async () => {
    s3 = await startS3("brand-aep-state");
    keys = await startKeyService();
    service = await startPulumiService();
    if (CLI_FOLDER !== undefined && programs !== undefined) postgres = await startPostgres(programs);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([s3.close(), keys.close(), service.close(), postgres?.close()]);
  });

  it("a bucket holds the state, sealed; a preview only reads it", async () => {
    const bucket = {
      PULUMI_BACKEND_URL: `s3://brand-aep-state?endpoint=${s3.url}&s3ForcePathStyle=true&region=eu-west-1`,
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    const mine = checkout();
    await cli(mine, `pulumi stack init dev && ${UP}`, bucket);
    expect([...s3.objects.keys()]).toContain(".pulumi/stacks/aep/dev.json");
    for (const bytes of s3.objects.values()) expect(bytes.toString()).not.toMatch(/canary-capillary/);
    const hers = checkout(mine.read("stacks/Pulumi.dev.yaml"));
    s3.calls.length = 0;
    await cli(hers, UNCHANGED, bucket);
    expect(s3.calls.filter((call) => !/^(GET|HEAD) /.test(call))).toEqual([]);
    expect(PAGE).toContain("A preview only reads");
  }, 600_000);

  it("PostgreSQL holds it in one table", async (context) => {
    if (!postgres) return context.skip("PostgreSQL is not installed");
    const database = { PULUMI_BACKEND_URL: postgres.url, PGPASSWORD: postgres.password };
    const mine = checkout();
    const output = await cli(mine, `pulumi stack init dev && ${UP} && pulumi whoami --verbose`, database);
    expect(output).not.toContain(postgres.password);
    expect(await postgres.sql("select key from pulumi_state where key like '%/stacks/aep/dev.json'")).toBe(
      "postgres/.pulumi/stacks/aep/dev.json",
    );
    expect(await postgres.sql("select count(*) from pulumi_state where data::text like '%canary-capillary%'")).toBe(
      "0",
    );
    const hers = checkout(mine.read("stacks/Pulumi.dev.yaml"));
    await cli(hers, UNCHANGED, database);
    await postgres.sql(`create role reader login password '${postgres.password}'`);
    await postgres.sql("grant select on pulumi_state to reader; grant create on schema public to reader");
    const asReader = { ...database, PULUMI_BACKEND_URL: postgres.urlOf("reader") };
    expect(await cli(hers, UNCHANGED, asReader, 1)).toMatch(/must be owner of table pulumi_state/);
    expect(PAGE).toContain("has to be the owner of the table");
  }, 600_000);

  it("Pulumi Cloud's API holds it, seals its secrets without a passphrase, and qualifies its name", async () => {
    const cloud = {
      PULUMI_BACKEND_URL: service.url,
      PULUMI_ACCESS_TOKEN: service.token,
      PULUMI_CONFIG_PASSPHRASE: "",
    };
    const key = `${ORGANISATION}/aep/dev`;
    const mine = checkout();
    await cli(mine, `pulumi login "$PULUMI_BACKEND_URL" && pulumi stack init ${ORGANISATION}/dev && ${UP}`, cloud);
    const state = JSON.stringify(service.stacks.get(key)?.deployment);
    expect(state.includes('"type":"service"')).toBe(true);
    expect(state.includes("canary-capillary")).toBe(false);
    expect(mine.read("stacks/Pulumi.dev.yaml")).not.toMatch(/encryptionsalt|secretsprovider/);
    const hers = checkout(mine.read("stacks/Pulumi.dev.yaml"));
    await cli(hers, UNCHANGED, cloud);
    const path = [CLI_FOLDER, process.env["PATH"]].join(":");
    const stack = ["--stack", `${ORGANISATION}/dev`, "--json"];
    const drift = await hers.aep(["drift", ...stack], { ...cloud, PATH: path, AEP_ENGINE: "cli" });
    expect(JSON.parse(drift.stdout)).toMatchObject({ drift: false, complete: true });
    const graph = await hers.aep(["graph", ...stack], { ...cloud, PATH: path });
    expect(graph).toMatchObject({ exitCode: 0 });
    await cli(hers, "pulumi refresh --stack dev --yes --skip-preview && pulumi stack ls", cloud);
    const gone = "pulumi destroy --stack dev --yes --skip-preview && pulumi stack rm dev --yes";
    await cli(mine, gone, { ...cloud, AEP_ALLOW_DESTROY: "*" });
    expect(service.stacks.size).toBe(0);
    expect(service.unknown.filter((call) => call !== `GET /api/stacks/${key}`)).toEqual([]);
  }, 600_000);

  it("a passphrase is changed, and the embedded engine opens what the CLI sealed anew; then keys of AWS and Vault take its place", async () => {
    const project = checkout();
    const backend = project.env;
    project.write("backend/.keep", "");
    await cli(project, `pulumi stack init dev && ${UP}`, backend);
    await cli(project, blockOf("passphrase"), { OLD_PASSPHRASE: "project", NEW_PASSPHRASE: "a better one" });
    expect(await cli(project, UNCHANGED, backend, 255).catch(String)).toMatch(/incorrect passphrase/);
    const opened = { PULUMI_CONFIG_PASSPHRASE: "a better one" };
    await cli(project, UNCHANGED, opened);
    const embedded = await project.aep(["pulumi", "preview", "--stack", "dev", "--expect-no-changes"], opened);
    expect(embedded).toMatchObject({ exitCode: 0 });

    const aws = { AWS_ENDPOINT_URL_KMS: keys.url, AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
    const vault = { VAULT_SERVER_URL: keys.url, VAULT_SERVER_TOKEN: keys.token };
    const none = { PULUMI_CONFIG_PASSPHRASE: "" };
    await cli(project, blockOf("awskms"), { ...opened, ...aws });
    expect(project.read("stacks/Pulumi.dev.yaml")).toMatch(/^secretsprovider: awskms:.*\nencryptedkey: /m);
    expect(project.read("stacks/Pulumi.dev.yaml")).not.toContain("encryptionsalt");
    await cli(project, UNCHANGED, { ...none, ...aws });
    await cli(project, blockOf("hashivault"), { ...none, ...aws, ...vault });
    expect(project.read("stacks/Pulumi.dev.yaml")).toContain("secretsprovider: hashivault://aep-state");
    await cli(project, UNCHANGED, { ...none, ...vault });
    for (const name of ["aws Encrypt alias/aep-state", "vault encrypt aep-state"]) expect(keys.calls).toContain(name);
    const state = project.read("backend/.pulumi/stacks/aep/dev.json") ?? "";
    expect(JSON.parse(state).checkpoint.latest.secrets_providers).toMatchObject({ type: "cloud" });
    expect(state.includes("canary-capillary")).toBe(false);
    keys.revoke();
    expect(await cli(project, UNCHANGED, { ...none, ...vault }, 1)).toMatch(/permission denied/);
  }, 600_000);
});

/** A command of the page that this test is named by. */
const blockOf = (provider: string): string =>
  new RegExp(`provider ${provider}\\) -->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1] ?? "false";
