/** What bench/emulator.bench.ts measures, in a process of its own: the emulator, or a bare hono server with the same routes. */
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { type Emulator, startEmulator } from "../emulator/index.ts";

/** The routes of the comparison, by what they stand for, with the answers the emulator gave. */
export interface BareRoute {
  method: "GET" | "POST";
  path: string;
  status: number;
  body: unknown;
}

let emulator: Emulator | undefined;

async function bare(routes: BareRoute[]): Promise<string> {
  const app = new Hono();
  for (const { method, path, status, body } of routes)
    app.on(method, path, async (c) => {
      if (method === "POST") await c.req.json();
      return c.json(body as never, status as 200);
    });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

process.on("message", async (asked: { ask: string; routes?: BareRoute[] }) => {
  if (asked.ask === "bare") process.send?.({ url: await bare(asked.routes ?? []) });
  if (asked.ask === "processor" || asked.ask === "memory") {
    // Collecting is work too: only asked for where memory is the question.
    if (asked.ask === "memory") globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send?.({ cpuMs: (user + system) / 1000, rss, heap: heapUsed + external });
  }
  if (asked.ask === "settle") {
    await emulator?.settle();
    process.send?.({ settled: true });
  }
});

if (process.argv[2] === "emulator") {
  emulator = await startEmulator();
  const { user, system } = process.cpuUsage();
  process.send?.({ url: emulator.url, upMs: performance.now(), upCpuMs: (user + system) / 1000 });
} else process.send?.({ ready: true });
