/**
 * Notes that outlive the process. Pulumi's state knows an object only after the engine has stored the answer; whoever
 * is killed before that leaves an object behind that nobody knows. So every creation is noted before its request goes
 * out, and the note goes when the run ends in good order, or once the state is seen to hold the object. Notes hold ids
 * and hashes, no names and no secrets.
 */
import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { log } from "../aep/log.ts";
import { stillRuns } from "../still-runs.ts";

interface Note {
  /** Hash of what the note is about; see `keyOf`. */
  key: string;
  /** Process that wrote it. */
  pid: number;
  /** When it was written, this machine's epoch milliseconds. */
  at: number;
  /** When the attempt began, the API's epoch milliseconds. */
  since: number;
  /** The object, once its creation was answered. */
  id?: string;
  /** What else the note is about: the dataset a flow has read into. */
  about?: string;
}

interface Filed {
  file: string;
  note: Note;
}

/** After this long a note says nothing any more: whatever it is about has been looked after by hand. */
const LIFETIME_MS = 7 * 24 * 3600 * 1000;

/** Where notes are kept: `AEP_JOURNAL_DIR`, else with the rest of Pulumi's local files. */
export function journalDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return env["AEP_JOURNAL_DIR"] || join(env["PULUMI_HOME"] || join(homedir(), ".pulumi"), "aep-journal");
}

/** A hash of anything plain. The project folder and the backend are part of it: other projects' notes are not ours. */
export function keyOf(...parts: unknown[]): string {
  const scope = [process.cwd(), process.env["PULUMI_BACKEND_URL"] ?? ""];
  return createHash("sha256")
    .update(JSON.stringify([...scope, ...parts]))
    .digest("hex")
    .slice(0, 40);
}

class Journal {
  readonly #directory: string;
  /** Files written here; another process may have had the same pid. */
  readonly #own = new Set<string>();
  #ending = false;
  #warned = false;
  #notes: Map<string, Note> | undefined;

  constructor(directory: string = journalDirectory()) {
    this.#directory = directory;
  }

  /** Notes of earlier processes about this, which are no longer there to finish what they began. */
  left(key: string): Filed[] {
    const foreign = this.#about(key).filter(({ file }) => !this.#own.has(file));
    return foreign.filter(({ note }) => note.pid === process.pid || !stillRuns(note.pid, note.at));
  }

  /** Notes of creations whose process ended before its run did, of whatever project; when they were written, epoch ms. */
  abandoned(): Array<{ at: number; answered: boolean }> {
    const notes = [...this.#all().values()].filter(({ about, pid, at }) => about === undefined && !stillRuns(pid, at));
    return notes.map(({ at, id }) => ({ at, answered: id !== undefined }));
  }

  /** Whether anything was noted under the key, and about `about` if that is given. */
  has(key: string, about?: string): boolean {
    return this.#about(key).some(({ note }) => about === undefined || note.about === about);
  }

  /** Writes a note, before the request it is about. */
  write(key: string, since: number, about?: string): Filed {
    const note: Note = { key, pid: process.pid, at: Date.now(), since, ...(about === undefined ? {} : { about }) };
    const filed = { file: `${key}-${randomUUID()}.json`, note };
    this.#own.add(filed.file);
    this.#store(filed);
    return filed;
  }

  /** Adds the id the API gave. */
  answered({ file, note }: Filed, id: string): void {
    this.#own.add(file);
    this.#all().set(file, { ...note, id });
    // Behind what stands there: whoever is killed in the middle of this must still leave the note itself.
    this.#keep(() => appendFileSync(join(this.#directory, file), `\n${JSON.stringify({ id })}`));
    if (this.#ending) return;
    this.#ending = true;
    // Engines interrupt the provider when they have stored everything; after that the note would only mislead.
    process.once("SIGINT", () => {
      this.#dropAnswered();
      process.kill(process.pid, "SIGINT");
    });
  }

  /** Takes a note away: nothing came of it, or it was dealt with. */
  drop(filed: { file: string }): void {
    this.#all().delete(filed.file);
    rmSync(join(this.#directory, filed.file), { force: true });
  }

  /** The state holds this object: notes about it are done with. */
  confirmed(id: string): void {
    for (const [file, note] of this.#all()) if (note.id === id) this.drop({ file });
  }

  dropAll(key: string): void {
    for (const filed of this.#about(key)) this.drop(filed);
  }

  #dropAnswered(): void {
    for (const [file, { id }] of this.#all()) if (id !== undefined && this.#own.has(file)) this.drop({ file });
  }

  #about(key: string): Filed[] {
    return [...this.#all()].flatMap(([file, note]) => (note.key === key ? [{ file, note }] : []));
  }

  #store({ file, note }: Filed): void {
    this.#all().set(file, note);
    this.#keep(() => {
      mkdirSync(this.#directory, { recursive: true });
      // On the disk before the request goes out; the answer's id is worth less, the object can be found without it.
      writeFileSync(join(this.#directory, file), JSON.stringify(note), { mode: 0o600, flush: true });
    });
  }

  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#warn(error);
    }
  }

  /** Once; the work goes on without notes. */
  #warn(error: unknown): void {
    const advice =
      "set AEP_JOURNAL_DIR to a folder that can be written; without it a killed run may leave objects behind";
    if (!this.#warned) log.warn({ folder: this.#directory, error: String(error) }, `no journal: ${advice}`);
    this.#warned = true;
  }

  #all(): Map<string, Note> {
    this.#notes ??= new Map(files(this.#directory).flatMap((file) => this.#load(file)));
    return this.#notes;
  }

  #load(file: string): Array<[string, Note]> {
    const path = join(this.#directory, file);
    try {
      const [first = "", answer] = readFileSync(path, "utf8").split("\n");
      const note = { ...(JSON.parse(first) as Note), ...answered(answer) };
      if (Date.now() - note.at < LIFETIME_MS) return [[file, note]];
    } catch {
      // Cut off while it was written: the request it was to go before was never sent.
    }
    rmSync(path, { force: true });
    return [];
  }
}

/** The id that an answer added; a line that was cut off says nothing. */
function answered(line: string | undefined): Pick<Note, "id"> {
  try {
    return line === undefined ? {} : (JSON.parse(line) as Pick<Note, "id">);
  } catch {
    return {};
  }
}

function files(directory: string): string[] {
  try {
    return readdirSync(directory).filter((file) => file.endsWith(".json"));
  } catch {
    return [];
  }
}

/** The journal of this process. */
export const journal = new Journal();
