import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Scratch, steps } from "./engine-harness.ts";
import { type Action, scenarios } from "./engine-scenarios.ts";

/** A preview of which nothing is claimed here; the parity suite compares it with the CLI's. */
const isForParityOnly = (action: Action): boolean =>
  action.args[0] === "preview" && action.steps === undefined && action.exitCode === undefined;

// Each run starts two processes; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.embedded(["stack", "init", "dev"]);
});
afterEach(() => scratch.remove());

describe("the embedded engine", () => {
  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      for (const action of scenario.actions) {
        if (action.program) scratch.program(action.program);
        action.before?.(scratch);
        if (isForParityOnly(action)) continue;
        const run = await scratch.embedded(action.args);
        const what = action.args.join(" ");
        expect(run.exitCode, `${what}\n${run.stdout}\n${run.stderr}`).toBe(action.exitCode ?? 0);
        if (action.steps) expect(steps(run), what).toEqual(action.steps);
        expect(scratch.state().pending_operations ?? [], what).toEqual([]);
        expect(run.stderr).not.toMatch(/\n\s+at /);
      }
    });
  }
});
