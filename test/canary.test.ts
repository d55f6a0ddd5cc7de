/**
 * Secrets that are told apart from everything else go the whole way of a stack, through its successes and failures, with
 * the log at its highest level; then every output and every file is searched for them, in any spelling.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, type FaultRuleInput, startEmulator } from "../emulator/index.ts";
import { Project, smallStack } from "./support/project.ts";

const CANARY = {
  /** Given as a secret of the stack's configuration, then rotated. */
  first: 'kanari "one"/+ä7f3a91',
  second: 'kanari "two"/+ä7f3a92',
  /** Given as env:NAME. */
  environment: 'kanari "three"/+ä7f3a93',
  /** AEP's own credential, and a wrong one. */
  client: 'kanari "four"/+ä7f3a94',
  wrong: 'kanari "five"/+ä7f3a95',
};
const SPELLINGS: Array<(text: string) => string> = [
  (text) => text,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(JSON.stringify(text)).slice(3, -3),
  encodeURIComponent,
  (text) => new URLSearchParams({ x: text }).toString().slice(2),
  (text) => Buffer.from(text).toString("base64").replace(/=+$/, ""),
  (text) => Buffer.from(text).toString("base64url"),
  (text) => Buffer.from(text).toString("hex"),
];

let emulator: Emulator;
let project: Project;
/** What was printed, by the command that printed it. */
const printed: Array<{ command: string; text: string }> = [];

beforeAll(async () => {
  emulator = await startEmulator({ seed: 13 });
  emulator.world.clientSecret = CANARY.client;
  const credentials = { AEP_CLIENT_SECRET: CANARY.client, CAPILLARY_TOKEN: CANARY.environment };
  project = new Project({ ...emulator.env, ...credentials, AEP_LOG: "trace" });
});
afterAll(async () => {
  await emulator.close();
  project.remove();
});

/** Runs `aep`, keeps what it prints and gives it back with the exit code. */
async function run(args: string, extra: Record<string, string> = {}, input = "") {
  const { exitCode, stdout, stderr } = await project.aep(args.split(" "), extra, input);
  printed.push({ command: args, text: `${stdout}\n${stderr}` });
  return { exitCode, stdout, stderr };
}

/** The stack `smallStack`, its client secret given as a secret of the configuration. */
async function newStack(name: string, secret: string): Promise<void> {
  const config = smallStack() as { "aep:pipelines": Array<{ source: { auth: { params: Record<string, string> } } }> };
  delete config["aep:pipelines"][0]!.source.auth.params["clientSecret"];
  project.stack(name, config);
  await project.must("stack", "init", name);
  await rotate(secret, name);
}

async function rotate(value: string, stack = "dev"): Promise<void> {
  const path = "aep:pipelines[0].source.auth.params.clientSecret";
  const { stdout, stderr } = await project.must("config", "set", "--secret", "--path", path, value, "--stack", stack);
  printed.push({ command: "config set", text: `${stdout}\n${stderr}` });
}

