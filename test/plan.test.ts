/** `aep plan`: both forms of a preview's JSON, the two guards, what is printed; and the guards at work on a stack. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { impactsOf } from "../cli/plan/impacts.ts";
import { judge, type Limits } from "../cli/plan/judge.ts";
import { asMarkdown } from "../cli/plan/markdown.ts";
import { parsePath } from "../cli/plan/path.ts";
import { readPlan } from "../cli/plan/read.ts";
import { asJson, asText } from "../cli/plan/render.ts";
import { samplesOf } from "../cli/plan/samples.ts";
import type { Report } from "../cli/plan/words.ts";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import type { KindName } from "../resources/pointer.ts";
import { impactRows } from "./support/impact-table.ts";
import { Project, SMALL_SECRETS, smallStack } from "./support/project.ts";

type Inputs = Record<string, unknown>;
interface Step {
  op: string;
  kind: KindName;
  name: string;
  old?: Inputs;
  new?: Inputs;
  keys?: string[];
  diff?: Record<string, string>;
}

const urn = ({ kind, name }: Step) => `urn:pulumi:dev::aep::pulumi-nodejs:dynamic/aep:${kind}::${name}`;
const state = (step: Step, inputs: Inputs | undefined) =>
  inputs && { urn: urn(step), custom: true, type: `pulumi-nodejs:dynamic/aep:${step.kind}`, inputs };

/** The document `preview --json` writes. */
function document(steps: Step[], same = 0): string {
  const summary: Record<string, number> = { same };
  for (const { op } of steps) summary[op] = (summary[op] ?? 0) + 1;
  return JSON.stringify({
    steps: steps.map((step) => ({
      op: step.op,
      urn: urn(step),
      oldState: state(step, step.old),
      newState: state(step, step.new),
      replaceReasons: step.keys,
      detailedDiff: Object.fromEntries(
        Object.entries(step.diff ?? {}).map(([path, kind]) => [path, { kind, inputDiff: true }]),
      ),
    })),
    changeSummary: summary,
  });
}

/** The stream of events, with the halves of a replacement that the document leaves out. */
function events(steps: Step[], same = 0): string {
  const lines: object[] = [{ preludeEvent: { config: {} } }];
  const summary: Record<string, number> = { same };
  for (const step of steps) {
    summary[step.op] = (summary[step.op] ?? 0) + 1;
    const detailedDiff = Object.fromEntries(
      Object.entries(step.diff ?? {}).map(([path, diffKind]) => [path, { diffKind, inputDiff: true }]),
    );
    const metadata = {
      op: step.op,
      urn: urn(step),
      old: state(step, step.old) ?? null,
      new: state(step, step.new) ?? null,
      keys: step.keys,
      detailedDiff,
    };
    if (step.op === "replace")
      lines.push({ resourcePreEvent: { metadata: { ...metadata, op: "create-replacement" } } });
    lines.push({ resourcePreEvent: { metadata } }, { resOutputsEvent: { metadata } });
  }
  lines.push({ summaryEvent: { resourceChanges: summary, result: "succeeded" } });
  return lines.map((line, sequence) => JSON.stringify({ sequence, ...line })).join("\n");
}

const update = (name: string): Step => ({
  op: "update",
  kind: "MappingSet",
  name,
  old: { name, rows: { "a.b": { source: "x" } } },
  new: { name, rows: { "a.b": { source: "y" } } },
  diff: { 'rows["a.b"].source': "update" },
});
const limits = (over: Partial<Limits> = {}): Limits => ({ maxShare: 30, minObjects: 10, allow: [], ...over });
const FORMS = { document, events };

