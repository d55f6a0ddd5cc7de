/**
 * Key services in one process, reduced to what the Pulumi CLI asks of a secrets provider: AWS KMS (Encrypt and Decrypt of the
 * JSON 1.1 protocol) and the transit engine of HashiCorp Vault. Neither seals for real: a ciphertext names the plain text kept
 * here, so that whoever cannot ask this service cannot open it. Signatures are not checked, only that there is one.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { type Loopback, serve } from "./loopback.ts";

export interface KeyService extends Loopback {
  /** `aws Encrypt alias/aep`, `vault decrypt aep` of every call that was let in. */
  calls: string[];
  /** The token of Vault's clients. */
  token: string;
  /** Nobody may use the keys any more. */
  revoke(): void;
}

interface Answer {
  status: number;
  body: object;
}

const answer = (body: object, status = 200): Answer => ({ status, body });

export async function startKeyService(): Promise<KeyService> {
  const vault = new Keys();
  const server = await serve((request, response) => reply(vault, request, response));
  const { calls, token } = vault;
  return { ...server, calls, token, revoke: () => vault.revoke() };
}

class Keys {
  readonly calls: string[] = [];
  readonly token = randomUUID();
  readonly #sealed = new Map<string, string>();
  #open = true;

  revoke(): void {
    this.#open = false;
  }

  /** `plain` and the result are base64, as both services have them. */
  seal(key: string, plain: string): string {
    const sealed = Buffer.from(`${key} ${randomUUID()}`).toString("base64");
    this.#sealed.set(sealed, plain);
    return sealed;
  }

  open(sealed: string): string | undefined {
    return this.#open ? this.#sealed.get(sealed) : undefined;
  }

  aws(operation: string, body: Record<string, string>): Answer {
    const { KeyId = "", Plaintext = "", CiphertextBlob = "" } = body;
    this.calls.push(`aws ${operation} ${KeyId}`);
    if (operation === "Encrypt") return answer({ KeyId, CiphertextBlob: this.seal(KeyId, Plaintext) });
    const plain = operation === "Decrypt" ? this.open(CiphertextBlob) : undefined;
    if (plain !== undefined) return answer({ KeyId, Plaintext: plain });
    return answer({ __type: "AccessDeniedException", message: "the role may not use the key" }, 400);
  }

  transit(operation: string, key: string, body: Record<string, string>): Answer {
    this.calls.push(`vault ${operation} ${key}`);
    if (operation === "encrypt")
      return answer({ data: { ciphertext: `vault:v1:${this.seal(key, body["plaintext"] ?? "")}` } });
    const plaintext = this.open((body["ciphertext"] ?? "").replace("vault:v1:", ""));
    return plaintext === undefined ? answer({ errors: ["permission denied"] }, 403) : answer({ data: { plaintext } });
  }
}

async function reply(keys: Keys, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await json(request)) as Record<string, string>;
  const { status, body: content } = answerTo(keys, request, body);
  const type = request.headers["x-amz-target"] === undefined ? "application/json" : "application/x-amz-json-1.1";
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(content));
}

function answerTo(keys: Keys, { headers, url = "" }: IncomingMessage, body: Record<string, string>): Answer {
  const target = /^TrentService\.(\w+)$/.exec(String(headers["x-amz-target"]))?.[1];
  if (target !== undefined)
    return headers.authorization?.startsWith("AWS4-HMAC-SHA256 ")
      ? keys.aws(target, body)
      : answer({ __type: "MissingAuthenticationTokenException" }, 400);
  const [, operation = "", key = ""] = /^\/v1\/transit\/(encrypt|decrypt)\/([\w-]+)$/.exec(url) ?? [];
  if (operation === "") return answer({ errors: ["no handler for this path"] }, 404);
  if (headers["x-vault-token"] !== keys.token) return answer({ errors: ["permission denied"] }, 403);
  return keys.transit(operation, key, body);
}
