/** File flows: a folder that stands for an SFTP server, and a real SFTP server on loopback. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Emulator, startEmulator } from "../emulator/index.ts";
import { type AepHttp, aepHttp, type Body } from "./support/aep-http.ts";
import { makeDataset, makeSchema, post, targetBody } from "./support/flow-chain.ts";
import { type SftpServer, startSftpServer } from "./support/sftp-server.ts";

const SFTP = { id: "b7bf2577-4520-42c9-bae9-cad01560f7bc", version: "1.0" };
const CLOUD = { id: "9753525b-82c7-4dce-8a9b-5ccfce2b9876", version: "1.0" };
const F = "flowservice";

// An optional package: without it Parquet files are refused, which emulator/files/parquet.test.ts holds.
const duckdb = await import("@duckdb/node-api").catch(() => undefined);
if (!duckdb) console.log("Parquet files are not read: @duckdb/node-api is not installed");

let folder: string;
let emulator: Emulator;
let server: SftpServer;
let http: AepHttp;
let schema: string;
let dataset: string;
beforeAll(async () => {
  emulator = await startEmulator({ seed: 6 });
  folder = mkdtempSync(join(tmpdir(), "aep-files-"));
  server = await startSftpServer(folder, "cap", "canary-password");
});
beforeEach(async () => {
  await fetch(`${emulator.url}/__emulator/reset`, { method: "POST" });
  http = aepHttp(emulator);
  rmSync(folder, { recursive: true });
  mkdirSync(join(folder, "members/2026"), { recursive: true });
  await http.control("POST", "settings", { sftpFolders: { "sftp.example.com": folder } });
  schema = await makeSchema(http, "capillary-loyalty-profile");
  dataset = await makeDataset(http, "history", schema);
});
afterAll(async () => {
  await emulator.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const put = (name: string, content: string | Buffer, secondsAgo = 0) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  const time = Date.now() / 1000 - secondsAgo;
  utimesSync(path, time, time);
};
const connect = async (params: object = {}) => {
  const auth = {
    specName: "Basic Authentication for sftp",
    params: { host: "sftp.example.com", userName: "cap", password: "canary-password", ...params },
  };
  return (await post(http, `${F}/connections`, { name: "sftp", connectionSpec: SFTP, auth })).id as string;
};
const overTheWire = () => ({ host: "127.0.0.1", port: server.port });

async function fileFlow(base: string, params: object, data: object, schedule: object = {}): Promise<string> {
  const source = (
    await post(http, `${F}/sourceConnections`, {
      name: "s",
      baseConnectionId: base,
      connectionSpec: SFTP,
      params,
      data,
    })
  ).id;
  const target = (await post(http, `${F}/targetConnections`, targetBody(dataset, schema))).id;
  const mappings = [
    { sourceType: "ATTRIBUTE", source: "email", destination: "personalEmail.address" },
    { sourceType: "ATTRIBUTE", source: "points", destination: "loyalty.points" },
  ];
  const mapping = await post(http, "conversion/mappingSets", { outputSchema: { schemaRef: { id: schema } }, mappings });
  const startTime = Math.floor(emulator.world.clock.now() / 1000) + 60;
  const flow = await post(http, `${F}/flows`, {
    name: "files",
    flowSpec: CLOUD,
    sourceConnectionIds: [source],
    targetConnectionIds: [target],
    transformations: [{ name: "Mapping", params: { mappingId: mapping.id, mappingVersion: 0 } }],
    scheduleParams: { startTime, frequency: "minute", interval: 15, ...schedule },
  });
  return flow.id;
}
const advance = async (minutes: number) => {
  await http.control("POST", "clock", { advanceMs: minutes * 60_000 });
  await http.control("POST", "settle");
};
const emails = async (): Promise<string[]> =>
  (await http.control("GET", `sandboxes/dev/datasets/${dataset}/rows`)).body.rows
    .map((item: Body) => item.row.personalEmail.address)
    .sort();
const lastRun = async (flow: string): Promise<Body> =>
  (await http.aep("GET", `${F}/runs?property=flowId==${flow}`)).body.items.at(-1);

const CSV = "email,points\na@x.io,5\nb@x.io,7\n";
/** The same, made with the bzip2 command. */
const CSV_BZ2 = "QlpoOTFBWSZTWRnx6tYAAAfdgAAQAAUCgEAAMifMQCAAMU0yMTExBqaAaaPUep2tiNoYGocsKYgEtLzpIfF3JFOFCQGfHq1g";

