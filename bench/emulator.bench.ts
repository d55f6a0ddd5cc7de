/**
 * The emulator under load: requests a second beside a bare hono server that answers the same bodies on the same routes, start
 * time, 100,000 objects, 1,000,000 landed rows.
 *
 *   npm run bench -- emulator [objects] [rows]
 */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { Pool } from "undici";
import type { Emulator } from "../emulator/index.ts";
import { aepHttp } from "../test/support/aep-http.ts";
import { flowBody, makeEnds, post, readFlow, sample } from "../test/support/flow-chain.ts";
import type { BareRoute } from "./emulator-server.ts";

const objects = Number(process.argv[2] ?? 100_000);
const rows = Number(process.argv[3] ?? 1_000_000);
const CONNECTIONS = 16;
const ROUND_MS = 1000;
const WARM_MS = 3000;
const ROUNDS = 5;
const BATCH = 500;

interface Server {
  url: string;
  /** From the process's start to listening, by the wall clock and by processor time. */
  upMs: number;
  upCpuMs: number;
  child: ChildProcess;
  pool: Pool;
  ask<T>(question: object): Promise<T>;
}
interface Usage {
  cpuMs: number;
  rss: number;
  heap: number;
}

async function start(kind: "emulator" | "bare", routes?: BareRoute[]): Promise<Server> {
  const child = fork(join(import.meta.dirname, "emulator-server.ts"), [kind], { execArgv: ["--expose-gc"] });
  const answer = <T>() => new Promise<T>((resolve) => child.once("message", (message) => resolve(message as T)));
  const ask = <T>(question: object) => {
    const answered = answer<T>();
    child.send(question);
    return answered;
  };
  const first = await answer<{ url: string; upMs: number; upCpuMs: number }>();
  const { url } = kind === "bare" ? await ask<{ url: string }>({ ask: "bare", routes }) : first;
  const { upMs, upCpuMs } = first;
  return { url, upMs, upCpuMs, child, ask, pool: new Pool(url, { connections: CONNECTIONS }) };
}

async function stop(server: Server): Promise<void> {
  await server.pool.destroy();
  server.child.kill();
}

const AEP = "/data/foundation/flowservice";
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
const thousands = (value: number) => Math.round(value).toLocaleString("en");

interface Case {
  name: string;
  method: "GET" | "POST";
  path: string;
  body?: string;
}

