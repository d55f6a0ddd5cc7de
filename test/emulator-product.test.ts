/** What the emulator offers beside the APIs: faults from a file, stale lists, skewed clocks, snapshots, folders, curl, SQL. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, readFaultsFile, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import { flowBody, makeEnds, post, readFlow, sample } from "./support/flow-chain.ts";

let emulator: Emulator;
let http: AepHttp;
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 21, settings: { landingDelayMs: 0 } });
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
  folder = mkdtempSync(join(tmpdir(), "aep-emulator-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => emulator.close());

const addFault = async (rule: object) => expect((await http.control("POST", "faults", rule)).status).toBe(201);
const connection = (name: string) => ({
  name,
  connectionSpec: { id: "6360f136-5980-4111-8bdf-15d29eab3b5a", version: "1.0" },
  auth: {
    specName: "OAuth generic-rest-connector",
    params: { clientId: "key", clientSecret: "canary-secret", accessToken: "canary-token" },
  },
});

/** A flow with one landed profile and one refused one. */
async function landed(from: AepHttp = http, on: Emulator = emulator) {
  const ends = await makeEnds(from);
  const flow = (await post(from, "flowservice/flows", flowBody(ends))).id;
  const inlet = (await readFlow(from, flow)).options.inletUrl;
  for (const event of [sample("guide-profile"), sample("invalid-profile")])
    await fetch(inlet, { method: "POST", body: JSON.stringify(event), headers: { "x-adobe-flow-id": flow } });
  await on.settle();
  return { ...ends, flow, inlet };
}

describe("faults", () => {
  it("come from a file, and a reset returns to them", async () => {
    const file = join(folder, "faults.yaml");
    writeFileSync(file, "- match: { operation: listFlows }\n  count: 1\n  fault: { kind: status, status: 503 }\n");
    const other = await startEmulator({ faults: await readFaultsFile(file) });
    try {
      const calls = aepHttp(other);
      expect((await calls.aep("GET", "flowservice/flows")).status).toBe(503);
      expect((await calls.aep("GET", "flowservice/flows")).status).toBe(200);
      await calls.control("POST", "reset");
      expect((await aepHttp(other).aep("GET", "flowservice/flows")).status).toBe(503);
    } finally {
      await other.close();
    }
  });

  it("in a wrong file are all named with their places", async () => {
    const file = join(folder, "faults.yaml");
    writeFileSync(file, "- fault: { kind: rain }\n- count: 0\n  fault: { kind: latency, ms: soon }\n");
    await expect(readFaultsFile(file)).rejects.toThrowError(
      expect.objectContaining({
        code: "EMULATOR_FILE",
        message: expect.stringMatching(/yaml:1:\d+: .*kind[\s\S]*yaml:2:\d+: count[\s\S]*yaml:3:\d+: fault: ms/),
      }),
    );
    await expect(readFaultsFile(join(folder, "none.yaml"))).rejects.toThrowError(
      expect.objectContaining({ code: "FILE_NOT_FOUND" }),
    );
  });

  it("staleList: new objects are missing from lists and searches, removed ones still there; reads by id are right", async () => {
    const { id } = await post(http, "flowservice/connections", connection("new"));
    const names = async (path: string, method = "GET", body?: unknown) =>
      (await http.aep(method, `flowservice/${path}`, { body })).body.items.map((item: Body) => item.name);
    await addFault({ match: { operation: "listConnections" }, count: 1, fault: { kind: "staleList", ms: 60_000 } });
    await addFault({ match: { operation: "getConnectionsByFilters" }, fault: { kind: "staleList", ms: 60_000 } });
    expect(await names("connections")).toEqual([]);
    expect(await names("connections")).toEqual(["new"]);
    expect(await names("connections/search", "POST", {})).toEqual([]);
    expect(await names(`connections/${id}`)).toEqual(["new"]);
    const snapshot = (await http.control("GET", "snapshot")).body;
    await http.control("POST", "restore", snapshot);
    await http.aep("DELETE", `flowservice/connections/${id}`);
    // Restored objects have always been there, so the deleted one was, however short the lag.
    await addFault({ match: { operation: "listConnections" }, fault: { kind: "staleList", ms: 60_000 } });
    expect(await names("connections")).toEqual(["new"]);
    expect((await http.aep("GET", `flowservice/connections/${id}`)).status).toBe(404);
  });

  it("maskedSecrets: as a mask, empty, or absent", async () => {
    await http.control("POST", "settings", { maskSecrets: false });
    const { id } = await post(http, "flowservice/connections", connection("c"));
    const secret = async () =>
      (await http.aep("GET", `flowservice/connections/${id}`)).body.items[0].auth.params.clientSecret;
    expect(await secret()).toBe("canary-secret");
    for (const [as, shown] of [
      ["mask", "xxxx"],
      ["empty", ""],
      ["absent", undefined],
    ]) {
      await addFault({ count: 1, match: { operation: "retrieveConnection" }, fault: { kind: "maskedSecrets", as } });
      expect(await secret()).toBe(shown);
    }
  });

  it("clockSkew: the server's times and its Date header are off", async () => {
    const hour = 3600_000;
    const now = (await http.control("POST", "clock", { now: "2026-05-01T12:00:00Z", freeze: true })).body.now;
    http = aepHttp(emulator);
    await addFault({ count: 1, match: { operation: "createConnection" }, fault: { kind: "clockSkew", ms: -hour } });
    const made = await http.aep("POST", "flowservice/connections", { body: connection("c") });
    expect(made.headers.get("date")).toBe("Fri, 01 May 2026 11:00:00 GMT");
    const read = (await http.aep("GET", `flowservice/connections/${made.body.id}`)).body.items[0];
    expect(read.createdAt).toBe(now - hour);
  });
});

