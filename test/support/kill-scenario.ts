/**
 * Deployments that are killed at an API call, as hard as it gets: SIGKILL to engine, program and provider at once. The same
 * command once more must end where an undisturbed run ends: the same objects, all of them in the state, nothing left to do.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../../emulator/index.ts";
import type { CapillaryMode } from "../../resources/capillary-to-aep.ts";
import { type CutPoint, cutPoints, sampleOf } from "./kill-cuts.ts";
import { type Cut, Gate } from "./kill-gate.ts";
import { killTree } from "./kill-process.ts";
import { ended, KillProject, type Version } from "./kill-project.ts";
import { type Inventory, idsOf, inventoryOf } from "./objects.ts";

interface Operation {
  name: string;
  /** Where it starts from: nothing deployed, or the first version. */
  from: "nothing" | "first";
  version: Version;
  args: string[];
  left: Inventory;
  calls: string[];
}

const UP = ["up", "--yes", "--skip-preview", "--stack", "dev"];
const DESTROY = ["destroy", "--yes", "--skip-preview", "--stack", "dev"];
const OPERATIONS = [
  { name: "up", from: "nothing", version: "first", args: UP },
  { name: "an update that replaces objects", from: "first", version: "changed", args: UP },
  { name: "destroy", from: "first", version: "first", args: DESTROY },
] as const;

class Bench {
  readonly emulator: Emulator;
  readonly gate: Gate;
  readonly project: KillProject;
  readonly #worlds = new Map<string, unknown>();

  private constructor(emulator: Emulator, gate: Gate, { mode, cli }: KillOptions) {
    this.emulator = emulator;
    this.gate = gate;
    const api = { ...emulator.env, AEP_ENDPOINT: gate.url, AEP_IMS_ENDPOINT: gate.url };
    this.project = new KillProject(mode, api, cli);
  }

  static async open(options: KillOptions): Promise<Bench> {
    const emulator = await startEmulator();
    return new Bench(emulator, await Gate.before(emulator.url), options);
  }

  async close(): Promise<void> {
    await this.gate.close();
    await this.emulator.close();
    this.project.remove();
  }

  /** Keeps project and world as they are under a name. */
  async save(name: string): Promise<void> {
    this.project.save(name);
    this.#worlds.set(name, await this.#control("GET", "snapshot"));
  }

  async restore(name: string): Promise<void> {
    this.project.restore(name);
    await this.#control("POST", "restore", this.#worlds.get(name));
  }

  /** Runs a command to its end and gives what it said; a failure is the test's. */
  async must(...args: string[]): Promise<string> {
    const { exitCode, output } = await this.project.run(...args);
    expect(exitCode, `${args.join(" ")}\n${output}`).toBe(0);
    return output;
  }

  inventory(): Inventory {
    return inventoryOf(this.emulator, "dev");
  }

  /** Runs a command until the cut. */
  async cutOff(args: readonly string[], { at, when }: Pick<Cut, "at" | "when">): Promise<void> {
    const child = this.project.start(...args);
    this.gate.open({ at, when, kill: () => killTree(child.pid as number) });
    const { exitCode, output } = await ended(child);
    expect(exitCode, `the run was to be killed and ended by itself:\n${output}`).toBe(null);
    this.gate.open();
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { "content-type": "application/json" };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await fetch(`${this.emulator.url}/__emulator/${path}`, init);
    expect(answer.status, path).toBe(200);
    return answer.json();
  }
}

export interface KillOptions {
  mode: CapillaryMode;
  /** Cut points tried for each operation. */
  sample: number;
  /** The Pulumi CLI, in place of the embedded engine. */
  cli?: string;
}

/** Registers the tests of one mode of the component. */
export function killedDeployments(options: KillOptions): void {
  const { mode, sample, cli } = options;
  describe(`deployments of ${mode} that are killed`, () => {
    let bench: Bench;
    const operations = new Map<string, Operation>();
    beforeAll(async () => {
      bench = await Bench.open(options);
      bench.project.program("first");
      await bench.must("stack", "init", "dev");
      await bench.save("nothing");
      for (const operation of OPERATIONS) operations.set(operation.name, await undisturbed(bench, operation));
    }, 600_000);
    afterAll(() => bench?.close());

    it.each(OPERATIONS)("$name", { timeout: 7_200_000 }, async ({ name }) => {
      const operation = operations.get(name) as Operation;
      const points = cutPoints(operation.calls);
      const { cuts, seed } = sampleOf(points, sample);
      const failures: string[] = [];
      for (const cut of cuts) {
        const where = `killed ${cut.when} call ${cut.at} (${cut.call})`;
        try {
          await cutAndConverge(bench, operation, cut, cli !== undefined);
        } catch (error) {
          failures.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
      console.log(
        `${mode}, ${name}: ${cuts.length} of ${points.length} cut points, seed ${seed}, ${failures.length} failed`,
      );
      expect(failures).toEqual([]);
    });
  });
}

async function undisturbed(
  bench: Bench,
  { name, from, version, args }: (typeof OPERATIONS)[number],
): Promise<Operation> {
  await bench.restore(from);
  bench.project.program(version);
  bench.gate.open();
  await bench.must(...args);
  const calls = [...bench.gate.calls];
  if (name === "up") await bench.save("first");
  return { name, from, version, args: [...args], left: bench.inventory(), calls };
}

async function cutAndConverge(bench: Bench, operation: Operation, cut: CutPoint, cli: boolean): Promise<void> {
  await bench.restore(operation.from);
  bench.project.program(operation.version);
  await bench.cutOff(operation.args, cut);
  if (cli) await bench.must("cancel", "--yes", "--stack", "dev");
  const output = await bench.must(...operation.args);
  if (!cli) expect(output).toMatch(/^note: removed the lock of process \d+, which no longer runs$/m);
  expect(bench.inventory()).toEqual(operation.left);
  // The CLI leaves it to people to say that an interrupted creation is settled.
  if (cli) await bench.must("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "dev");
  const { ids, pending } = bench.project.state();
  expect(ids).toEqual(idsOf(bench.emulator, "dev"));
  expect(pending).toEqual([]);
  if (operation.args[0] === "up") await bench.must("preview", "--expect-no-changes", "--stack", "dev");
}
