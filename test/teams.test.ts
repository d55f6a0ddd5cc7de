/** docs/how-to/teams.md: two teams' stacks in one sandbox, on one schema; neither ever touches what is the other's. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";

let emulator: Emulator;
let crm: Project;
let web: Project;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 41 });
  crm = new Project({ ...emulator.env, ...SMALL_SECRETS });
  web = new Project({ ...emulator.env, ...SMALL_SECRETS });
  crm.stack("crm", smallStack());
  await crm.must("stack", "init", "crm");
  await crm.must("up", "--stack", "crm", "--yes", "--skip-preview");
}, 300_000);
afterAll(async () => {
  await emulator.close();
  crm.remove();
  web.remove();
});

const ids = (project: Project, stack: string): string[] =>
  project
    .state(stack)
    .filter(({ type }) => type.includes("dynamic/aep:"))
    .map(({ id }) => id);

/** Calls that wrote to any of these objects since call number `from`. */
function writesTo(of: readonly string[], from: number): string[] {
  return emulator.world.calls
    .slice(from)
    .filter(({ method, path }) => method !== "GET" && of.some((id) => decodeURIComponent(path).includes(id)))
    .map(({ method, path }) => `${method} ${path}`);
}

const calls = () => emulator.world.calls.length;

/** The page's example, on the schema that the first team owns. */
function example(): string {
  const page = readFileSync(resolve(import.meta.dirname, "../docs/how-to/teams.md"), "utf8");
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const schema = crm.state("crm").find(({ type }) => type.endsWith("aep:Schema"))!;
  return yaml.replaceAll(/https:\/\/ns\.adobe\.com\/acme\/schemas\/\w+/g, schema["id"]);
}

it("a team deploys, changes and destroys beside the other", async () => {
  const theirs = ids(crm, "crm");
  const begin = calls();
  const { "aep:pipelines": _, ...settings } = smallStack({ "aep:allowDestroy": ["*"] });
  web.stack("web", { ...settings, "aep:pipelines": [], "aep:resources": "web.yaml" });
  web.write("web.yaml", example());
  await web.must("stack", "init", "web");
  expect((await web.must("up", "--stack", "web", "--yes", "--skip-preview")).changes).toMatchObject({
    "Dataset::web-members": "create",
    "TargetConnection::web-members-target": "create",
  });
  const resources = parse(example());
  resources.resources["web-members"].inputs.name = "web: All members";
  web.write("web.yaml", stringify(resources));
  await web.must("up", "--stack", "web", "--yes", "--skip-preview");
  const own = ids(web, "web");
  expect(writesTo(own, begin)).toHaveLength(1);
  expect(writesTo(theirs, begin)).toEqual([]);

  const between = calls();
  expect((await crm.pulumi("refresh", "--stack", "crm", "--preview-only", "--expect-no-changes")).exitCode).toBe(0);
  await crm.must("up", "--stack", "crm", "--yes", "--skip-preview");
  expect(writesTo(own, between)).toEqual([]);

  await web.must("destroy", "--stack", "web", "--yes", "--skip-preview");
  expect(writesTo(own, between)).toHaveLength(own.length);
  expect(writesTo(theirs, begin)).toEqual([]);
}, 300_000);

it("a second schema of the same title is refused, and the first one stays as it is", async () => {
  const theirs = ids(crm, "crm");
  const begin = calls();
  web.stack("twin", smallStack());
  await web.must("stack", "init", "twin");
  const refused = await web.pulumi("up", "--stack", "twin", "--yes", "--skip-preview");
  expect(refused.exitCode).toBe(1);
  expect(refused.stdout + refused.stderr).toMatch(/AEP_REFUSED: FieldGroup [^\n]*Title must be unique/);
  await web.must("destroy", "--stack", "twin", "--yes", "--skip-preview");
  expect(writesTo(theirs, begin)).toEqual([]);
  expect((await crm.pulumi("refresh", "--stack", "crm", "--preview-only", "--expect-no-changes")).exitCode).toBe(0);
}, 300_000);