it("listLagMs lets every list lag, and nothing else", async () => {
  const { id } = await post(http, "flowservice/connections", connection("c"));
  await http.control("POST", "settings", { listLagMs: 60_000 });
  expect((await http.aep("GET", "flowservice/connections")).body.items).toEqual([]);
  expect(
    (
      await http.aep("GET", "schemaregistry/tenant/schemas", {
        headers: { accept: "application/vnd.adobe.xed-id+json" },
      })
    ).body.results,
  ).toEqual([]);
  expect((await http.aep("GET", `flowservice/connections/${id}`)).status).toBe(200);
});

describe("rows", () => {
  it("are filtered, counted and queried with SQL", async () => {
    const { dataset } = await landed();
    const path = `sandboxes/dev/datasets/${dataset}/rows`;
    const all = (await http.control("GET", path)).body;
    expect(all.count).toBe(1);
    const email = Object.values(all.rows[0].row.identityMap as Body).flat()[0] as Body;
    const hit = (await http.control("GET", `${path}?property=identityMap.Email.id==${email.id}`)).body;
    expect([hit.count, hit.rows.length]).toEqual([1, 1]);
    expect((await http.control("GET", `${path}?property=identityMap.Email.id==nobody`)).body.count).toBe(0);

    const query = (sql: unknown) => http.control("POST", "sandboxes/dev/query", { sql });
    const counted = await query("SELECT count(*)::INT AS n, min(identityMap.Email[1].id) AS email FROM profile");
    expect([counted.status, counted.body.columns, counted.body.rows]).toEqual([
      200,
      ["n", "email"],
      [{ n: 1, email: email.id }],
    ]);
    expect((await query(`SELECT * FROM "${dataset}"`)).body.rows).toHaveLength(1);
    const byGet = await http.control("GET", `sandboxes/dev/query?sql=${encodeURIComponent("SELECT 1 AS one")}`);
    expect(byGet.body.rows).toEqual([{ one: 1 }]);
  });

  it("SQL that is wrong, or reaches for files, is refused with DuckDB's own words", async () => {
    const query = (sql: unknown) => http.control("POST", "sandboxes/dev/query", { sql });
    for (const [sql, said] of [
      ["SELEC 1", /syntax error/],
      ["SELECT * FROM nothing", /nothing does not exist/],
      ["SELECT * FROM read_csv('/etc/passwd')", /disabled/],
      ["COPY (SELECT 1) TO '/tmp/x.csv'", /disabled/],
      ["SET enable_external_access = true", /locked|disable/],
      ["", /must be a statement/],
      [7, /must be a statement/],
    ] as const) {
      const answer = await query(sql);
      expect([answer.status, answer.body.detail], String(sql)).toEqual([400, expect.stringMatching(said)]);
    }
    const much = await query("SELECT range AS n FROM range(20000)");
    expect([much.body.rows.length, much.body.truncated]).toEqual([10_000, true]);
  });
});

describe("calls as curl", () => {
  it("work in a shell and hold no secret", async () => {
    await post(http, "flowservice/connections", connection("it's $HOME `x`"));
    const { calls } = (await http.control("GET", "calls")).body;
    const of = async (operation: string) => {
      const { n } = calls.find((call: Body) => call.operation === operation);
      return String((await http.control("GET", `calls/${n}/curl`)).body);
    };
    const created = await of("createConnection");
    expect(created).not.toMatch(/canary|eyJ/);
    const env = {
      ...process.env,
      AEP_ACCESS_TOKEN: await http.token(),
      AEP_CLIENT_ID: "emulator",
      AEP_CLIENT_SECRET: "emulator",
      SECRET: "from the shell",
      NO_PROXY: "*",
    };
    const shell = async (command: string) =>
      (await promisify(execFile)("sh", ["-c", command.replace("curl", "curl -s")], { env })).stdout;
    const made = JSON.parse(await shell(created));
    const [again] = (await http.aep("GET", `flowservice/connections/${made.id}`)).body.items;
    expect(again.name).toBe("it's $HOME `x`");
    const token = await of("getToken");
    expect(token).toContain("$AEP_CLIENT_SECRET");
    expect(JSON.parse(await shell(token)).token_type).toBe("bearer");
    expect((await http.control("GET", "calls/99999/curl")).status).toBe(404);
  });
});

