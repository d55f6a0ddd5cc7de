/**
 * What a gate has begun and not yet proved: one that was killed, or that closed, goes on with exactly these flows when it is
 * run again. Kept with the provider's notes; it holds names only.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journalDirectory, keyOf } from "../../resources/journal.ts";

export interface Unproved {
  /** Flows that the gate let run; names of the resources. */
  opened: readonly string[];
  /** URNs of what was deployed: flows that stand on it are to be proved. */
  touched: readonly string[];
}

export class GateNote {
  readonly #folder = join(journalDirectory(), "gates");
  readonly #file: string;

  constructor(stack: string) {
    this.#file = join(this.#folder, `${keyOf("gate", stack)}.json`);
  }

  /** Empty when no gate was cut off or closed. */
  read(): Unproved {
    try {
      const { opened, touched } = JSON.parse(readFileSync(this.#file, "utf8")) as Record<keyof Unproved, unknown>;
      return { opened: texts(opened), touched: texts(touched) };
    } catch {
      return { opened: [], touched: [] };
    }
  }

  /** On the disk before what it says is done. */
  write(unproved: Unproved): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#file, JSON.stringify({ ...unproved, at: Date.now() }), { mode: 0o600, flush: true });
  }

  drop(): void {
    rmSync(this.#file, { force: true });
  }
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