describe("file flows", () => {
  it("read a folder's files, numbers converted, then only what is new or changed", async () => {
    put("members/a.csv", CSV, 100);
    const flow = await fileFlow(await connect(), { path: "/members", type: "folder" }, { format: "delimited" });
    await advance(2);
    expect(await emails()).toEqual(["a@x.io", "b@x.io"]);
    const run = await lastRun(flow);
    expect(run.metrics).toMatchObject({
      fileSummary: { inputFileCount: 1 },
      recordSummary: { inputRecordCount: 2 },
      statusSummary: { status: "success" },
    });
    await advance(15);
    expect((await lastRun(flow)).metrics.recordSummary.inputRecordCount).toBe(0);
    put("members/b.csv", "email,points\nc@x.io,1\n");
    put("members/old.csv", "email,points\nnever@x.io,1\n", 86_400);
    await advance(15);
    expect(await emails()).toEqual(["a@x.io", "b@x.io", "c@x.io"]);
  });

  it("leave what was there before without backfill", async () => {
    put("members/a.csv", CSV, 100);
    await fileFlow(await connect(), { path: "/members", type: "folder" }, { format: "delimited" }, { backfill: false });
    put("members/b.csv", "email,points\nc@x.io,1\n");
    await advance(2);
    expect(await emails()).toEqual(["c@x.io"]);
  });

  it.each<[string, object, string, () => Buffer]>([
    ["gzip", { compressionType: "gzip" }, "a.csv.gz", () => gzipSync(CSV)],
    ["deflate", { compressionType: "deflate" }, "a.csv", () => deflateSync(CSV)],
    ["deflate without header", { compressionType: "deflate" }, "a.csv", () => deflateRawSync(CSV)],
    ["zipDeflate", { compressionType: "zipDeflate" }, "a.zip", () => zip("members/a.csv", CSV)],
    ["bzip2", { compressionType: "bzip2" }, "a.csv.bz2", () => Buffer.from(CSV_BZ2, "base64")],
    ["tar", { compressionType: "tar" }, "a.tar", () => tar("-c")],
    ["tarGzip", { compressionType: "tarGzip" }, "a.tgz", () => tar("-cz")],
    ["a tab", { columnDelimiter: "\t" }, "a.tsv", () => Buffer.from(CSV.replaceAll(",", "\t"))],
    ["ISO-8859-1", { encoding: "ISO-8859-1" }, "a.csv", () => Buffer.from(CSV, "latin1")],
  ])("read %s", async (_what, properties, name, content) => {
    put(`members/${name}`, content());
    await fileFlow(await connect(), { path: "/members/a*" }, { format: "delimited", properties });
    await advance(2);
    expect(await emails()).toEqual(["a@x.io", "b@x.io"]);
  });

  it("read JSON as a list and line by line, in subfolders when asked", async () => {
    put("members/a.json", JSON.stringify([{ email: "a@x.io", points: 1 }]));
    put("members/2026/b.json", '{"email":"b@x.io"}\n{"email":"c@x.io"}\n');
    await fileFlow(await connect(), { path: "/members", type: "folder", recursive: "true" }, { format: "json" });
    await advance(2);
    expect(await emails()).toEqual(["a@x.io", "b@x.io", "c@x.io"]);
  });

  it.skipIf(!duckdb)("read Parquet, nested columns included", async () => {
    const file = join(folder, "members/a.parquet");
    const database = await duckdb?.DuckDBInstance.create(":memory:");
    const connection = await database?.connect();
    await connection?.run(
      `COPY (SELECT email, points, {'city': 'Riga', 'since': TIMESTAMP '2026-01-02 03:04:05'} AS home FROM
        (VALUES ('a@x.io', 5), ('b@x.io', NULL)) AS t(email, points)) TO '${file}' (FORMAT parquet)`,
    );
    database?.closeSync();
    const base = await connect();
    const flow = await fileFlow(base, { path: "/members/*.parquet" }, { format: "parquet" });
    const seen = await http.aep(
      "GET",
      `${F}/connections/${base}/explore?objectType=file&object=/members/a.parquet&fileType=parquet&preview=true`,
    );
    expect(seen.body.data[0]).toEqual({
      email: "a@x.io",
      points: 5,
      home: { city: "Riga", since: "2026-01-02T03:04:05.000Z" },
    });
    await advance(2);
    expect(await emails()).toEqual(["a@x.io", "b@x.io"]);
    put("members/b.parquet", "email,points");
    await advance(15);
    const [error] = (await lastRun(flow)).metrics.statusSummary.errors;
    expect(error.message).toMatch(/^\/members\/b.parquet: it is no readable Parquet file/);
    expect(error.message).not.toContain(tmpdir());
  });

  it("fail the run with the file's name when it cannot be read", async () => {
    put("members/a.csv", "not gzip");
    const flow = await fileFlow(
      await connect(),
      { path: "/members" },
      { format: "delimited", properties: { compressionType: "gzip" } },
    );
    await advance(2);
    const { statusSummary } = (await lastRun(flow)).metrics;
    expect(statusSummary).toMatchObject({ status: "failed", errors: [{ code: "CONNECTOR-2001-500" }] });
    expect(statusSummary.errors[0].message).toContain("/members/a.csv");
  });
});