describe.each(Object.entries(FORMS))("a plan as %s", (_form, write) => {
  const verdict = (steps: Step[], same: number, over: Partial<Limits> = {}) =>
    judge(readPlan(write(steps, same), "plan"), limits(over));
  const names = (count: number) => Array.from({ length: count }, (_, index) => update(`m${index}`));

  it("refuses more than the share of existing objects, from the least number on", () => {
    expect(verdict(names(3), 7).refusals).toEqual([]);
    expect(verdict(names(4), 6).refusals).toMatchObject([
      { guard: "share", reason: expect.stringContaining("4 of 10 existing objects (40%)") },
    ]);
    expect(verdict(names(4), 5).refusals).toEqual([]);
    expect(verdict(names(4), 5, { minObjects: 9 }).refusals).toHaveLength(1);
    expect(verdict(names(4), 6, { maxShare: 40 }).refusals).toEqual([]);
    expect(verdict(names(4), 6, { allow: ["m0"] }).refusals).toEqual([]);
    expect(verdict(names(4), 6, { allow: [urn(update("m1"))] }).refusals).toEqual([]);
    expect(verdict(names(4), 6, { allow: ["MappingSet"] })).toMatchObject({ refusals: [], allowed: 4 });
    const created = names(9).map((step): Step => ({ ...step, op: "create", old: {} }));
    expect(verdict(created, 10).refusals).toEqual([]);
  });

  it.each(["Dataset", "Schema"] as const)("refuses to delete or replace a %s unless it is named", (kind) => {
    const gone: Step = { op: "delete", kind, name: "orders", old: { name: "Orders" } };
    const replaced: Step = {
      op: "replace",
      kind,
      name: "members",
      old: { name: "Members", schema: "s1" },
      new: { name: "Members", schema: "s2" },
      keys: ["schema"],
      diff: { schema: "update" },
    };
    const reasons = verdict([gone, replaced], 50).refusals.map(({ reason }) => reason);
    expect(reasons).toEqual([
      `deletes the ${kind} orders ("Orders"); its data would be lost`,
      `replaces the ${kind} members ("Members") because of schema; its data would be lost`,
    ]);
    expect(verdict([gone, replaced], 50, { allow: ["orders"] }).refusals).toHaveLength(1);
    expect(verdict([gone, replaced], 50, { allow: [kind] }).refusals).toEqual([]);
    expect(verdict([{ ...gone, op: "update", new: { name: "Others" } }], 50).refusals).toEqual([]);
    expect(verdict([gone], 50, { allow: ["order"] })).toMatchObject({
      refusals: [{ guard: "data" }],
      unused: ["order"],
    });
  });

  it("names every change by its path, and never shows a secret", () => {
    const auth = (value: string) => ({ name: "c", auth: { params: { clientSecret: value } } });
    const steps: Step[] = [
      update("m"),
      {
        op: "update",
        kind: "BaseConnection",
        name: "c",
        old: auth("canary-1"),
        new: auth("canary-2"),
        diff: { "auth.params.clientSecret": "update" },
      },
    ];
    const plan = readPlan(write(steps, 20), "plan");
    const report: Report = { plan, verdict: judge(plan, limits()), impacts: impactsOf(plan), samples: samplesOf(plan) };
    for (const render of [asText, (given: Report) => asMarkdown(given, undefined), asJson]) {
      const text = render(report);
      expect(text).not.toContain("canary");
      expect(text).toContain(
        render === asJson ? JSON.stringify('rows["a.b"].source') : 'rows["a.b"].source: "x" => "y"',
      );
    }
  });
});

describe("what is no plan", () => {
  it.each([
    ["nothing", "", /not what a preview with --json writes/],
    ["other JSON", '{"a":1}', /not what a preview/],
    ["a cut document", document([update("m")]).slice(0, -20), /not what a preview/],
    [
      "a failed preview",
      JSON.stringify({ changeSummary: {}, diagnostics: [{ severity: "error", message: "it broke\n" }] }),
      /the preview failed: it broke/,
    ],
    [
      "a cut stream",
      events([update("m")])
        .split("\n")
        .slice(0, -1)
        .join("\n"),
      /events end too early/,
    ],
  ])("%s is refused, not taken for an empty one", (_what, text, message) => {
    expect(() => readPlan(text, "plan")).toThrow(message);
  });

  it("reads paths as Pulumi writes them", () => {
    expect(parsePath('rows["_acme.x[0].y"].source')).toEqual(["rows", "_acme.x[0].y", "source"]);
    expect(parsePath("fieldGroups[12].a")).toEqual(["fieldGroups", 12, "a"]);
    expect(parsePath('a["q\\"x"]')).toEqual(["a", 'q"x']);
  });
});

it("docs/how-to/review-a-change.md shows the table of what changes do to data", () => {
  const page = readFileSync(join(import.meta.dirname, "../docs/how-to/review-a-change.md"), "utf8");
  expect(page).toContain(impactRows());
});

