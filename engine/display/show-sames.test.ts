import { describe, expect, it } from "vitest";
import { blankState } from "../deploy/planner.ts";
import type { EngineEvent, StepRecord } from "../deploy/step.ts";
import { Display } from "./display.ts";

const state = blankState("urn:pulumi:dev::p::aep:xdm:XdmModel::xdm", "aep:xdm:XdmModel");
const step: StepRecord = {
  op: "same",
  urn: state.urn,
  type: state.type,
  name: "xdm",
  provider: "",
  old: state,
  new: state,
  keys: undefined,
  diffs: undefined,
  detailedDiff: undefined,
  logical: true,
};
const EVENTS: EngineEvent[] = [
  { type: "start", kind: "update", preview: true, stack: "dev", project: "p", config: {}, refreshing: false },
  { type: "step-start", step },
  { type: "step-end", step },
  {
    type: "end",
    summary: { kind: "update", preview: true, durationSeconds: 1, changes: { same: 1 }, result: "succeeded" },
    outputs: {},
  },
];

function shown(flags: Record<string, boolean>): string {
  let text = "";
  const stdout = { write: (part: string) => (text += part) };
  const display = new Display({ stdout, stderr: stdout, env: {} }, { ...flags, color: "never" }, true, "update");
  for (const event of EVENTS) display.handle(event);
  return text;
}

describe("--show-sames", () => {
  it.each([
    ["by default", {}, "    aep:xdm:XdmModel xdm\n"],
    ["with --diff", { diff: true }, "  aep:xdm:XdmModel: (same)\n    [urn=urn:pulumi:dev::p::aep:xdm:XdmModel::xdm]\n"],
    ["with --json", { json: true }, '"op": "same"'],
  ])("shows what does not change, %s", (_name, flags, line) => {
    expect(shown({ ...flags, "show-sames": true })).toContain(line);
    expect(shown(flags)).not.toContain("XdmModel");
  });
});