/** `up` while every call of the operation meets the fault. */
async function failing(operation: string, fault: FaultRuleInput["fault"]) {
  const rule: FaultRuleInput = { match: { operation }, fault };
  await fetch(`${emulator.url}/__emulator/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(rule),
  });
  const ran = await run(UP);
  await fetch(`${emulator.url}/__emulator/faults`, { method: "DELETE" });
  return ran;
}

/** What an API says that repeats to the caller the secrets it was sent. */
const echoed = (name: "first" | "second") =>
  [name, "environment", "client"]
    .map((one) => CANARY[one as keyof typeof CANARY])
    .flatMap((value) => [value, encodeURIComponent(value)])
    .join(" and ");
const echo = (status: number, name: "first" | "second"): FaultRuleInput["fault"] => ({
  kind: "status",
  status,
  body: { title: "refused", detail: echoed(name) },
});

const UP = "pulumi up --stack dev --yes --skip-preview";
const connection = () => [...emulator.world.sandboxes.get("dev")!.flowService.connections.values()][0]!;

it("is made, after failures of several kinds", async () => {
  await newStack("dev", CANARY.first);
  const refused = await run(UP, { AEP_CLIENT_SECRET: CANARY.wrong });
  expect(refused.exitCode).not.toBe(0);
  expect(refused.stdout + refused.stderr).toContain("AEP_AUTH_FAILED");
  expect((await failing("createConnection", echo(500, "first"))).stdout).toContain("AEP_SERVER");
  expect((await failing("createConnection", { kind: "html", status: 403 })).stdout).toContain("AEP_FORBIDDEN");
  const made = await failing("createConnection", { kind: "truncate" });
  expect(made.exitCode, made.stdout + made.stderr).toBe(0);
  expect(connection()["auth"].params).toMatchObject({
    clientSecret: CANARY.first,
    accessToken: CANARY.environment,
  });
}, 300_000);

it("is rotated, after failures of several kinds", async () => {
  await rotate(CANARY.second);
  expect((await run("pulumi preview --stack dev --diff")).stdout).toMatch(/clientSecret *: *"?\[secret\]/);
  await run("pulumi preview --stack dev --json");
  expect((await failing("patchConnection", echo(412, "second"))).stdout).toContain("AEP_ETAG_MISMATCH");
  expect((await failing("patchConnection", echo(400, "second"))).stdout).toContain("AEP_REFUSED");
  const rotated = await run(UP);
  expect(rotated.exitCode, rotated.stdout + rotated.stderr).toBe(0);
  expect(connection()["auth"].params).toMatchObject({ clientSecret: CANARY.second });
}, 300_000);

it("goes through everything that reads", async () => {
  const refreshed = await run("pulumi refresh --stack dev --yes --skip-preview --diff --expect-no-changes");
  expect(refreshed.exitCode, refreshed.stdout + refreshed.stderr).toBe(0);
  await run("pulumi stack export --stack dev");
  await run("pulumi stack output --stack dev --json");
  const plan = await run("pulumi preview --stack dev --json");
  expect(await run("plan -", {}, plan.stdout)).toMatchObject({ exitCode: 0 });
  await newStack("other", CANARY.second);
  expect(await run("pulumi preview --stack other --import-file import.json")).toMatchObject({ exitCode: 0 });
  const adopted = await run("adopt import.json --stack other");
  expect(adopted.stdout, adopted.stderr).toContain("BaseConnection");
  const exported = await run("export --sandbox dev --out exported --stack copy");
  expect(exported.exitCode, exported.stderr).toBe(0);
}, 300_000);

it("is nowhere to be seen", async () => {
  expect(printed.some(({ text }) => text.includes('"level":20'))).toBe(true);
  let calls = await (await fetch(`${emulator.url}/__emulator/calls?bodies=true&limit=10000`)).text();
  expect(calls).toContain("patchConnection");
  // The emulator's log hides secrets by the names of their fields; what the faults above made it say, it does not know.
  for (const name of ["first", "second"] as const) calls = calls.replaceAll(JSON.stringify(echoed(name)), "");
  const files = filesBelow(project.folder).map((path) => ({ command: path, text: readFileSync(path).toString() }));
  expect(files.some(({ command }) => command.includes("/history/"))).toBe(true);
  const hits = [...printed, ...files, { command: "call log", text: calls }].flatMap(({ command, text }) =>
    found(text).map((name) => `${name} in ${command}`),
  );
  expect(hits).toEqual([]);
  const tokens = [...emulator.world.tokens.keys()];
  expect([...printed, ...files].filter(({ text }) => tokens.some((token) => text.includes(token)))).toEqual([]);
});

it("is shown to who asks for it", async () => {
  const { stdout } = await project.must("stack", "export", "--stack", "dev", "--show-secrets");
  expect(found(stdout)).toEqual(["second"]);
});

/** Names of the canaries that the text holds. */
function found(text: string): string[] {
  return Object.entries(CANARY).flatMap(([name, value]) =>
    SPELLINGS.some((spelled) => text.includes(spelled(value))) ? [name] : [],
  );
}

/** Every file that the runs have made; what is linked into the folder is the checkout's. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : [];
  });
}
