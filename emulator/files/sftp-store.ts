/** A real SFTP server as a file store, with the auth parameters of Adobe's two SFTP auth specs. */
import { posix } from "node:path";
import SftpClient from "ssh2-sftp-client";
import type { Entity } from "../store.ts";
import { type FileEntry, type FileStore, FileStoreError } from "./types.ts";

const READY_TIMEOUT_MS = 10_000;

/** Connects and signs in. Messages never carry the password, the key or the pass phrase. */
export async function sftpStore(params: Entity, base: string): Promise<FileStore> {
  const client = new SftpClient();
  // Without a listener a late socket error would end the process.
  client.on("error", () => undefined);
  const { host, userName, password, privateKeyContent, passPhrase } = params;
  const port = Number(params["port"] ?? 22);
  const secret = privateKeyContent
    ? {
        privateKey: Buffer.from(String(privateKeyContent), "base64"),
        ...(passPhrase ? { passphrase: String(passPhrase) } : {}),
      }
    : { password: String(password ?? "") };
  try {
    await client.connect({ host, port, username: userName, readyTimeout: READY_TIMEOUT_MS, ...secret });
  } catch (error) {
    throw new FileStoreError("refused", `SFTP server ${host}:${port} refused the connection (${reasonOf(error)})`);
  }
  const inside = (path: string) => posix.join(posix.resolve("/", base), posix.resolve("/", path));
  return {
    list: (path) => listing(client, path, inside(path)),
    read: async (path) => {
      try {
        return (await client.get(inside(path))) as Buffer;
      } catch {
        throw new FileStoreError("missing", `There is no file ${path}`);
      }
    },
    close: async () => {
      await client.end();
    },
  };
}

async function listing(client: SftpClient, path: string, remote: string): Promise<FileEntry[]> {
  const kind = await client.exists(remote);
  if (kind === false) throw new FileStoreError("missing", `There is no file or folder ${path}`);
  const clean = posix.resolve("/", path);
  if (kind !== "d") {
    const info = await client.stat(remote);
    return [{ type: "file", name: posix.basename(clean), path: clean, modified: info.modifyTime, size: info.size }];
  }
  const found = await client.list(remote);
  return found
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, modifyTime, size }) => ({
      type: type === "d" ? "folder" : "file",
      name,
      path: posix.join(clean, name),
      modified: modifyTime,
      size,
    }));
}

/** The error's code or a word for it; texts of the SSH library may repeat what was sent. */
function reasonOf(error: unknown): string {
  const { code, level } = error as { code?: string; level?: string };
  return level === "client-authentication" || /authentication/i.test(String(error))
    ? "authentication failed"
    : (code ?? "no connection");
}
