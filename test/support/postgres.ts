/** A PostgreSQL of one's own: a scratch cluster that listens on a socket in its folder only. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** The server refuses to run as root; this account owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 };

export interface Postgres {
  /** Of the superuser `aep`; its password is in `password`, for PGPASSWORD. */
  url: string;
  password: string;
  sql(text: string): Promise<string>;
  urlOf(role: string): string;
  close(): Promise<void>;
}

/** Folder of `initdb` and `postgres`: PATH, or where Debian keeps them. */
export function findPostgres(): string | undefined {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, "bin")),
    ...(process.env["PATH"] ?? "").split(":"),
  ];
  return folders.find((folder) => ["initdb", "postgres", "psql"].every((name) => existsSync(join(folder, name))));
}

export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), "aep-pg-"));
  const [data, socket, secret] = [join(folder, "data"), join(folder, "run"), join(folder, "password")];
  const password = "only for this test";
  for (const path of [data, socket]) mkdirSync(path, { mode: 0o700 });
  writeFileSync(secret, password);
  const account: Partial<typeof NOBODY> = process.getuid?.() === 0 ? NOBODY : {};
  if (account.uid !== undefined)
    for (const path of [folder, data, socket, secret]) chownSync(path, NOBODY.uid, NOBODY.gid);
  const options = { ...account, cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C" } };
  const cluster = ["-D", data, "-U", "aep", "--auth=scram-sha-256", `--pwfile=${secret}`, "--no-sync", "-E", "UTF8"];
  await run(join(programs, "initdb"), cluster, options);
  const settings = ["listen_addresses=", `unix_socket_directories=${socket}`, "fsync=off"].flatMap((one) => [
    "-c",
    one,
  ]);
  const server = spawn(join(programs, "postgres"), ["-D", data, ...settings], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await ready(server);
  const env = { PATH: process.env["PATH"], PGPASSWORD: password };
  const sql = async (text: string) =>
    (
      await run(join(programs, "psql"), ["-h", socket, "-U", "aep", "-At", "-c", text, "postgres"], { env })
    ).stdout.trim();
  const urlOf = (role: string) => `postgres://${role}@/postgres?host=${socket}&sslmode=disable`;
  const close = async () => {
    server.kill("SIGINT");
    await new Promise((done) => server.once("exit", done));
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: urlOf("aep"), password, sql, urlOf, close };
}

function ready(server: ChildProcess): Promise<void> {
  let log = "";
  return new Promise((done, fail) => {
    server.once("exit", () => fail(new Error(`postgres did not start:\n${log}`)));
    server.stderr?.on("data", (chunk) => {
      log += chunk;
      if (log.includes("ready to accept connections")) done();
    });
  });
}
