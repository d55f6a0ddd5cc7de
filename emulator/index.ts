/**
 * A stateful stand-in for Experience Platform's ingestion APIs, Adobe IMS, the streaming inlets and Capillary, on one
 * port of one process. It follows the documented contract; what documents leave open is marked `assumed` in the table.
 *
 * @example
 * const emulator = await startEmulator({ seed: 7 });
 * process.env.AEP_ENDPOINT = emulator.env.AEP_ENDPOINT;
 * await emulator.close();
 */
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { AepError } from "../errors.ts";
import { createApp } from "./app.ts";
import { consoleRoutes } from "./console.ts";
import { controlRoutes, type DataPlane, ownPagesOnly } from "./control/index.ts";
import { keepIn, readSnapshotFile, writeSnapshotFile } from "./data-folder.ts";
import { startDataPlane } from "./data-plane/index.ts";
import type { FaultRuleInput } from "./fault-rules.ts";
import { SERVICES } from "./services.ts";
import type { Settings, World } from "./store.ts";
import { createWorld } from "./world.ts";

export type { Fault, FaultRule, FaultRuleInput } from "./fault-rules.ts";
export { readFaultsFile } from "./faults-file.ts";
export { DEVIATIONS, type Deviation } from "./operations/deviations.ts";
export { OPERATIONS, type Operation } from "./routes-table.ts";
export type { CallRecord, FailedRecord, LandedRow, SandboxState, Settings, World } from "./store.ts";

export interface EmulatorOptions {
  /** 0 (default) takes any free port. */
  port?: number;
  /** The same seed and the same calls give the same ids. Default 1. */
  seed?: number;
  /** Default 127.0.0.1: nobody else can reach it. */
  host?: string;
  /** Switches that differ from the defaults; a reset returns to them. */
  settings?: Partial<Settings>;
  /** Faults from the start; a reset returns to them. */
  faults?: FaultRuleInput[];
  /** A folder that keeps the world from one run to the next. */
  data?: string;
  /** A snapshot to begin with (what `GET /__emulator/snapshot` answers). */
  snapshot?: string;
}

export interface Emulator {
  /** `http://host:port` */
  url: string;
  port: number;
  /** The live state; tests may look into it. */
  world: World;
  /** Runs what is due on the virtual clock and waits until everything queued has landed. */
  settle(): Promise<void>;
  /** Writes a snapshot that `snapshot` of the options takes. Throws EMULATOR_FILE. */
  saveSnapshot(file: string): void;
  /** Ends listening, open connections and the data plane. */
  close(): Promise<void>;
  /** What a client needs to talk to it. The client secret is the emulator's own, not a secret. */
  env: Record<string, string>;
}

/**
 * Starts an emulator in this process. Throws EMULATOR_PORT when the port is taken or not allowed, EMULATOR_FILE and
 * FILE_NOT_FOUND for an unusable folder or snapshot.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const host = options.host ?? "127.0.0.1";
  const { seed, settings, faults } = options;
  const world = createWorld({ seed, settings, faults });
  if (options.snapshot !== undefined) readSnapshotFile(options.snapshot, world);
  const folder = options.data === undefined ? undefined : keepIn(options.data, world);
  const plane = restartable(world);
  const control = { prefix: "/__emulator", routes: () => controlRoutes(world, plane), guard: ownPagesOnly, ours: true };
  const pages = { prefix: "/", routes: consoleRoutes, pages: "/console/", ours: true };
  const app = createApp(world, [...SERVICES, control, pages]);
  const server = createAdaptorServer({ fetch: app.fetch });
  try {
    await listen(server, options.port ?? 0, host);
  } catch (error) {
    plane.stop();
    folder?.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  world.origin = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  let closed: Promise<void> | undefined;
  return {
    url: world.origin,
    port,
    world,
    settle: () => plane.settle(),
    saveSnapshot: (file) => writeSnapshotFile(file, world),
    close: () => {
      closed ??= close(server, plane).finally(() => folder?.close());
      return closed;
    },
    env: environment(world),
  };
}

function restartable(world: World): DataPlane {
  let current = startDataPlane(world);
  return {
    settle: () => current.settle(),
    stop: () => current.stop(),
    restart: () => {
      current.stop();
      current = startDataPlane(world);
    },
  };
}

type Server = ReturnType<typeof createAdaptorServer>;

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE" ? "is in use already" : `cannot be opened (${error.code ?? error.message})`;
      reject(new AepError("EMULATOR_PORT", `Port ${port} on ${host} ${why}`, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}

async function close(server: Server, plane: DataPlane): Promise<void> {
  plane.stop();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}

function environment(world: World): Record<string, string> {
  return {
    AEP_ENDPOINT: world.origin,
    AEP_IMS_ENDPOINT: world.origin,
    AEP_STREAMING_ENDPOINT: world.origin,
    AEP_ORG_ID: world.org,
    AEP_CLIENT_ID: world.clientId,
    AEP_CLIENT_SECRET: world.clientSecret,
  };
}
