import { readFileSync } from "node:fs";

/** The kernel counts a process's start in hundredths of a second since it booted. */
const TICK_MS = 10;
const TOLERANCE_MS = 1_000;

/**
 * Whether the process that had this number at a moment (epoch milliseconds) runs still. Numbers come again, in
 * containers soon, so where the system tells, a process that started later is another one, and one that has ended and
 * waits to be collected does not run. A moment that is not known (NaN) says nothing.
 */
export function stillRuns(pid: number, at: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const seen = fromProc(pid);
  return seen === undefined || (seen.state !== "Z" && !(seen.startedAt > at + TOLERANCE_MS));
}

/** Undefined where there is no `/proc`. */
function fromProc(pid: number): { state: string; startedAt: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const booted = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
    // Behind the command's name, which is in brackets and may hold anything: the state, and 19 fields on the start.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", startedAt: Number(booted) * 1000 + Number(fields[19]) * TICK_MS };
  } catch {
    return undefined;
  }
}