/** Requests for a second: how many, and how many for a second of the server's processor time, which others on the machine do not shrink. */
async function round(server: Server, headers: Record<string, string>, { method, path, body }: Case, ms = ROUND_MS) {
  const before = await server.ask<Usage>({ ask: "processor" });
  const started = performance.now();
  let done = 0;
  const one = async () => {
    while (performance.now() - started < ms) {
      const answer = await server.pool.request({ method, path, headers, body });
      await answer.body.dump();
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  const seconds = (performance.now() - started) / 1000;
  const after = await server.ask<Usage>({ ask: "processor" });
  return { wall: done / seconds, processor: done / ((after.cpuMs - before.cpuMs) / 1000) };
}

async function throughput(): Promise<void> {
  const server = await start("emulator");
  const http = aepHttp(server as unknown as Emulator);
  const ends = await makeEnds(http);
  const flow = (await post(http, "flowservice/flows", flowBody(ends))).id;
  const inlet = new URL((await readFlow(http, flow)).options.inletUrl).pathname;
  const connection = JSON.stringify({
    name: "bench",
    connectionSpec: { id: "6360f136-5980-4111-8bdf-15d29eab3b5a", version: "1.0" },
    auth: { specName: "OAuth generic-rest-connector", params: { clientId: "a", clientSecret: "b", accessToken: "c" } },
  });
  const cases: Case[] = [
    { name: "read a flow", method: "GET", path: `${AEP}/flows/${flow}` },
    { name: "list connections", method: "GET", path: `${AEP}/connections?limit=20&orderby=name` },
    { name: "read a schema, composed", method: "GET", path: schemaPath(ends.schema) },
    { name: "send an event", method: "POST", path: inlet, body: JSON.stringify(sample("guide-profile")) },
    { name: "make a connection", method: "POST", path: `${AEP}/connections`, body: connection },
  ];
  const headers = await headersOf(http);
  const routes: BareRoute[] = [];
  for (const { method, path, body } of cases) {
    const answer = await server.pool.request({ method, path, headers, body });
    const short = path.split("?")[0] as string;
    routes.push({ method, path: short, status: answer.statusCode, body: await answer.body.json() });
  }
  const bare = await start("bare", routes);
  console.log("\nrequests a second, and for a second of the server's processor time (median of five rounds in turn)\n");
  console.log("route                        emulator     bare  ratio   by processor: emulator     bare  ratio");
  for (const one of cases) {
    for (const warm of [server, bare]) await round(warm, headers, one, WARM_MS);
    const results: Record<"emulator" | "bare", Awaited<ReturnType<typeof round>>[]> = { emulator: [], bare: [] };
    for (let index = 0; index < ROUNDS; index += 1) {
      results.emulator.push(await round(server, headers, one));
      results.bare.push(await round(bare, headers, one));
    }
    const middle = (kind: "emulator" | "bare", key: "wall" | "processor") =>
      median(results[kind].map((item) => item[key]));
    const columns = (key: "wall" | "processor") => {
      const [ours, theirs] = [middle("emulator", key), middle("bare", key)];
      return `${thousands(ours).padStart(8)} ${thousands(theirs).padStart(8)}  ${(ours / theirs).toFixed(2).padStart(5)}`;
    };
    console.log(`${one.name.padEnd(28)} ${columns("wall")}                ${columns("processor")}`);
  }
  await stop(bare);
  await stop(server);
}

function schemaPath(id: string): string {
  const altId = `_${id.replace("https://ns.adobe.com/", "").replaceAll("/", ".")}`;
  return `/data/foundation/schemaregistry/tenant/schemas/${altId}`;
}

async function headersOf(http: ReturnType<typeof aepHttp>): Promise<Record<string, string>> {
  return {
    authorization: `Bearer ${await http.token()}`,
    "x-api-key": "emulator",
    "x-gw-ims-org-id": "EMULATOR@AdobeOrg",
    "x-sandbox-name": "dev",
    "content-type": "application/json",
    accept: "application/vnd.adobe.xed-full+json; version=1",
  };
}

async function startTimes(): Promise<void> {
  const times: number[] = [];
  const processor: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const server = await start("emulator");
    times.push(server.upMs);
    processor.push(server.upCpuMs);
    await stop(server);
  }
  console.log(
    `\nfrom the process's start to listening: ${Math.round(median(times))} ms, ${Math.round(median(processor))} ms of processor time (aim: 500)`,
  );
}

async function manyObjects(): Promise<void> {
  const server = await start("emulator");
  const http = aepHttp(server as unknown as Emulator);
  const headers = await headersOf(http);
  const before = await server.ask<Usage>({ ask: "memory" });
  const body = (n: number) =>
    JSON.stringify({
      name: `connection ${n}`,
      connectionSpec: { id: "6360f136-5980-4111-8bdf-15d29eab3b5a", version: "1.0" },
      auth: {
        specName: "OAuth generic-rest-connector",
        params: { clientId: "a", clientSecret: "b", accessToken: "c" },
      },
    });
  const tenth = Math.floor(objects / 10);
  const speeds: number[] = [];
  for (let part = 0; part < 10; part += 1) {
    const started = performance.now();
    let next = 0;
    const one = async () => {
      while (next++ < tenth) {
        const answer = await server.pool.request({
          method: "POST",
          path: `${AEP}/connections`,
          headers,
          body: body(next),
        });
        await answer.body.dump();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, one));
    speeds.push(tenth / ((performance.now() - started) / 1000));
  }
  const first = await timed(() => http.aep("GET", "flowservice/connections?limit=100&orderby=-name"));
  const pages: number[] = [];
  let next = first.answer.body._links.next?.href;
  while (next && pages.length < 20) {
    const page = await timed(() => http.aep("GET", `flowservice${next}`));
    pages.push(page.ms);
    next = page.answer.body._links.next?.href;
  }
  const found = await timed(() => http.aep("GET", "flowservice/connections?property=name==connection 7&limit=100"));
  const after = await server.ask<Usage>({ ask: "memory" });
  console.log(
    `\n${thousands(objects)} objects: made at ${thousands(speeds[0] as number)} a second at first, ${thousands(speeds.at(-1) as number)} at last;` +
      ` the first page of 100 in order of names in ${Math.round(first.ms)} ms, the following in ${median(pages).toFixed(1)} ms,` +
      ` a page by filter in ${Math.round(found.ms)} ms; memory ${megabytes(before.heap)} before, ${megabytes(after.heap)} after`,
  );
  await stop(server);
}

async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const started = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - started };
}

async function manyRows(): Promise<void> {
  const server = await start("emulator");
  const http = aepHttp(server as unknown as Emulator);
  const ends = await makeEnds(http);
  const flow = (await post(http, "flowservice/flows", flowBody(ends))).id;
  const inlet = new URL((await readFlow(http, flow)).options.inletUrl).pathname.replace(
    "/collection/",
    "/collection/batch/",
  );
  const headers = { "content-type": "application/json", "x-adobe-flow-id": flow };
  const event = JSON.stringify(sample("guide-profile"));
  const started = performance.now();
  console.log(`\n${thousands(rows)} rows through inlet, mapping and validation:`);
  for (let sent = 0; sent < rows; ) {
    const size = Math.min(BATCH, rows - sent);
    const messages = Array.from({ length: size }, (_, index) => event.replace(/[\w.]+@/, `customer.${sent + index}@`));
    const answer = await server.pool.request({
      method: "POST",
      path: inlet,
      headers,
      body: `{"messages":[${messages.join(",")}]}`,
    });
    await answer.body.dump();
    if (answer.statusCode !== 207) throw new Error(`the inlet answered ${answer.statusCode}`);
    sent += size;
    if (sent % Math.max(BATCH, rows / 4) === 0 || sent >= rows) {
      await server.ask({ ask: "settle" });
      const { heap, rss } = await server.ask<Usage>({ ask: "memory" });
      const seconds = (performance.now() - started) / 1000;
      console.log(
        `  ${thousands(sent).padStart(9)} landed, ${thousands(sent / seconds)} a second; memory ${megabytes(heap)}, resident ${megabytes(rss)}`,
      );
    }
  }
  const read = performance.now();
  const page = await http.control("GET", `sandboxes/dev/datasets/${ends.dataset}/rows?start=${rows - 100}&limit=100`);
  console.log(
    `  ${thousands(page.body.count)} counted, the last 100 read in ${Math.round(performance.now() - read)} ms`,
  );
  await stop(server);
}

await startTimes();
await throughput();
await manyObjects();
await manyRows();
