import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { stillRuns } from "./still-runs.ts";

it("tells a process that runs from one that has ended", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  await once(child, "spawn");
  const pid = child.pid as number;
  expect(stillRuns(pid, Date.now())).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(stillRuns(pid, Date.now())).toBe(false);
});

it.runIf(process.platform === "linux")("does not take a later process of the same number for the earlier one", () => {
  expect(stillRuns(process.pid, Date.now())).toBe(true);
  expect(stillRuns(process.pid, Date.now() - 365 * 86_400_000)).toBe(false);
});
