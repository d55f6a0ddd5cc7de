/** A stack takes over what another one made: found by name, imported, and the next preview is empty. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";

let emulator: Emulator;
let project: Project;
const CANARY = /canary-capillary/;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 5 });
  project = new Project({ ...emulator.env, ...SMALL_SECRETS });
  project.stack("maker", smallStack());
  await project.must("stack", "init", "maker");
  await project.must("up", "--stack", "maker", "--yes", "--skip-preview");
}, 300_000);
afterAll(async () => {
  await emulator.close();
  project.remove();
});

/** A fresh stack with the program's import file; `adopt` is then run on it. */
async function taker(name: string, config = smallStack()): Promise<(...args: string[]) => ReturnType<Project["aep"]>> {
  project.stack(name, config);
  await project.must("stack", "init", name);
  await project.must("preview", "--stack", name, "--import-file", `${name}.json`);
  return (...args) => project.aep(["adopt", `${name}.json`, "--stack", name, "--quiet", ...args]);
}

const importFile = (name: string) =>
  project.must(
    "import",
    "--stack",
    name,
    "--file",
    `${name}.json`,
    "--generate-code=false",
    "--protect=false",
    "--yes",
  );

const world = () => emulator.world.sandboxes.get("dev")!;

describe("aep adopt", () => {
  it("finds everything, fills the file, and after the import nothing is to change", async () => {
    const adopt = await taker("all");
    const answer = await adopt();
    expect(answer).toMatchObject({ exitCode: 0, stderr: "" });
    expect(answer.stdout).toMatch(/^9 objects found/);
    const file = project.read("all.json") ?? "";
    expect(file).not.toMatch(/PLACEHOLDER/);
    expect(file + answer.stdout).not.toMatch(CANARY);
    await importFile("all");
    const preview = await project.pulumi("preview", "--stack", "all", "--expect-no-changes");
    expect(preview).toMatchObject({ exitCode: 0, changes: {} });
    expect((await project.pulumi("refresh", "--stack", "all", "--preview-only", "--expect-no-changes")).exitCode).toBe(
      0,
    );
    const of = (stack: string) =>
      new Map(
        project
          .state(stack)
          .filter(({ custom }) => custom)
          .map((one) => [one.urn.split("::").slice(2).join("::"), one]),
      );
    const [made, taken] = [of("maker"), of("all")];
    expect([...taken.keys()].sort()).toEqual([...made.keys()].sort());
    for (const [key, one] of taken)
      if (!key.includes("providers")) expect([key, one.id]).toEqual([key, made.get(key)?.id]);
    const base = [...taken.values()].find(({ type }) => type.endsWith("aep:BaseConnection"));
    expect(Object.values(base?.inputs.auth.params)).toEqual(
      Array(3).fill(expect.objectContaining({ ciphertext: expect.any(String) })),
    );
  }, 300_000);

  it("lists what is not there, says what differs, and the next preview shows exactly that", async () => {
    const [flow] = [...world().flowService.flows.values()];
    const [set] = [...world().dataPrep.mappingSets.values()];
    const [dataset] = [...world().catalog.dataSets.values()];
    world().flowService.flows.delete(flow!["id"]);
    const before = { description: dataset!["description"], versions: set!.versions.length };
    const rows = set!.versions
      .at(-1)!
      ["mappings"].map((row: any) => (row.destination === "loyalty.tier" ? { ...row, source: "loyalty.level" } : row));
    set!.versions.push({ ...set!.versions.at(-1)!, mappings: rows, version: set!.versions.length });
    try {
      const adopt = await taker("some");
      const answer = await adopt();
      expect(answer.stdout).toMatch(
        /8 objects found.*\n1 not found; they stay to be created:\n {2}Dataflow members-profile: nothing has name "members profile"/,
      );
      expect(answer.stdout).toMatch(/1 differ from the program[^\n]*\n {2}MappingSet members-profile: rows \(update\)/);
      await importFile("some");
      const { changes } = await project.must("preview", "--stack", "some");
      expect(changes).toEqual({ "MappingSet::members-profile": "update", "Dataflow::members-profile": "create" });
    } finally {
      world().flowService.flows.set(flow!["id"], flow!);
      set!.versions.splice(before.versions);
    }
  }, 300_000);

  it("refuses a name that is not unique, with the candidates, until one is chosen", async () => {
    const { connections } = world().flowService;
    const [base] = [...connections.values()];
    connections.set("twin", { ...base!, id: "twin" });
    try {
      const adopt = await taker("twins");
      const untouched = project.read("twins.json");
      const refused = await adopt();
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toMatch(
        /^ADOPT_AMBIGUOUS: several objects could be meant:\n {2}BaseConnection members, name "members base connection":/,
      );
      expect(refused.stderr).toMatch(new RegExp(`--id BaseConnection/members=${base!["id"]}  \\(created .*\\)\n`));
      expect(refused.stderr).toMatch(/--id BaseConnection\/members=twin {2}\(created/);
      expect(project.read("twins.json")).toBe(untouched);
      const chosen = await adopt("--id", `BaseConnection/members=${base!["id"]}`);
      expect(chosen).toMatchObject({ exitCode: 0 });
      const unknown = await adopt("--id", "BaseConnection/members=nobody");
      expect(unknown.stderr).toMatch(/AEP_NOT_FOUND: members: there is no BaseConnection with the id nobody/);
    } finally {
      connections.delete("twin");
    }
  }, 300_000);

  it("says what is wrong with its arguments, the file and the program", async () => {
    expect(await project.aep(["adopt", "nowhere.json", "--stack", "all"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^FILE_NOT_FOUND: nowhere.json/),
    });
    expect(await project.aep(["adopt", "package.json", "--stack", "all"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^ADOPT_FILE: package.json/),
    });
    expect(await project.aep(["adopt", "all.json", "--id", "x"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^USAGE: --id "x"/),
    });
    project.write(
      "other.json",
      JSON.stringify({
        resources: [{ type: "pulumi-nodejs:dynamic/aep:Dataset", name: "stranger", id: "<PLACEHOLDER>" }],
      }),
    );
    const other = await project.aep(["adopt", "other.json", "--stack", "all"]);
    expect(other.stderr).toMatch(/^ADOPT_FILE: other.json: the program does not plan to create: stranger/);
    const broken = await project.aep(["adopt", "all.json", "--stack", "nostack"]);
    expect(broken).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^PREVIEW_FAILED: aep pulumi preview --json: .*nostack/s),
    });
  }, 300_000);
});

