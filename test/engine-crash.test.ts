/** What an engine leaves behind that is killed, interrupted or locked out, and how the next run goes on from there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, watch, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Scratch, steps } from "./engine-harness.ts";

const UP = ["up", "--yes", "--skip-preview", "--stack", "dev"];
const engine = fileURLToPath(new URL("../engine/index.ts", import.meta.url));
const thing = (name: string, props: Record<string, unknown> = {}) => ({
  kind: "Thing" as const,
  name,
  props: { title: name.toUpperCase(), ...props },
});

// Each run starts two processes; on a busy machine that takes its time.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  await scratch.embedded(["stack", "init", "dev"]);
});
afterEach(() => scratch.remove());

const gate = (moment: string) => join(scratch.world, "gates", moment);
const close = (moment: string) => writeFileSync(gate(moment), "");
const openGate = (moment: string) => {
  rmSync(gate(moment), { force: true });
  rmSync(`${gate(moment)}.reached`, { force: true });
};

/** Settles when the provider stands at the gate. */
async function reached(moment: string): Promise<void> {
  const watcher = watch(join(scratch.world, "gates"));
  try {
    while (!existsSync(`${gate(moment)}.reached`)) await once(watcher, "change");
  } finally {
    watcher.close();
  }
}

/** The engine in a process of its own, to be killed. */
function start(args: string[]): ChildProcess {
  const code = `import { runPulumi } from ${JSON.stringify(engine)}; process.exitCode = (await runPulumi(${JSON.stringify(args)})).exitCode;`;
  return spawn(process.execPath, ["--input-type=module", "-e", code], {
    cwd: scratch.project,
    env: scratch.env,
    stdio: "ignore",
  });
}

async function killAt(moment: string, args: string[]): Promise<void> {
  close(moment);
  const child = start(args);
  const gone = once(child, "exit");
  await reached(moment);
  child.kill("SIGKILL");
  await gone;
  openGate(moment);
}

async function up(): Promise<string[]> {
  const run = await scratch.embedded(UP);
  expect(run.exitCode, run.stdout + run.stderr).toBe(0);
  const look = await scratch.embedded(["preview", "--stack", "dev", "--expect-no-changes"]);
  expect(look.exitCode, look.stdout + look.stderr).toBe(0);
  return steps(run);
}

describe("killed at any moment, the next run goes on", () => {
  it("before a create", async () => {
    scratch.program({ resources: [thing("a")] });
    await killAt("before-create-A", UP);
    expect(scratch.state().pending_operations).toMatchObject([
      { type: "creating", resource: { inputs: { title: "A" } } },
    ]);
    expect(await up()).toEqual(["create a"]);
    expect(scratch.titles()).toEqual(["A"]);
  });

  it("before and after an update", async () => {
    scratch.program({ resources: [thing("a", { size: 1 })] });
    await up();
    scratch.program({ resources: [thing("a", { size: 2 })] });
    await killAt("before-update-A", UP);
    expect(scratch.state().pending_operations).toMatchObject([{ type: "updating" }]);
    await killAt("after-update-A", UP);
    expect(await up()).toEqual(["update a [size]"]);
    expect(scratch.objects()).toMatchObject([{ size: 2 }]);
    expect(scratch.state().pending_operations).toBeUndefined();
  });

  it("before and after a delete", async () => {
    scratch.program({ resources: [thing("a")] });
    await up();
    scratch.program({ resources: [] });
    await killAt("before-delete-A", UP);
    await killAt("after-delete-A", UP);
    expect(await up()).toEqual(["delete a"]);
    expect(scratch.titles()).toEqual([]);
  });

  it("between the two halves of a replacement, in either order", async () => {
    scratch.program({ resources: [thing("a", { kind: "x" }), thing("b", { kind: "x", exclusive: true })] });
    await up();
    scratch.program({ resources: [thing("a", { kind: "y" })] });
    await killAt("before-delete-A", UP);
    expect(scratch.state().resources?.filter((state) => state["delete"])).toMatchObject([{ id: expect.any(String) }]);
    scratch.program({ resources: [thing("a", { kind: "y" }), thing("b", { kind: "y", exclusive: true })] });
    await killAt("before-create-B", UP);
    await up();
    expect(scratch.titles()).toEqual(["A", "B"]);
    expect(scratch.objects().map((object) => object["kind"])).toEqual(["y", "y"]);
  });

  it("a creation nobody knows of stays named until it is cleared", async () => {
    scratch.program({ resources: [thing("a")] });
    await killAt("after-create-A", UP);
    const run = await scratch.embedded(["preview", "--stack", "dev"]);
    expect(run.stdout).toContain("interrupted while creating");
    const refresh = await scratch.embedded(["refresh", "--yes", "--stack", "dev", "--clear-pending-creates"]);
    expect(refresh.exitCode, refresh.stderr).toBe(0);
    expect(scratch.state().pending_operations).toBeUndefined();
  });
});

describe("interrupted", () => {
  it("once: what runs is finished and kept, nothing else is begun", async () => {
    scratch.program({ resources: [thing("a"), { ...thing("b"), dependsOn: ["a"] }] });
    close("before-create-A");
    const stop = new AbortController();
    const running = scratch.embedded(UP, { signal: stop.signal });
    await reached("before-create-A");
    stop.abort();
    openGate("before-create-A");
    const run = await running;
    expect(run.exitCode).toBe(8);
    expect(scratch.titles()).toEqual(["A"]);
    expect(scratch.state().pending_operations).toBeUndefined();
    expect(await up()).toEqual(["create b"]);
  });

  it("twice: what runs is cut off and stays pending", async () => {
    scratch.program({ resources: [thing("a")] });
    close("before-create-A");
    const [stop, kill] = [new AbortController(), new AbortController()];
    const running = scratch.embedded(UP, { signal: stop.signal, killSignal: kill.signal });
    await reached("before-create-A");
    stop.abort();
    kill.abort();
    const run = await running;
    openGate("before-create-A");
    expect(run.exitCode).toBe(8);
    expect(scratch.state().pending_operations).toMatchObject([{ type: "creating" }]);
    expect(await up()).toEqual(["create a"]);
  });
});

describe("the lock", () => {
  const locks = () => join(scratch.folder, "backend/.pulumi/locks/organization/fixture/dev");

  it("of somebody else is named with its owner, and can be broken", async () => {
    scratch.program({ resources: [] });
    mkdirSync(locks(), { recursive: true });
    const owner = { pid: 1, username: "eve", hostname: "elsewhere", timestamp: "2026-01-02T03:04:05Z" };
    writeFileSync(join(locks(), "1.json"), JSON.stringify(owner));
    const run = await scratch.embedded(UP);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("locked by eve@elsewhere (pid 1) at 2026-01-02T03:04:05Z");
    expect((await scratch.embedded(["preview", "--stack", "dev"])).exitCode).toBe(0);
    expect((await scratch.embedded(["cancel", "dev", "--yes"])).exitCode).toBe(0);
    expect((await scratch.embedded(UP)).exitCode).toBe(0);
  });

  it("of a process of this machine that is gone is removed", async () => {
    scratch.program({ resources: [] });
    mkdirSync(locks(), { recursive: true });
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const owner = { pid: child.pid, username: "me", hostname: hostname(), timestamp: "2026-01-02T03:04:05Z" };
    writeFileSync(join(locks(), "1.json"), JSON.stringify(owner));
    const run = await scratch.embedded(UP);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain(`removed the lock of process ${child.pid}`);
  });
});
