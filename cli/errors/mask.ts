/** Personal data shown as salted hashes: equal values look equal, and nobody reads them. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { replacePersonal } from "../../mapping/personal/personal-data.ts";
import { privateFolder, unwritable } from "../private-file.ts";

const SALT_FILE = "salt";
/** Shorter texts occur everywhere, and shorter numbers in codes: replacing them in sentences would spoil these and hide nothing. */
const isDistinct = (text: string): boolean => text.length >= (/\D/.test(text) ? 4 : 6);
const EMAIL = /[\w.+%'-]+@[\w-]+(\.[\w-]+)+/g;

export class Mask {
  readonly #folder: string;
  #known: Buffer | undefined;

  /** `folder`: where the salt is kept, or will be once it is needed. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** It lives beside the records and never leaves the machine: without it no list of addresses can be tried. */
  get #salt(): Buffer {
    this.#known ??= saltIn(this.#folder);
    return this.#known;
  }

  hash(value: string | number): string {
    const text = `${typeof value}:${value}`;
    return `sha256:${createHash("sha256").update(this.#salt).update(text).digest("hex").slice(0, 16)}`;
  }

  /** The payload with hashes for what is personal. */
  payload(value: unknown): unknown {
    return replacePersonal(value, (personal) => this.hash(personal));
  }

  /** A text (or anything that holds texts) about `payload`: what the services quote of it is hidden too. */
  about<T>(value: T, payload: unknown): T {
    const quoted = new Map<string, string>();
    replacePersonal(payload, (personal) => {
      if (isDistinct(String(personal))) quoted.set(String(personal), this.hash(personal));
      return personal;
    });
    const longestFirst = [...quoted].sort(([a], [b]) => b.length - a.length);
    const clean = (text: string) => {
      let out = text;
      for (const [personal, hash] of longestFirst) out = out.replaceAll(personal, hash);
      return out.replace(EMAIL, (address) => this.hash(address));
    };
    return map(value, clean) as T;
  }
}

/** Made once, by whichever process comes first. */
function saltIn(folder: string): Buffer {
  const file = join(folder, SALT_FILE);
  privateFolder(folder);
  try {
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: "wx" });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritable(file, cause);
  }
  return readFileSync(file);
}

function map(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === "string") return clean(value);
  if (Array.isArray(value)) return value.map((item) => map(item, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), map(item, clean)]));
}