describe("adopt on a resource", () => {
  const single = (adopt: string, name = "Members") => ({
    resources: {
      members: { kind: "Dataset", inputs: { adopt, name, schema: [...world().registry.schemas.values()][0]!["$id"] } },
    },
  });
  const declare = (content: unknown) => project.write("stacks/single.resources.yaml", JSON.stringify(content));
  const config = smallStack({ "aep:pipelines": [], "aep:resources": "stacks/single.resources.yaml" });

  beforeAll(async () => {
    declare(single("by-name"));
    project.stack("single", config);
    await project.must("stack", "init", "single");
  });

  it("refuses an object that differs in what cannot be changed, and an id that is not there", async () => {
    declare(single("no-such-id"));
    const missing = await project.pulumi("up", "--stack", "single", "--yes", "--skip-preview");
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout + missing.stderr).toMatch(/there is no Dataset to adopt/);
    const wrong = single([...world().catalog.dataSets.keys()][0]!);
    wrong.resources.members.inputs.schema = "https://ns.adobe.com/acme/schemas/other";
    declare(wrong);
    const refused = await project.pulumi("up", "--stack", "single", "--yes", "--skip-preview");
    expect(refused.stdout + refused.stderr).toMatch(/differs in what cannot be changed: schema/);
  }, 300_000);

  it("refuses a name that two objects have, naming both", async () => {
    const { dataSets } = world().catalog;
    const [[id, dataset]] = [...dataSets] as [[string, any]];
    dataSets.set("twin", { ...dataset });
    declare(single("by-name"));
    const refused = await project.pulumi("up", "--stack", "single", "--yes", "--skip-preview");
    dataSets.delete("twin");
    expect(refused.exitCode).toBe(1);
    const text = refused.stdout + refused.stderr;
    expect(text).toContain(id);
    expect(text).toContain("twin");
  }, 300_000);

  it("takes the object over by its name, and then nothing is to change, with or without adopt", async () => {
    const count = world().catalog.dataSets.size;
    declare(single("by-name"));
    await project.must("up", "--stack", "single", "--yes", "--skip-preview");
    expect(world().catalog.dataSets.size).toBe(count);
    expect((await project.must("preview", "--stack", "single")).changes).toEqual({});
    const { adopt: _, ...inputs } = single("by-name").resources.members.inputs;
    declare({ resources: { members: { kind: "Dataset", inputs } } });
    expect((await project.must("preview", "--stack", "single")).changes).toEqual({});
  }, 300_000);
});
