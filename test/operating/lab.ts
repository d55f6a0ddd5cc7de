/** One emulator and one deployed stack with streaming flows, for all tests of sending and looking after data. */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { type Emulator, type FaultRuleInput, startEmulator } from "../../emulator/index.ts";
import { EMULATED, Project, type Ran } from "../support/project.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Told apart from everything else, also by the scan of a support bundle. */
export const CLIENT_SECRET = "kanari-client/7f3a94+Qx";

export class Lab {
  readonly emulator: Emulator;
  readonly project: Project;

  constructor(emulator: Emulator, project: Project) {
    this.emulator = emulator;
    this.project = project;
  }

  static async start(): Promise<Lab> {
    const emulator = await startEmulator({ seed: 21 });
    emulator.world.clientSecret = CLIENT_SECRET;
    const project = new Project({ ...emulator.env, AEP_CLIENT_SECRET: CLIENT_SECRET });
    project.stack("dev", config());
    const lab = new Lab(emulator, project);
    await project.must("stack", "init", "dev");
    await project.must("up", "--yes", "--skip-preview", "--stack", "dev");
    return lab;
  }

  async stop(): Promise<void> {
    await this.emulator.close();
    this.project.remove();
  }

  /** `aep` in a process of its own. */
  aep(args: string, extra: Record<string, string> = {}): Promise<Omit<Ran, "changes">> {
    return this.project.aep(args.split(" "), extra);
  }

  async json(
    args: string,
    extra: Record<string, string> = {},
  ): Promise<{ exitCode: number; body: any; stderr: string }> {
    const { exitCode, stdout, stderr } = await this.aep(`${args} --json`, extra);
    try {
      return { exitCode, body: JSON.parse(stdout), stderr };
    } catch {
      throw new Error(`${args} ended with ${exitCode} and wrote no JSON:\n${stdout}\n${stderr}`);
    }
  }

  /** Starts `aep`, ends it with `signal` once `when` holds, and gives back what it said. */
  async interrupted(
    args: string,
    signal: NodeJS.Signals,
    when: () => boolean,
  ): Promise<{ code: number | null; stderr: string }> {
    const child = spawn(process.execPath, [join(ROOT, "cli/aep.ts"), ...args.split(" ")], {
      cwd: this.project.folder,
      env: this.project.env,
    });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    const ended = new Promise<number | null>((done) => child.on("close", (code) => done(code)));
    const watch = setInterval(() => {
      if (!when()) return;
      clearInterval(watch);
      child.kill(signal);
    }, 5);
    const code = await ended;
    clearInterval(watch);
    return { code, stderr };
  }

  async faulty<T>(rule: FaultRuleInput, work: () => Promise<T>): Promise<T> {
    await this.#control("POST", "/faults", rule);
    try {
      return await work();
    } finally {
      await this.#control("DELETE", "/faults");
    }
  }

  /** Everything that was sent is processed. */
  settle = (): Promise<unknown> => this.#control("POST", "/settle");

  /** Rows of a dataset, by its name. */
  async rows(name: string): Promise<Array<{ row: any }>> {
    await this.settle();
    const { dataSets } = this.emulator.world.sandboxes.get("dev")!.catalog;
    const id = [...dataSets].find(([, dataset]) => dataset["name"] === name)?.[0];
    const { rows } = (await this.#control("GET", `/sandboxes/dev/datasets/${id}/rows?limit=1000`)) as {
      rows: Array<{ row: any }>;
    };
    return rows;
  }

  /** Messages that the inlets were sent since they were last counted anew. */
  get sent(): number {
    return this.emulator.world.calls.filter(({ operation }) =>
      /^(sendMessage|postBatchOfStreamingMessages)$/.test(operation),
    ).length;
  }

  async #control(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.emulator.url}/__emulator${path}`, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }
}

/** A profile as in the guide, for one person. */
export const profile = (email: string, extra: object = {}): object => ({
  identityMap: { email: [{ authenticatedState: "ambiguous", id: email, primary: true }] },
  loyalty: {
    tier: "gold",
    points: 7,
    lifetimePoints: 9,
    expiredPoints: 0,
    pointsRedeemed: 2,
    program: "p",
    status: "active",
  },
  ...extra,
});
export const invalid = (email: string): object => ({
  ...profile(email),
  identityMap: { email: [{ authenticatedState: "verified", id: email, primary: true }] },
});

function config(): Record<string, unknown> {
  const flow = (name: string, mapping: string, schema: string, dataset: string, events?: string[]) => ({
    name,
    schema: `xdm/capillary-loyalty-${schema}.yaml`,
    mapping: `mappings/${mapping}.yaml`,
    dataset: { name: dataset },
    ...(events && { events }),
  });
  return {
    ...EMULATED,
    "aep:pipelines": [
      {
        name: "stream",
        mode: "httpStreaming",
        source: {},
        flows: [
          flow("profile", "capillary-profile", "profile", "Profiles"),
          flow("raw-profile", "capillary-events-profile", "profile", "Raw profiles", ["customerAdded", "pointsIssued"]),
          flow("raw-event", "capillary-events", "event", "Raw events", ["pointsIssued", "transactionAdded"]),
        ],
      },
      {
        name: "polled",
        mode: "genericRest",
        source: {
          auth: {
            params: { clientId: "key", clientSecret: "env:AEP_CLIENT_SECRET", accessToken: "env:AEP_CLIENT_SECRET" },
          },
        },
        flows: [
          {
            ...flow("profile", "capillary-profile", "profile", "Polled profiles"),
            schedule: { frequency: "minute", interval: 15 },
          },
        ],
      },
    ],
  };
}
