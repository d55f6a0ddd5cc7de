/**
 * Progress of anything that takes longer than a second: on standard error, so that results can be piped. One line that is
 * redrawn on a terminal; without one a plain line now and then; nothing when asked to be quiet.
 */
import type { Command } from "commander";

/** Lines without a terminal are at least so far apart, in milliseconds. */
const PLAIN_EVERY = 5_000;
const DRAWN_EVERY = 100;
/** Work that ends sooner shows nothing at all. */
const FIRST_AFTER = 1_000;

export interface ProgressOptions {
  /** Nothing is shown. */
  quiet?: boolean | undefined;
  /** Units that there are in all, when it is known: then a share and the time left are shown. */
  total?: number | undefined;
  /** What is counted: "events". */
  unit?: string;
  out?: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  now?: () => number;
}

export class Progress {
  readonly #title: string;
  readonly #options: ProgressOptions;
  readonly #out: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly #now: () => number;
  readonly #started: number;
  #drawn = Number.NEGATIVE_INFINITY;
  #shown = false;
  #done = 0;
  #step = "";

  constructor(title: string, options: ProgressOptions = {}) {
    this.#title = title;
    this.#options = options;
    this.#out = options.out ?? process.stderr;
    this.#now = options.now ?? Date.now;
    this.#started = this.#now();
  }

  /** `done`: units so far; `step`: what is being done now. */
  update(done: number, step = ""): void {
    this.#done = done;
    this.#step = step;
    const now = this.#now();
    const every = this.#out.isTTY ? DRAWN_EVERY : PLAIN_EVERY;
    if (this.#options.quiet || now - this.#started < FIRST_AFTER || now - this.#drawn < every) return;
    this.#drawn = now;
    this.#draw();
  }

  /** Shows `step` for as long as the work takes, which cannot say itself how far it is. */
  async during<T>(step: string, work: () => Promise<T>, done = this.#done): Promise<T> {
    const ticking = setInterval(() => this.update(done, step), DRAWN_EVERY);
    try {
      return await work();
    } finally {
      clearInterval(ticking);
    }
  }

  /** Clears the line on a terminal; what follows is the result. */
  end(): void {
    if (this.#shown && this.#out.isTTY) this.#out.write("\r\u001b[K");
    this.#shown = false;
  }

  #draw(): void {
    this.#shown = true;
    const line = this.line();
    if (this.#out.isTTY) this.#out.write(`\r\u001b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
    else this.#out.write(`${line}\n`);
  }

  /** `send: 120 of 400 events (30%), 60/s, 5 s left: transactionAdded` */
  line(): string {
    const { total, unit = "steps" } = this.#options;
    const seconds = Math.max((this.#now() - this.#started) / 1000, 0.001);
    const rate = this.#done / seconds;
    const parts = [
      total === undefined
        ? `${this.#done} ${unit}`
        : `${this.#done} of ${total} ${unit}${total > 0 ? ` (${Math.floor((100 * this.#done) / total)}%)` : ""}`,
    ];
    if (this.#done > 0) parts.push(rate >= 1 ? `${Math.round(rate)}/s` : `${duration(seconds / this.#done)} each`);
    if (total !== undefined && this.#done > 0) parts.push(`${duration((total - this.#done) / rate)} left`);
    return `${this.#title}: ${parts.join(", ")}${this.#step === "" ? "" : `: ${this.#step}`}`;
  }
}

/** `8 s`, `3 min 20 s`, `2 h 5 min` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `--quiet`, worded alike everywhere. */
export const withQuiet = (command: Command): Command =>
  command.option("-q, --quiet", "show no progress, only the result");
