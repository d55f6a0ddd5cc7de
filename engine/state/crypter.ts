/**
 * Pulumi's passphrase secrets provider, in its own format so that the CLI opens what the engine sealed: AES-256-GCM, the key
 * derived by PBKDF2-SHA256 with a million rounds. A stack's salt text carries a sealed word to check the passphrase with.
 */
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { AepError } from "../../errors.ts";

const ROUNDS = 1_000_000;
const TAG_BYTES = 16;
const derive = promisify(pbkdf2);
const keys = new Map<string, Promise<Buffer>>();

export interface Crypter {
  /** The stack's `encryptionsalt`, also kept in the checkpoint. */
  readonly salt: string;
  encrypt(text: string): string;
  decrypt(sealed: string): string;
}

/** The passphrase of the environment; an empty one is a passphrase too. */
export function passphraseOf(env: NodeJS.ProcessEnv): string {
  const direct = env["PULUMI_CONFIG_PASSPHRASE"];
  if (direct !== undefined) return direct;
  const file = env["PULUMI_CONFIG_PASSPHRASE_FILE"];
  if (!file) throw new AepError("ENGINE_PASSPHRASE", "No passphrase is set.");
  try {
    return readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new AepError("ENGINE_PASSPHRASE", "The passphrase file cannot be read.", { where: file, cause });
  }
}

/** Makes the salt of a new stack. */
export async function newCrypter(passphrase: string): Promise<Crypter> {
  const salt = randomBytes(8);
  const key = await keyOf(passphrase, salt);
  return withKey(key, `v1:${salt.toString("base64")}:${seal(key, "pulumi")}`);
}

/** Opens a stack's secrets; throws ENGINE_PASSPHRASE when the passphrase is not the one that made `state`. */
export async function openCrypter(passphrase: string, state: string): Promise<Crypter> {
  const [version, salt, ...sealed] = state.split(":");
  if (version !== "v1" || !salt) throw new AepError("ENGINE_PASSPHRASE", "The stack's encryptionsalt is malformed.");
  const key = await keyOf(passphrase, Buffer.from(salt, "base64"));
  let word: string | undefined;
  try {
    word = open(key, sealed.join(":"));
  } catch {
    word = undefined;
  }
  if (word !== "pulumi") throw new AepError("ENGINE_PASSPHRASE", "The passphrase is not this stack's.");
  return withKey(key, state);
}

function withKey(key: Buffer, salt: string): Crypter {
  return { salt, encrypt: (text) => seal(key, text), decrypt: (sealed) => open(key, sealed) };
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const name = `${salt.toString("base64")}:${passphrase}`;
  const known = keys.get(name) ?? derive(passphrase, salt, ROUNDS, 32, "sha256");
  keys.set(name, known);
  return known;
}

function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1:${nonce.toString("base64")}:${body.toString("base64")}`;
}

function open(key: Buffer, sealed: string): string {
  const [version, nonce, body] = sealed.split(":");
  if (version !== "v1" || !nonce || !body) throw new AepError("ENGINE_STATE", "A sealed value is malformed.");
  const bytes = Buffer.from(body, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES)), decipher.final()]).toString(
    "utf8",
  );
}
