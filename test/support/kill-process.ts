/** Kills a process with all it has started, at once and for good. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** SIGKILL to the process and all its descendants, whatever process groups they have put themselves into. */
export function killTree(root: number): void {
  signal(root, "SIGSTOP"); // it starts nothing more while the others are looked for
  const all = [root, ...descendants(root)];
  for (const pid of all) signal(pid, "SIGKILL");
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone already
  }
}

function descendants(root: number): number[] {
  const children = Map.groupBy(processes(), ({ parent }) => parent);
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((one) => [one.pid, ...below(one.pid)]);
  return below(root);
}

function processes(): Array<{ pid: number; parent: number }> {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => fromProc(Number(name)));
  } catch {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    return stdout.split("\n").flatMap((line) => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return pid && parent !== undefined ? [{ pid, parent }] : [];
    });
  }
}

/** Fields 3 and 4 of `stat` stand behind the command's name, which is in brackets and may hold anything. */
function fromProc(pid: number): Array<{ pid: number; parent: number }> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return [{ pid, parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) }];
  } catch {
    return [];
  }
}
