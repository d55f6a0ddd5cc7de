/** A plan as a comment: within the limit for any plan, worst first, whole blocks, and it says what it leaves out. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KIND_NAMES, typeToken } from "../../resources/pointer.ts";
import { graphOfPlan } from "./graph.ts";
import { type Facts, IMPACT_RULES, LEVELS } from "./impact-rules.ts";
import { impactsOf } from "./impacts.ts";
import { judge } from "./judge.ts";
import { asMarkdown, GITHUB_LIMIT, LEAST_LENGTH } from "./markdown.ts";
import { type Plan, readPlan } from "./read.ts";
import { asText } from "./render.ts";
import type { MappingSamples } from "./samples.ts";
import type { Report } from "./words.ts";

const OPS = ["create", "update", "replace", "delete"] as const;
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom("```", "| a | b |", "@team", "<!-- -->", "</details>", "x".repeat(3000), "a\nb", "orders"),
);
const step = fc.record({
  op: fc.constantFrom(...OPS),
  kind: fc.constantFrom(...KIND_NAMES),
  name: text,
  label: text,
  changes: fc.array(fc.tuple(text, text, text), { maxLength: 6 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What `preview --json` would write; step `n` is made distinct. */
function documentOf(steps: Step[]): string {
  const summary: Record<string, number> = { same: 5 };
  const written = steps.map(({ op, kind, name, label, changes }, n) => {
    summary[op] = (summary[op] ?? 0) + 1;
    const inputs = (at: 1 | 2) => ({
      sandbox: "dev",
      name: label,
      ...Object.fromEntries(changes.map((one) => [one[0], one[at]])),
    });
    const state = (at: 1 | 2) => ({ custom: true, id: `id-${n}`, inputs: inputs(at) });
    const detailed = changes.map(([key]) => [`["${key.replaceAll(/["\\]/g, "\\$&")}"]`, { kind: "update" }]);
    return {
      op,
      urn: `urn:pulumi:dev::aep::${typeToken(kind)}::${name}-${n}`,
      ...(op !== "create" && { oldState: state(1) }),
      ...(op !== "delete" && { newState: state(2) }),
      detailedDiff: Object.fromEntries(detailed),
    };
  });
  return JSON.stringify({ steps: written, changeSummary: summary });
}

function reportOf(plan: Plan, samples: MappingSamples[] = []): Report {
  const verdict = judge(plan, { maxShare: 30, minObjects: 10, allow: [] });
  return { plan, verdict, impacts: impactsOf(plan), samples };
}

