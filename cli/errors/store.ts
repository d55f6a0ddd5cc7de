/**
 * The quarantine: a folder with two files for each payload that was not taken, the record (without personal data) and
 * the payload as it was sent, which only the owner may read. Nothing is ever deleted here.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { redact } from "../../aep/secret.ts";
import { AepError } from "../../errors.ts";
import { privateFolder, writePrivate } from "../private-file.ts";
import { Mask } from "./mask.ts";
import type { ErrorRecord, NewRecord } from "./record.ts";

const DEFAULT_FOLDER = join(".aep", "errors");
const RECORD = /^(e-[0-9a-f]{12})\.json$/;

/** `AEP_ERRORS_DIR`, else `.aep/errors` in the project. */
export const errorsFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env["AEP_ERRORS_DIR"]?.trim() || DEFAULT_FOLDER;

export class Quarantine {
  readonly folder: string;
  #mask: Mask | undefined;

  constructor(folder = errorsFolder()) {
    this.folder = folder;
  }

  get mask(): Mask {
    this.#mask ??= new Mask(this.folder);
    return this.#mask;
  }

  /**
   * Keeps a payload that was refused. The same payload of the same place to the same flow is one record, however often
   * it is refused. The payload is written first: a record never stands without it.
   */
  put(record: NewRecord, payload: string, now: () => Date = () => new Date()): ErrorRecord {
    const id = idOf(record, payload);
    const before = this.find(id);
    const parsed = parse(payload);
    writePrivate(this.#payloadFile(id), payload);
    const kept: ErrorRecord = {
      version: 1,
      id,
      time: record.time ?? now().toISOString(),
      outcome: "quarantined",
      attempts: (before?.attempts ?? 0) + 1,
      ...withoutSecrets(this.#masked(record, parsed)),
      replays: before?.replays ?? [],
    };
    this.#write(kept);
    return kept;
  }

  /** Keeps a payload unless its record is there already. */
  keep(record: NewRecord, payload: string): { kept: ErrorRecord; fresh: boolean } {
    const before = this.find(idOf(record, payload));
    return before ? { kept: before, fresh: false } : { kept: this.put(record, payload), fresh: true };
  }

  /** Changes a record; what it says goes through the mask again. */
  update(record: ErrorRecord, changes: Partial<ErrorRecord>): ErrorRecord {
    const changed = withoutSecrets(this.#masked({ ...record, ...changes }, this.parsedPayload(record.id)));
    this.#write(changed);
    return changed;
  }

  /** All records, oldest first. Files that are no records are passed over; `broken` is told of those that cannot be read. */
  list(broken: (file: string) => void = () => undefined): ErrorRecord[] {
    if (!existsSync(this.folder)) return [];
    const found = readdirSync(this.folder).flatMap((name) => {
      const id = RECORD.exec(name)?.[1];
      if (id === undefined) return [];
      const record = this.find(id);
      if (record === undefined) broken(join(this.folder, name));
      return record ?? [];
    });
    return found.sort((a, b) => a.time.localeCompare(b.time) || a.id.localeCompare(b.id));
  }

  find(id: string): ErrorRecord | undefined {
    try {
      const record = JSON.parse(readFileSync(this.#recordFile(id), "utf8")) as ErrorRecord;
      return record.version === 1 && record.id === id ? record : undefined;
    } catch {
      return undefined;
    }
  }

  /** The record of an id, or of its beginning when only one begins so. @throws AepError ERRORS_UNKNOWN */
  get(given: string): ErrorRecord {
    const exact = RECORD.test(`${given}.json`) ? this.find(given) : undefined;
    if (exact) return exact;
    const wanted = given.startsWith("e-") ? given : `e-${given}`;
    const alike = this.list().filter(({ id }) => id.startsWith(wanted));
    if (alike.length === 1) return alike[0] as ErrorRecord;
    const message = alike.length === 0 ? "there is no such record" : `${alike.length} records begin so`;
    throw new AepError("ERRORS_UNKNOWN", message, { where: `${this.folder}: ${JSON.stringify(given)}` });
  }

  /** The payload as it was sent. @throws AepError FILE_NOT_FOUND */
  payload(id: string): string {
    const file = this.#payloadFile(id);
    try {
      return readFileSync(file, "utf8");
    } catch (cause) {
      throw new AepError("FILE_NOT_FOUND", "the payload of this record is gone", { where: file, cause });
    }
  }

  /** The payload as JSON, or as its text where it is none. */
  parsedPayload(id: string): unknown {
    return parse(this.payload(id));
  }

  /** The same with hashes for what is personal. */
  maskedPayload(id: string): unknown {
    return this.mask.payload(this.parsedPayload(id));
  }

  /** What the services said is masked; ids, urls and hashes are no words of theirs and must stay as they are. */
  #masked<T extends NewRecord & Partial<ErrorRecord>>(record: T, payload: unknown): T {
    const { message, response, replays } = record;
    return { ...record, ...this.mask.about({ message, response, ...(replays && { replays }) }, payload) };
  }

  #write(record: ErrorRecord): void {
    writePrivate(this.#recordFile(record.id), `${JSON.stringify(record, null, 2)}\n`);
  }

  #recordFile(id: string): string {
    privateFolder(this.folder);
    return join(this.folder, `${id}.json`);
  }

  #payloadFile = (id: string): string => join(this.folder, `${id}.payload.json`);
}

/** The sha-256 and size of a payload, as records keep them. */
export const digest = (payload: string): { sha256: string; bytes: number } => ({
  sha256: createHash("sha256").update(payload).digest("hex"),
  bytes: Buffer.byteLength(payload),
});

/** Of what was sent where, so that a payload met again is the same record. */
function idOf({ resources, source, ids }: NewRecord, payload: string): string {
  const parts = [resources.sandbox, resources.flowId, source ?? "", ids.runId ?? "", payload];
  return `e-${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12)}`;
}

/** Tokens and registered secrets never reach the disk, wherever a service may have echoed them. */
const withoutSecrets = <T>(value: T): T => JSON.parse(redact(JSON.stringify(value))) as T;

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