describe("keeping the world", () => {
  it("in a snapshot file, rows and ids included", async () => {
    const { dataset, flow } = await landed();
    const file = join(folder, "snapshot.json");
    emulator.saveSnapshot(file);
    expect(statSync(file).mode & 0o077).toBe(0);
    const other = await startEmulator({ snapshot: file });
    try {
      const calls = aepHttp(other);
      expect((await calls.control("GET", `sandboxes/dev/datasets/${dataset}/rows`)).body.count).toBe(1);
      expect((await calls.control("GET", "sandboxes/dev/failed")).body.count).toBe(1);
      expect((await readFlow(calls, flow)).options.inletUrl).toContain(other.url);
      const [a, b] = [
        await post(http, "flowservice/connections", connection("x")),
        await post(calls, "flowservice/connections", connection("x")),
      ];
      expect(a.id).toBe(b.id);
    } finally {
      await other.close();
    }
    for (const text of ["{", "{}", JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), sandboxes: [{}] })]) {
      writeFileSync(file, text);
      await expect(startEmulator({ snapshot: file })).rejects.toMatchObject({ code: "EMULATOR_FILE" });
    }
    await expect(startEmulator({ snapshot: join(folder, "none") })).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  it("in a folder from one run to the next, for one emulator at a time", async () => {
    const data = join(folder, "world");
    const first = await startEmulator({ data });
    const { dataset } = await landed(aepHttp(first), first);
    await expect(startEmulator({ data })).rejects.toMatchObject({ code: "EMULATOR_FILE" });
    await first.close();
    expect(readdirSync(data)).toEqual(["world.json"]);
    const second = await startEmulator({ data });
    try {
      expect((await aepHttp(second).control("GET", `sandboxes/dev/datasets/${dataset}/rows`)).body.count).toBe(1);
    } finally {
      await second.close();
    }
    await expect(startEmulator({ data: "/dev/null/x" })).rejects.toMatchObject({ code: "EMULATOR_FILE" });
  });
});

it("pages of other sites have no access to the controls", async () => {
  const answer = await fetch(`${emulator.url}/__emulator/reset`, {
    method: "POST",
    headers: { origin: "https://example.com" },
  });
  expect(answer.status).toBe(403);
  const own = await fetch(`${emulator.url}/__emulator/clock`, { headers: { origin: emulator.url } });
  expect(own.status).toBe(200);
});

describe("playground", () => {
  const yaml = [
    "schema: any",
    "rows:",
    "  identityMap.Email[0].id: { expr: lower(mail) }",
    "  loyalty.points: { expr: lowr(points) }",
    "  loyalty.nonsense: mail",
    "",
  ].join("\n");

  it("maps an event and points at every mistake", async () => {
    const ends = await makeEnds(http);
    const answer = await http.control("POST", "sandboxes/dev/playground", {
      yaml,
      event: { mail: "A@B.C" },
      schema: ends.schema,
    });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ identityMap: { Email: [{ id: "a@b.c" }] } });
    const found = answer.body.problems.map((item: Body) => `${item.line}:${item.column} ${item.severity} ${item.rule}`);
    expect(found).toEqual([
      "3:3 error id/no-primary",
      "3:3 warning pii/not-normalised",
      "4:27 error expr/unknown-name",
      "4:32 warning src/unknown-path",
      "5:3 error dst/unknown-field",
    ]);
    expect(answer.body.problems[2].hint).toContain("lower");
    const bare = await http.control("POST", "sandboxes/dev/playground", { yaml, event: '{"mail":"A@B.C"}' });
    expect(bare.body.problems.map((item: Body) => [item.line, item.severity])).toEqual([[4, "error"]]);
    const broken = await http.control("POST", "sandboxes/dev/playground", { yaml: "rows: [", event: {} });
    expect(broken.body.problems[0]).toMatchObject({ severity: "error", line: 1 });
    const text = (await http.control("GET", `sandboxes/dev/mappingSets/${ends.mapping}/yaml`)).body;
    expect(text.schema).toBe(ends.schema);
    const round = await http.control("POST", "sandboxes/dev/playground", { ...text, event: sample("guide-profile") });
    expect(round.body).toMatchObject({ problems: [], violations: [] });
  });
});

it("the live stream tells of calls, rows and failures", async () => {
  const abort = new AbortController();
  const answer = await fetch(`${emulator.url}/__emulator/live`, { signal: abort.signal });
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const { flow, dataset } = await landed();
  let text = "";
  while (!(text.includes('"landed":[{') && text.includes('"failed":[{'))) text += (await reader.read()).value;
  abort.abort();
  expect(text).toContain(flow);
  expect(text).toContain(dataset);
  expect(text).toContain("createFlow");
});