/** Lines outside of fences; every fence must be closed by its like. */
function outsideFences(markdown: string): string[] {
  let open = "";
  const outside = markdown.split("\n").filter((line) => {
    const fence = /^(`{3,})(\w*)$/.exec(line);
    if (open === "" && fence) open = fence[1] as string;
    else if (open !== "" && line === open) open = "";
    else return open === "";
    return false;
  });
  expect(open, "a fence is left open").toBe("");
  return outside;
}

/** Without code spans and escaped signs, as CommonMark reads: a span ends at the next run of as many backticks. */
function withoutCode(text: string): string {
  let shown = "";
  for (let at = 0; at < text.length; at++) {
    const run = /^`+/.exec(text.slice(at))?.[0];
    const close = run && new RegExp(`(?<!\`)${run}(?!\`)`).exec(text.slice(at + run.length));
    if (run) at += close ? run.length + close.index + run.length - 1 : run.length - 1;
    else if (/^\\[!-/:-@[-`{-~]/.test(text.slice(at, at + 2))) at += 1;
    else shown += text[at];
  }
  return shown;
}

function checkComment(markdown: string, limit: number): void {
  expect(markdown.length).toBeLessThanOrEqual(limit);
  expect(markdown.startsWith("<!-- aep-plan stack=dev -->\n### Plan for `dev`")).toBe(true);
  const outside = outsideFences(markdown).map(withoutCode).join("\n");
  const tags = (tag: string) => outside.split(tag).length;
  expect(tags("<details>")).toBe(tags("</details>"));
  expect(outside.replaceAll("@<!-- -->", "")).not.toMatch(/@\w/);
}

describe("a plan as Markdown", () => {
  it("fits the limit and closes what it opens, whatever is in it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: LEAST_LENGTH, max: 30_000 }),
        async (steps, limit) => {
          const plan = readPlan(documentOf(steps), "plan");
          const graph = steps.length > 0 ? await graphOfPlan({ ...plan, unchanged: 0 }) : undefined;
          const samples = [
            {
              mappingSets: ["m"],
              file: "mappings/m.yaml",
              events: 3,
              changes: steps.slice(0, 5).map(({ name, label }) => ({
                event: name,
                fields: [{ path: label, before: name, after: undefined }],
                fails: [label],
                failsNoMore: [],
              })),
            },
          ];
          const markdown = asMarkdown(reportOf(plan, samples), graph, limit);
          if (plan.stack !== undefined) checkComment(markdown, limit);
          const whole = asMarkdown(reportOf(plan, samples), graph, 10_000_000);
          expect(whole).not.toMatch(/more not shown/);
          if (whole.length > limit)
            expect(markdown).toMatch(/: ([1-9]\d* more not shown|long entries are shortened), see the artifact/);
          else expect(markdown).toBe(whole);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("fits GitHub's limit with thousands of steps, the worst first", async () => {
    const [many] = fc.sample(fc.array(step, { minLength: 300, maxLength: 300 }), { numRuns: 1, seed: 11 });
    const steps = Array.from({ length: 4000 }, (_, n) => (many as Step[])[n % 300] as Step);
    const plan = readPlan(documentOf(steps), "plan");
    const markdown = asMarkdown(reportOf(plan), await graphOfPlan({ ...plan, unchanged: 0 }), GITHUB_LIMIT);
    checkComment(markdown, GITHUB_LIMIT);
    expect(markdown.length).toBeGreaterThan(GITHUB_LIMIT * 0.8);
    const order = [
      "Too large for one comment",
      "Refused by a guard",
      "What happens to data",
      "Deleted and replaced",
      "Changed",
    ];
    expect(order.map((title) => markdown.indexOf(title))).toEqual(
      order.map((title) => markdown.indexOf(title)).sort((a, b) => a - b),
    );
    expect(order.every((title) => markdown.includes(title))).toBe(true);
    expect(markdown).toContain("The graph is too large to be drawn here");
    expect(asText(reportOf(plan)).length).toBeGreaterThan(GITHUB_LIMIT);
  });
});

describe("what happens to data", () => {
  const impacts = (
    op: string,
    kind: (typeof KIND_NAMES)[number],
    old: object | undefined,
    fresh: object | undefined,
    ...paths: string[]
  ) => {
    const state = (inputs: object | undefined) => inputs && { custom: true, id: "x", inputs };
    const document = {
      steps: [
        {
          op,
          urn: `urn:pulumi:dev::aep::${typeToken(kind)}::it`,
          oldState: state(old),
          newState: state(fresh),
          detailedDiff: Object.fromEntries(paths.map((path) => [path, { kind: "update" }])),
        },
      ],
      changeSummary: { [op]: 1 },
    };
    return impactsOf(readPlan(JSON.stringify(document), "plan")).map(({ level }) => level);
  };
  const minute = { schedule: { frequency: "minute", interval: 15, backfill: true } };

  it.each([
    ["a dataset that goes", "delete", "Dataset", {}, undefined, [], ["lost"]],
    ["a dataset that is replaced", "replace", "Dataset", { schema: "a" }, { schema: "b" }, ["schema"], ["lost"]],
    [
      "a dataset that joins Profile",
      "update",
      "Dataset",
      { profile: false },
      { profile: true },
      ["profile"],
      ["forever"],
    ],
    [
      "a dataset that leaves Profile",
      "update",
      "Dataset",
      { profile: true },
      { profile: false },
      ["profile"],
      ["onwards"],
    ],
    ["a label", "update", "Dataset", { name: "a" }, { name: "b" }, ["name"], []],
    ["a new schema for Profile", "create", "Schema", undefined, { profile: true }, [], ["forever"]],
    ["a new schema", "create", "Schema", undefined, { profile: false }, [], []],
    [
      "a new descriptor for Profile",
      "create",
      "IdentityDescriptor",
      undefined,
      { enableProfile: true },
      [],
      ["forever"],
    ],
    ["a field retyped", "update", "FieldGroup", {}, {}, ['fields["_acme.x"].type'], ["refused"]],
    ["a mapping row", "update", "MappingSet", {}, {}, ['rows["a.b"].source'], ["onwards"]],
    ["a mapping set's name", "update", "MappingSet", {}, {}, ["name"], []],
    [
      "a schedule",
      "update",
      "Dataflow",
      minute,
      { schedule: { frequency: "hour" } },
      ["schedule.frequency"],
      ["onwards"],
    ],
    ["a flow disabled", "update", "Dataflow", { state: "enabled" }, { state: "disabled" }, ["state"], ["gap"]],
    [
      "a flow replaced that goes on",
      "replace",
      "Dataflow",
      { name: "f", ...minute },
      { name: "f", ...minute },
      ["sourceConnection"],
      ["gap"],
    ],
    [
      "a flow replaced under another name",
      "replace",
      "Dataflow",
      { name: "f", ...minute },
      { name: "g", ...minute },
      ["sourceConnection", "name"],
      ["reread", "gap"],
    ],
    ["a streaming flow replaced", "replace", "Dataflow", { name: "f" }, { name: "f" }, ["flowSpec.id"], ["gap"]],
    ["credentials", "update", "BaseConnection", {}, {}, ["auth.params.clientSecret"], ["gap"]],
  ] as const)("%s", (_what, op, kind, old, fresh, paths, levels) => {
    expect(impacts(op, kind, old, fresh, ...paths)).toEqual(levels);
  });

  it("has rules that can all be met, each with words of its own", () => {
    const any: Facts = { changes: [], before: {}, after: {}, otherDataset: false };
    for (const { level, says, when, only } of IMPACT_RULES) {
      expect(Object.keys(LEVELS)).toContain(level);
      expect(says).toMatch(/^[A-Z].*[.]$/s);
      expect(typeof when?.(any) === "boolean" ? only : undefined).toBe(only);
    }
  });
});
