import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { stillRuns } from "./still-runs.ts";

const onLinux = it.runIf(process.platform === "linux");

it("tells a process that runs from one that has ended", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  await once(child, "spawn");
  const pid = child.pid as number;
  expect(stillRuns(pid, Date.now())).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(stillRuns(pid, Date.now())).toBe(false);
});

onLinux("does not take a later process of the same number for the earlier one", () => {
  expect(stillRuns(process.pid, Date.now())).toBe(true);
  expect(stillRuns(process.pid, Date.now() - 365 * 86_400_000)).toBe(false);
});

it("goes by the number alone where the moment is not known", () => {
  expect(stillRuns(process.pid, Number.NaN)).toBe(true);
});

onLinux("does not count one that has ended and was never collected", { timeout: 90_000 }, async () => {
  // The shell becomes a program that collects nobody.
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
  const read = (file: string) => readFileSync(file, "utf8");
  try {
    const [line] = await once(parent.stdout, "data");
    const pid = Number(String(line));
    await vi.waitFor(() => expect(read(`/proc/${parent.pid}/comm`)).toBe("sleep\n"), { timeout: 30_000 });
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(read(`/proc/${pid}/stat`)).toMatch(/\) Z /), { timeout: 30_000 });
    expect(stillRuns(pid, Date.now())).toBe(false);
  } finally {
    parent.kill("SIGKILL");
  }
});
