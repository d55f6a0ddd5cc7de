import { describe, expect, test } from "vitest";
import { readPlannedFlows } from "./deploy.ts";

const urn = (kind: string, name: string) =>
  `urn:pulumi:dev::aep::aep:capillary:CapillaryToAep$pulumi-nodejs:dynamic/aep:${kind}::${name}`;
const side = (inputs: object) => ({ custom: true, inputs: { name: "f", ...inputs } });
const read = (steps: object[], changeSummary: object) =>
  readPlannedFlows(`engine: embedded\n${JSON.stringify({ steps, changeSummary })}`);

const on = side({ state: "enabled" });
const off = side({ state: "disabled" });

describe("what a preview would start", () => {
  test("new and replaced flows, and those that were off; not those that stay off or run already", () => {
    const { starting, touched, prepared } = read(
      [
        { op: "create", urn: urn("Dataflow", "new"), newState: on },
        { op: "create", urn: urn("Dataflow", "declared-off"), newState: off },
        { op: "delete-replaced", urn: urn("Dataflow", "replaced"), oldState: on },
        { op: "replace", urn: urn("Dataflow", "replaced"), oldState: on, newState: on },
        { op: "create-replacement", urn: urn("Dataflow", "replaced"), oldState: on, newState: on },
        { op: "update", urn: urn("Dataflow", "was-off"), oldState: off, newState: on },
        { op: "update", urn: urn("Dataflow", "running"), oldState: on, newState: on },
        { op: "update", urn: urn("MappingSet", "rows"), oldState: on, newState: on },
        { op: "delete", urn: urn("Dataflow", "gone"), oldState: on },
        { op: "same", urn: urn("Dataflow", "same"), oldState: on, newState: on },
      ],
      { create: 2, update: 3, replace: 1, delete: 1, same: 1 },
    );
    expect(starting).toEqual(["new", "replaced", "was-off"]);
    expect(touched).toContain(urn("MappingSet", "rows"));
    expect(touched).not.toContain(urn("Dataflow", "same"));
    expect(touched).not.toContain(urn("Dataflow", "gone"));
    expect(prepared).toBe(false);
  });

  test("when flows are only to be switched on, everything else is done", () => {
    const opening = { op: "update", urn: urn("Dataflow", "f"), oldState: off, newState: on };
    expect(read([opening], { update: 1, same: 11 }).prepared).toBe(true);
    expect(read([], { same: 12 })).toEqual({ starting: [], touched: [], prepared: true });
    const renamed = { ...opening, newState: side({ state: "enabled", name: "other" }) };
    expect(read([renamed], { update: 1 }).prepared).toBe(false);
    expect(read([opening], { update: 2 }).prepared).toBe(false);
  });

  test("what is no preview is told so", () => {
    expect(() => readPlannedFlows("engine: embedded\n")).toThrow(expect.objectContaining({ code: "PLAN_INVALID" }));
  });
});
