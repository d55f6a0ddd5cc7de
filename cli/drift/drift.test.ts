/** Drift: why a field differs, how it is told, and SARIF that code hosts take. */
import { describe, expect, it } from "vitest";
import { classify, isMask } from "./classify.ts";
import type { Difference, StackDrift } from "./model.ts";
import { asSarif } from "./sarif.ts";
import { asJson, asMarkdown, asText } from "./words.ts";

const seen = { kind: "Dataset", field: "errorDiagnostics", expected: true, found: false, deployed: 1_000_000 } as const;
const unknown = { by: undefined, at: undefined };

describe("why a field differs", () => {
  it.each([
    ["written after the stack", { ...seen, written: { by: "eve", at: 2_000_000 } }, "edited"],
    ["not written since", { ...seen, written: { by: "us", at: 1_001_000 } }, "default"],
    ["nobody says, and it stands at the kind's default", { ...seen, written: unknown }, "default"],
    [
      "nobody says, and the program chose it",
      { ...seen, field: "name", expected: "a", found: "b", written: unknown },
      "edited",
    ],
    ["a mask", { ...seen, expected: "s3cr3t", found: "******", written: { by: "eve", at: 2_000_000 } }, "masked"],
  ])("%s", (_what, one, expected) => {
    expect(classify(one)).toBe(expected);
  });

  it("knows masks from words", () => {
    expect(["***", "********", "[REDACTED]", "<hidden>", "xxxxxxxx"].every(isMask)).toBe(true);
    expect(["", "*", "a***", "hidden treasure", "xy", 3].some(isMask)).toBe(false);
  });
});

const difference = (over: Partial<Difference> = {}): Difference => ({
  class: "edited",
  kind: "MappingSet",
  name: "members",
  label: "Members | all",
  urn: "urn:pulumi:dev::aep::x::members",
  id: "1",
  path: 'rows["a.b"].source',
  expected: "x",
  found: "y|`z`",
  by: "eve@example.com",
  at: 1_700_000_000_000,
  place: { file: "mappings/a b.yaml", line: 3, column: 5 },
  ...over,
});
const stacks: StackDrift[] = [
  {
    stack: "dev",
    objects: 4,
    differences: [difference(), difference({ class: "gone", path: undefined, kind: "Dataflow" })],
    notes: [difference({ class: "rotated", path: undefined, kind: "BaseConnection" })],
  },
  { stack: "stage", objects: 2, differences: [], notes: [] },
  { stack: "prod", objects: 0, differences: [], notes: [], failure: "AEP_FORBIDDEN: no\nsecond line" },
];

describe("told", () => {
  it("as text: reason, object, field, both values, place, what to do", () => {
    const text = asText(stacks);
    expect(text).toMatch(/stack dev: 2 differences in 4 objects/);
    expect(text).toMatch(
      /edited by hand: .*\n {2}MappingSet members \("Members \| all"\); last written by eve@example.com at 2023-11-14/,
    );
    expect(text).toMatch(/rows\["a\.b"\]\.source\n {6}deployed {2}"x" {2}\(mappings\/a b\.yaml:3:5\)/);
    expect(text).toMatch(/stack stage: 0 differences in 2 objects\n/);
    expect(text).toMatch(/stack prod: not checked[\s\S]*AEP_FORBIDDEN: no/);
  });

  it("as the body of one issue, within its limit", () => {
    const markdown = asMarkdown(stacks);
    expect(markdown).toMatch(/^<!-- aep-drift -->\n### Drift: 2 differences in 1 stack\n\nChecked: 2 of 3 stacks\./);
    expect(markdown).toContain('| ``  "y\\|`z`"  `` |'.replaceAll("  ", " "));
    const many = Array.from({ length: 3000 }, (_, n) => difference({ name: `m${n}` }));
    const long = asMarkdown([{ ...(stacks[0] as StackDrift), differences: many }]);
    expect(long.length).toBeLessThanOrEqual(65_536);
    expect(long).toMatch(/\d+ more not shown/);
    expect(asMarkdown([stacks[1] as StackDrift])).toContain("### No drift");
  });

  it("as JSON with everything", () => {
    const document = JSON.parse(asJson(stacks));
    expect(document).toMatchObject({ drift: true, complete: false });
    expect(document.stacks[0].differences[0]).toMatchObject({ expected: "x", writtenBy: "eve@example.com" });
  });
});

describe("as SARIF 2.1.0", () => {
  const log = JSON.parse(asSarif(stacks, "1.2.3"));
  const [run] = log.runs;

  it("has the shape of its schema, with each result at a line and under a rule", () => {
    expect(log).toMatchObject({ version: "2.1.0", $schema: expect.stringContaining("sarif-2.1.0") });
    expect(Object.keys(log).sort()).toEqual(["$schema", "runs", "version"]);
    const { rules, name } = run.tool.driver;
    expect(name).toBe("aep drift");
    for (const rule of rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.any(String) },
        fullDescription: { text: expect.any(String) },
      });
      expect(["none", "note", "warning", "error"]).toContain(rule.defaultConfiguration.level);
    }
    expect(run.results).toHaveLength(3);
    for (const result of run.results) {
      expect(rules[result.ruleIndex].id).toBe(result.ruleId);
      expect(["none", "note", "warning", "error"]).toContain(result.level);
      expect(result.message.text.length).toBeGreaterThan(10);
      const [{ physicalLocation }] = result.locations;
      expect(physicalLocation.artifactLocation).toEqual({ uri: "mappings/a%20b.yaml", uriBaseId: "%SRCROOT%" });
      expect(physicalLocation.region).toEqual({ startLine: 3, startColumn: 5 });
      expect(result.partialFingerprints["aepDrift/v1"]).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("says when a stack was not checked", () => {
    expect(run.invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: "error", message: { text: expect.stringContaining("prod") } }],
      },
    ]);
  });
});
