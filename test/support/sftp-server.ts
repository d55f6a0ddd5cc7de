/** A real SFTP server on loopback that serves one folder, read only, with one user and password. */
import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join, posix } from "node:path";
import ssh2 from "ssh2";

const { Server, utils } = ssh2;
const { STATUS_CODE } = utils.sftp;

export interface SftpServer {
  port: number;
  close(): Promise<void>;
}

export async function startSftpServer(folder: string, user: string, password: string): Promise<SftpServer> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  });
  const server = new Server({ hostKeys: [privateKey] }, (client) => {
    client.on("authentication", (context) => {
      if (context.method === "password" && context.username === user && context.password === password) context.accept();
      else context.reject(["password"]);
    });
    client.on("error", () => undefined);
    client.on("session", (accept) => accept().on("sftp", (acceptSftp) => serve(acceptSftp(), folder)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** The handful of requests that listing and reading need. */
function serve(sftp: ssh2.SFTPWrapper, folder: string): void {
  const handles = new Map<number, { path: string; listed: boolean }>();
  let next = 0;
  const local = (path: string) => join(folder, posix.resolve("/", path));
  const open = (path: string): Buffer => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(next, 0);
    handles.set(next, { path, listed: false });
    next += 1;
    return handle;
  };
  const stat = (id: number, path: string) => attempt(id, () => sftp.attrs(id, attributes(statSync(local(path)))));
  const attempt = (id: number, action: () => void) => {
    try {
      action();
    } catch {
      sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    }
  };
  sftp.on("REALPATH", (id, path) =>
    sftp.name(id, [{ filename: posix.resolve("/", path), longname: path, attrs: {} as ssh2.Attributes }]),
  );
  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
  sftp.on("OPENDIR", (id, path) =>
    attempt(id, () =>
      statSync(local(path)).isDirectory() ? sftp.handle(id, open(path)) : sftp.status(id, STATUS_CODE.FAILURE),
    ),
  );
  sftp.on("OPEN", (id, path) =>
    attempt(id, () =>
      statSync(local(path)).isFile() ? sftp.handle(id, open(path)) : sftp.status(id, STATUS_CODE.FAILURE),
    ),
  );
  sftp.on("READDIR", (id, handle) => {
    const dir = handles.get(handle.readUInt32BE(0))!;
    if (dir.listed) return sftp.status(id, STATUS_CODE.EOF);
    dir.listed = true;
    sftp.name(
      id,
      readdirSync(local(dir.path)).map((name) => {
        const info = statSync(join(local(dir.path), name));
        return {
          filename: name,
          longname: `${info.isDirectory() ? "d" : "-"}rw-r--r-- 1 u g ${info.size} Jan 1 00:00 ${name}`,
          attrs: attributes(info),
        };
      }),
    );
  });
  sftp.on("FSTAT", (id, handle) => stat(id, handles.get(handle.readUInt32BE(0))!.path));
  sftp.on("READ", (id, handle, offset, length) => {
    const part = readFileSync(local(handles.get(handle.readUInt32BE(0))!.path)).subarray(offset, offset + length);
    if (part.length === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.data(id, part);
  });
  sftp.on("CLOSE", (id) => sftp.status(id, STATUS_CODE.OK));
}

function attributes(info: Stats): ssh2.Attributes {
  return {
    mode: info.mode,
    uid: 0,
    gid: 0,
    size: info.size,
    atime: Math.floor(info.atimeMs / 1000),
    mtime: Math.floor(info.mtimeMs / 1000),
  };
}