describe("a real SFTP server", () => {
  it("is tested, explored and read", async () => {
    put("members/a.csv", CSV, 100);
    const base = await connect(overTheWire());
    expect((await http.aep("GET", `${F}/connections/${base}/test`)).body).toEqual({ result: true });
    expect((await http.aep("GET", `${F}/connections/${base}/explore?objectType=root`)).body).toMatchObject([
      { type: "folder", name: "members", path: "/members" },
    ]);
    await fileFlow(base, { path: "/members/*.csv" }, { format: "delimited" });
    await advance(2);
    expect(await emails()).toEqual(["a@x.io", "b@x.io"]);
  });

  it("that refuses the password fails the test and the run, without repeating the password", async () => {
    const base = await connect({ ...overTheWire(), password: "wrong-canary" });
    const test = await http.aep("GET", `${F}/connections/${base}/test`);
    expect(test.status).toBe(400);
    const flow = await fileFlow(base, { path: "/members" }, { format: "delimited" });
    await advance(2);
    const text = JSON.stringify([test.body, await lastRun(flow)]);
    expect(text).toContain("authentication failed");
    expect(text).not.toContain("canary");
  });
});

describe("explore", () => {
  const explore = async (base: string, query: string) => http.aep("GET", `${F}/connections/${base}/explore?${query}`);
  it("shows folders, columns and first rows", async () => {
    put("members/a.csv.gz", gzipSync(CSV));
    const base = await connect({ folderPath: "/members" });
    expect((await explore(base, "objectType=root")).body).toEqual([
      { type: "folder", name: "2026", path: "/2026", canPreview: false, canFetchSchema: false },
      { type: "file", name: "a.csv.gz", path: "/a.csv.gz", canPreview: true, canFetchSchema: true },
    ]);
    const file = "objectType=file&object=/a.csv.gz&fileType=delimited&compressionType=gzip";
    expect((await explore(base, file)).body).toEqual([
      { name: "email", type: "string" },
      { name: "points", type: "string" },
    ]);
    expect((await explore(base, `${file}&preview=true`)).body).toMatchObject({
      format: "flat",
      data: [{ email: "a@x.io", points: "5" }, {}],
    });
  });

  it("refuses what is not there, and never leaves the folder", async () => {
    const base = await connect();
    expect((await explore(base, "objectType=folder&object=/nowhere")).status).toBe(404);
    expect((await explore(base, "objectType=folder&object=../../../../etc")).status).toBe(404);
    expect((await explore(base, "objectType=table")).status).toBe(400);
  });
});

/** An archive by the system's own tar. */
function tar(flags: string): Buffer {
  writeFileSync(join(folder, "packed.csv"), CSV);
  return execFileSync("tar", [flags, "-C", folder, "packed.csv"]);
}

/** A zip archive with one deflated entry, written by hand so that the reader is tested against the format, not against itself. */
function zip(name: string, text: string): Buffer {
  const data = Buffer.from(text);
  const packed = deflateRawSync(data);
  const fields = Buffer.alloc(22);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc32(data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(data.length, 18);
  const nameLength = Buffer.from([name.length, 0, 0, 0]);
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, nameLength, Buffer.from(name), packed]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\x14\x00", "latin1"),
    fields,
    nameLength,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
