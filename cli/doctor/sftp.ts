/** Whether the SFTP servers of a stack's connections are there and let their users in. */
import SftpClient from "ssh2-sftp-client";
import { redact, registerSecretsIn } from "../../aep/secret.ts";
import { AepError } from "../../errors.ts";
import { fromEnvironment } from "../../resources/environment.ts";
import { at, isPlain, type Plain } from "../../resources/values.ts";
import { readYaml } from "../stack-file.ts";

/** Adobe's connection spec of SFTP sources. */
const SFTP_SPEC = "b7bf2577-4520-42c9-bae9-cad01560f7bc";

export interface SftpConnection {
  name: string;
  params: Plain;
}

/** The SFTP connections that a file of single objects declares. */
export function declaredConnections(file: string): SftpConnection[] {
  const content: unknown = readYaml(file).toJS();
  const entries = at(content, "resources");
  return Object.entries(isPlain(entries) ? entries : {}).flatMap(([name, entry]) => {
    const inputs = at(entry, "inputs");
    const own = at(entry, "kind") === "BaseConnection" && at(inputs, "connectionSpec.id") === SFTP_SPEC;
    const params = at(inputs, "auth.params");
    return own && isPlain(params) ? [{ name, params }] : [];
  });
}

/**
 * Signs in as the connection would, with credentials taken from the environment where they are named so.
 * @throws AepError AEP_CREDENTIAL_MISSING, AEP_UNREACHABLE
 */
export async function tryLogin({ name, params }: SftpConnection, timeout: number): Promise<string> {
  const opened = fromEnvironment(params) as Plain;
  registerSecretsIn(opened);
  const { host, userName, password, privateKeyContent, passPhrase } = opened;
  const port = Number(opened["port"] ?? 22);
  const secret = privateKeyContent
    ? {
        privateKey: Buffer.from(String(privateKeyContent), "base64"),
        ...(passPhrase !== undefined && { passphrase: String(passPhrase) }),
      }
    : { password: String(password ?? "") };
  const client = new SftpClient();
  // Without a listener a late socket error would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect({ host: String(host), port, username: String(userName), readyTimeout: timeout, ...secret });
    return `${String(host)}:${port} lets ${String(userName)} in`;
  } catch (error) {
    const reason = redact(error instanceof Error ? error.message : String(error));
    throw new AepError("AEP_UNREACHABLE", `${String(host)}:${port}: ${reason}`, {
      where: `connection ${name}`,
      hint: "Check host, port, user and key; AEP's servers must be let through the firewall as well as this machine.",
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
