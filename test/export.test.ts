/** A sandbox made by one project goes out as files and is taken over by another, on the engine. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";

let emulator: Emulator;
let maker: Project;
let taker: Project;

beforeAll(async () => {
  emulator = await startEmulator({ port: 0, seed: 8, settings: { profileDelete: "allowed" } } as never);
  maker = new Project({ ...emulator.env, ...SMALL_SECRETS });
  taker = new Project(emulator.env, false);
  maker.stack("dev", smallStack());
  await maker.must("stack", "init", "dev");
  await maker.must("up", "--stack", "dev", "--yes", "--skip-preview");
}, 300_000);
afterAll(async () => {
  await emulator.close();
  for (const project of [maker, taker]) project.remove();
});

it("writes files that a stack takes over without a change, leaves strangers alone, and shows no secret", async () => {
  const sandbox = emulator.world.sandboxes.get("dev")!;
  const draft = {
    id: "d1",
    name: "half done",
    state: "draft",
    version: "1",
    etag: "1",
    createdAt: 1,
    connectionSpec: { id: "x", version: "1.0" },
  };
  sandbox.flowService.connections.set("d1", draft as never);
  const before = JSON.stringify([...sandbox.flowService.connections]);
  const exported = await taker.aep(["export", "--sandbox", "dev", "--out", ".", "--stack", "taken", "-q"]);
  expect(exported).toMatchObject({ exitCode: 0, stderr: "" });
  expect(exported.stdout).toMatch(/^9 objects declared in \d+ files of \.:/);
  expect(exported.stdout).toContain('BaseConnection "half done" (d1): a draft');
  expect(exported.stdout).toContain("  MEMBERS_BASE_CONNECTION_CLIENT_SECRET");
  for (const path of [
    "stacks/taken.resources.yaml",
    "stacks/Pulumi.taken.yaml",
    "import.taken.json",
    "xdm/capillary-loyalty-profile.yaml",
  ])
    expect(taker.read(path)).not.toMatch(/canary|half done/);
  await taker.must("stack", "init", "taken");
  await taker.must(
    "import",
    "--stack",
    "taken",
    "--file",
    "import.taken.json",
    "--generate-code=false",
    "--protect=false",
    "--yes",
  );
  const preview = await taker.pulumi("preview", "--stack", "taken", "--expect-no-changes");
  expect(preview).toMatchObject({ exitCode: 0, changes: {} });
  expect((await taker.pulumi("refresh", "--stack", "taken", "--preview-only", "--expect-no-changes")).exitCode).toBe(0);
  expect((await taker.must("up", "--stack", "taken", "--yes", "--skip-preview")).changes).toEqual({});
  expect(JSON.stringify([...sandbox.flowService.connections])).toBe(before);
}, 300_000);

it("writes all or nothing: a file that differs is not overwritten unless it is said", async () => {
  const path = "xdm/capillary-loyalty-profile.yaml";
  const again = () => taker.aep(["export", "--sandbox", "dev", "--out", "out", "--stack", "again"]);
  taker.write(`out/${path}`, "mine\n");
  expect(await again()).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^EXPORT_EXISTS: .*capillary-loyalty-profile/),
  });
  expect(taker.read("out/import.again.json")).toBeUndefined();
  const forced = await taker.aep([
    "export",
    "--sandbox",
    "dev",
    "--out",
    "out",
    "--stack",
    "again",
    "--force",
    "--json",
  ]);
  expect(JSON.parse(forced.stdout)).toMatchObject({ counts: { Schema: 1, Dataflow: 1 }, foreign: [{ id: "d1" }] });
  expect(readFileSync(`${taker.folder}/out/${path}`, "utf8")).toContain("kind: schema");
}, 300_000);

it("says every mistake of a resources file with its line", async () => {
  taker.write(
    "stacks/bad.resources.yaml",
    [
      "resources:",
      "  a: { kind: Dataset, inputs: { name: A, schema: '${b.id}' } }",
      "  b: { kind: Schema, inputs: { title: B, class: nonsense } }",
      "  c: { kind: MappingSet, inputs: { name: C, schema: '${bb.id}', rows: {} } }",
      "  d: { kind: Dataflow, protect: true, file: x.yaml, inputs: { name: D } }",
    ].join("\n"),
  );
  taker.stack("bad", smallStack({ "aep:pipelines": [], "aep:resources": "stacks/bad.resources.yaml" }));
  await taker.must("stack", "init", "bad");
  const { exitCode, stdout, stderr } = await taker.pulumi("preview", "--stack", "bad");
  expect(exitCode).toBe(1);
  const text = stdout + stderr;
  expect(text).toMatch(/bad\.resources\.yaml:3:\d+: b: class: write the full \$id/);
  expect(text).toMatch(/bad\.resources\.yaml:4:\d+: c: there is no resource bb; did you mean b\?/);
  expect(text).toMatch(/bad\.resources\.yaml:5:\d+: d: only kinds that hold data are protected/);
  expect(text).toMatch(/bad\.resources\.yaml:5:\d+: d: a Dataflow has no file/);
}, 300_000);