describe("guards at work", () => {
  let emulator: Emulator;
  let project: Project;
  const offline = {
    AEP_ENDPOINT: "",
    AEP_IMS_ENDPOINT: "",
    AEP_STREAMING_ENDPOINT: "",
    AEP_ORG_ID: "",
    AEP_CLIENT_ID: "",
    AEP_CLIENT_SECRET: "",
  };
  const flow = (change: object) => {
    const config = smallStack() as { "aep:pipelines": [{ flows: [object] }] };
    Object.assign(config["aep:pipelines"][0].flows[0], change);
    return config;
  };

  beforeAll(async () => {
    emulator = await startEmulator({ port: 0, seed: 6 });
    project = new Project({ ...emulator.env, ...SMALL_SECRETS });
    project.stack("dev", smallStack());
    await project.must("stack", "init", "dev");
    await project.must("up", "--stack", "dev", "--yes", "--skip-preview");
  }, 300_000);
  afterAll(async () => {
    await emulator.close();
    project.remove();
  });

  it("judges a real preview without credentials, ending with 9", async () => {
    project.stack("dev", flow({ dataset: { name: "Renamed" } }));
    const preview = await project.must("preview", "--stack", "dev", "--json");
    const refused = await project.aep(["plan", "-"], offline, preview.stdout);
    expect(refused).toMatchObject({ exitCode: 9, stderr: "" });
    expect(refused.stdout).toMatch(/deletes the Dataset members \("Members"\); its data would be lost/);
    const allowed = await project.aep(["plan", "-", "--allow", "Dataset", "--markdown"], offline, preview.stdout);
    expect(allowed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^<!-- aep-plan stack=dev -->\n### Plan for `dev`\n/),
    });
    expect(await project.aep(["plan", "-", "--max-share", "lots"], offline)).toMatchObject({ exitCode: 2 });
    project.stack("dev", smallStack());
  }, 300_000);

  it("refuses in the preview to replace a dataset, naming the path, until the stack allows it", async () => {
    project.write(
      "xdm/second.yaml",
      (project.read("xdm/capillary-loyalty-profile.yaml") ?? "").replace("title: ", "title: Second "),
    );
    project.write(
      "mappings/second.yaml",
      (project.read("mappings/capillary-profile.yaml") ?? "").replace(
        "schema: capillary-loyalty-profile",
        "schema: second",
      ),
    );
    const changed = flow({ schema: "xdm/second.yaml", mapping: "mappings/second.yaml" });
    project.stack("dev", changed);
    const refused = await project.pulumi("preview", "--stack", "dev");
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout + refused.stderr).toMatch(
      /schema: would replace the Dataset, and its data would be lost: .*add "Members" to aep:allowDestroy/,
    );
    project.stack("dev", { ...changed, "aep:allowDestroy": ["Members"] });
    const { changes } = await project.must("preview", "--stack", "dev");
    expect(changes).toMatchObject({ "Dataset::members": "replace" });
    project.stack("dev", smallStack());
  }, 300_000);

  it("destroys nothing that holds data before both locks are open", async () => {
    const { catalog, registry } = emulator.world.sandboxes.get("dev")!;
    project.stack("dev", smallStack({ "aep:protect": "true" }));
    await project.must("up", "--stack", "dev", "--yes", "--skip-preview");
    expect((await project.pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview")).exitCode).not.toBe(0);
    project.stack("dev", smallStack());
    await project.must("up", "--stack", "dev", "--yes", "--skip-preview");
    const refused = await project.pulumi("destroy", "--stack", "dev", "--yes", "--skip-preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/AEP_DESTROY_REFUSED: Dataset "Members": not deleted/);
    expect([catalog.dataSets.size, registry.schemas.size]).toEqual([1, 1]);
    project.stack("dev", smallStack({ "aep:allowDestroy": ["*"] }));
    await project.must("up", "--stack", "dev", "--yes", "--skip-preview");
    await project.must("destroy", "--stack", "dev", "--yes", "--skip-preview");
    expect([catalog.dataSets.size, registry.schemas.size]).toEqual([0, 0]);
  }, 300_000);
});
