/** docs/how-to/disaster-recovery.md, executed: each recovery ends in an empty preview, and only the last makes writing calls. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { installedEngines } from "./support/engines.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";
import { bash } from "./support/workflow.ts";

const ROOT = resolve(import.meta.dirname, "..");
const PAGE = readFileSync(join(ROOT, "docs/how-to/disaster-recovery.md"), "utf8");

/** The page's block of that name. */
function block(name: string): string {
  const found = new RegExp(`recovery\\.test\\.ts \\(${name}\\) -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(PAGE)?.[1];
  if (found === undefined) throw new Error(`the page has no block ${name}`);
  return found;
}

it("executes every block of the page", () => {
  const blocks = [...PAGE.matchAll(/\.test\.ts \(([a-z-]+)\)/g)].map(([, name]) => name);
  expect(blocks).toEqual([
    "backup",
    "lost-state",
    "old-state",
    "half-state",
    "damaged-state",
    "lost-passphrase",
    "deleted-objects",
  ]);
  expect(PAGE.match(/```sh/g)).toHaveLength(blocks.length);
});

describe.each(installedEngines())("with the engine %s", (_, engine) => {
  let emulator: Emulator;
  let project: Project;
  let env: Record<string, string>;
  const stateFile = () => join(project.folder, "backend/.pulumi/stacks/aep/dev.json");
  const world = () => emulator.world.sandboxes.get("dev")!;

  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, seed: 11 });
    project = new Project({ ...emulator.env, ...SMALL_SECRETS });
    env = { ...project.env, ...engine };
    project.write("backend/.keep", "");
    project.stack("dev", smallStack());
    await play("aep pulumi stack init dev && aep pulumi up --stack dev --yes --skip-preview");
  }, 300_000);
  afterAll(async () => {
    await emulator.close();
    project.remove();
  });

  /** Runs commands as the page has them; they must succeed. */
  async function play(script: string): Promise<string> {
    const aep = `aep() { "${process.execPath}" -- "${join(ROOT, "cli/aep.ts")}" "$@"; }\n`;
    const { code, output } = await bash(`set -u\n${aep}${script}`, project.folder, env);
    if (code !== 0) throw new Error(`ended with ${code}:\n${script}\n${output}`);
    return output;
  }

  /** The same, and Experience Platform must not have been written to. */
  async function playReading(script: string): Promise<string> {
    const from = emulator.world.calls.length;
    const output = await play(script);
    const writes = emulator.world.calls
      .slice(from)
      .filter(({ method, path }) => method !== "GET" && path.startsWith("/data/"))
      .map(({ method, path }) => `${method} ${path}`);
    expect(writes).toEqual([]);
    return output;
  }

  it("takes everything over when the state is lost", async () => {
    rmSync(join(project.folder, "backend/.pulumi"), { recursive: true });
    const output = await playReading(block("lost-state"));
    expect(output).toMatch(/9 objects found/);
    expect(project.state("dev").filter(({ custom, id }) => custom && id)).toHaveLength(10);
  }, 300_000);

  it("begins anew when an old state came back, and completes one that lacks objects", async () => {
    await play(block("backup"));
    expect(project.read("backup.json")).not.toMatch(/canary-capillary/);
    project.stack("dev", withTransactions());
    await play("aep pulumi up --stack dev --yes --skip-preview");
    const count = project.state("dev").length;
    await play("aep pulumi stack import --stack dev --file backup.json");
    expect(project.state("dev").length).toBeLessThan(count);
    expect(await playReading(block("old-state"))).toMatch(/16 objects found/);
    expect(project.state("dev")).toHaveLength(count);

    await play("aep pulumi stack export --stack dev --file whole.json");
    const whole = JSON.parse(project.read("whole.json") ?? "");
    const lost = /Dataflow::|MappingSet::members-transaction/;
    whole.deployment.resources = whole.deployment.resources.filter(({ urn }: { urn: string }) => !lost.test(urn));
    project.write("half.json", JSON.stringify(whole));
    await play("aep pulumi stack import --stack dev --file half.json");
    expect(await playReading(block("half-state"))).toMatch(/3 objects found/);
    expect(project.state("dev")).toHaveLength(count);
  }, 600_000);

  it("puts the newest backup in the place of a damaged state", async () => {
    writeFileSync(stateFile(), readFileSync(stateFile(), "utf8").slice(0, 1000));
    await playReading(block("damaged-state"));
  }, 300_000);

  it("begins anew under another passphrase", async () => {
    env = { ...env, PULUMI_CONFIG_PASSPHRASE: "forgotten", NEW_PASSPHRASE: "another" };
    await expect(play("aep pulumi preview --stack dev")).rejects.toThrow(/passphrase/);
    await playReading(block("lost-passphrase"));
    env = { ...env, PULUMI_CONFIG_PASSPHRASE: "another" };
  }, 300_000);

  it("creates again what was deleted by hand, and what follows it", async () => {
    const { flowService, catalog } = world();
    const members = [...catalog.dataSets].find(([, { name }]) => name === "Members")![0];
    catalog.dataSets.delete(members);
    const flow = [...flowService.flows].find(([, { name }]) => name === "members transaction")![0];
    flowService.flows.delete(flow);
    const before = new Set(flowService.flows.keys());
    await play(block("deleted-objects"));
    const again = [...catalog.dataSets.values()].map(({ name }) => name).sort();
    expect(again).toEqual(["Members", "Purchases"]);
    expect([...flowService.flows.values()].map(({ name }) => name).sort()).toEqual([
      "members profile",
      "members transaction",
    ]);
    expect([...flowService.flows.keys()].filter((id) => before.has(id))).toEqual([]);
  }, 300_000);
});

/** The stack grown by a flow, and by a field that is declared for the first time. */
function withTransactions(): Record<string, unknown> {
  const config = smallStack();
  const [pipeline] = config["aep:pipelines"] as [{ flows: Record<string, any>[] }];
  pipeline.flows[0]!["dataset"].description = "Changed since the backup";
  pipeline.flows.push({
    name: "transaction",
    schema: "xdm/capillary-loyalty-event.yaml",
    mapping: "mappings/capillary-transaction.yaml",
    dataset: { name: "Purchases" },
    schedule: { frequency: "minute", interval: 30 },
  });
  return config;
}
