/**
 * How far the sending of a file has come, on disk at every moment: a request is noted before it goes out and when it is
 * answered, each with one appended line. A process that is killed leaves the requests open that nobody knows about.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AepError } from "../../errors.ts";
import { writePrivate } from "../private-file.ts";

const FOLDER = join(".aep", "send");
/** Lines after which the file is written anew, shorter. */
const COMPACT_AFTER = 20_000;

export interface JournalHead {
  file: string;
  sha256: string;
  /** Ids of the flows, in the order of the file's deliveries. */
  flows: string[];
  total: number;
}

/** What is known of a sending. Deliveries are numbered from 0. */
interface State {
  pid: number;
  /** Deliveries before this one are all answered. */
  done: number;
  /** Answered ones beyond. */
  beyond: Set<number>;
  /** Sent and not answered. */
  open: Set<number>;
  taken: number;
  refused: number;
}

export class Journal {
  readonly path: string;
  readonly head: JournalHead;
  readonly #state: State;
  #lines = 0;

  /** `key` names file content and flows; equal ones are the same sending. */
  constructor(key: string, head: JournalHead, folder = FOLDER) {
    this.path = join(folder, `${key}.journal`);
    this.head = head;
    this.#state = existsSync(this.path) ? read(this.path) : fresh();
    this.#refuseWhileRunning();
  }

  get exists(): boolean {
    return existsSync(this.path);
  }
  get answered(): number {
    return this.#state.done + this.#state.beyond.size;
  }
  get complete(): boolean {
    return this.answered >= this.head.total;
  }
  /** Deliveries that were under way when an earlier process ended: they go out again, and may be there twice. */
  get open(): number {
    return this.#state.open.size;
  }
  get counts(): { taken: number; refused: number } {
    return { taken: this.#state.taken, refused: this.#state.refused };
  }

  has(index: number): boolean {
    return index < this.#state.done || this.#state.beyond.has(index);
  }

  /** Takes the sending over for this process; `anew` forgets what was sent. */
  begin(anew: boolean): void {
    if (anew) Object.assign(this.#state, fresh());
    this.#state.pid = process.pid;
    this.#compact();
  }

  sending(indexes: readonly number[]): void {
    for (const index of indexes) this.#state.open.add(index);
    this.#append(`b ${indexes.join(",")}`);
  }

  /** It is known that none of them went out. */
  withdraw(indexes: readonly number[]): void {
    for (const index of indexes) this.#state.open.delete(index);
    this.#append(`n ${indexes.join(",")}`);
  }

  answer(indexes: readonly number[], taken: number): void {
    apply(this.#state, `s ${indexes.join(",")} ${taken}`);
    this.#append(`s ${indexes.join(",")} ${taken}`);
  }

  /** The process is through with it, for now or for good. */
  end(): void {
    this.#state.pid = 0;
    this.#compact();
  }

  #append(line: string): void {
    // One write of one short line: it is there in full, or (when the machine fails) as a torn end that is passed over.
    appendFileSync(this.path, `${line}\n`, { mode: 0o600 });
    this.#lines += 1;
    if (this.#lines > COMPACT_AFTER) this.#compact();
  }

  #compact(): void {
    const { pid, done, beyond, open, taken, refused } = this.#state;
    const state = { version: 1, ...this.head, pid, done, beyond: [...beyond], open: [...open], taken, refused };
    writePrivate(this.path, `${JSON.stringify(state)}\n`);
    this.#lines = 0;
  }

  #refuseWhileRunning(): void {
    const { pid } = this.#state;
    if (pid === 0 || pid === process.pid || !runs(pid)) return;
    throw new AepError("SEND_RUNNING", `process ${pid} sends it to the same flows`, { where: this.head.file });
  }
}

const fresh = (): State => ({ pid: 0, done: 0, beyond: new Set(), open: new Set(), taken: 0, refused: 0 });

/** @throws AepError EVENT_FILE when the journal's first line cannot be read: nobody knows what was sent */
function read(path: string): State {
  const [first = "", ...lines] = readFileSync(path, "utf8").split("\n");
  let state: State;
  try {
    const { pid, done, beyond, open, taken, refused } = JSON.parse(first);
    state = { pid, done, beyond: new Set(beyond), open: new Set(open), taken, refused };
  } catch (cause) {
    throw new AepError("EVENT_FILE", "what was sent already cannot be read", {
      where: path,
      hint: "Remove the file to send everything anew.",
      cause,
    });
  }
  // Behind the last line's end stands nothing, or a line that was cut off.
  for (const line of lines.slice(0, -1)) apply(state, line);
  return state;
}

function apply(state: State, line: string): void {
  const found = /^([bns]) ([\d,]+)(?: (\d+))?$/.exec(line);
  if (!found || (found[1] === "s" && found[3] === undefined)) return;
  const indexes = (found[2] ?? "").split(",").map(Number);
  if (found[1] !== "s") {
    for (const index of indexes) found[1] === "b" ? state.open.add(index) : state.open.delete(index);
    return;
  }
  for (const index of indexes) {
    state.open.delete(index);
    state.beyond.add(index);
  }
  while (state.beyond.delete(state.done)) state.done += 1;
  state.taken += Number(found[3]);
  state.refused += indexes.length - Number(found[3]);
}

/** Whether the process still sends; where the system tells, a number that another program has now does not count. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const told = `/proc/${pid}/cmdline`;
    return !existsSync(told) || readFileSync(told, "utf8").split("\0").includes("send");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
