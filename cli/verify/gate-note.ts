/**
 * What a gate has let run and not yet proved: a run that was killed then goes on with exactly these flows, and switches
 * them off when they fail. Kept with the provider's notes; it holds names only.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { journalDirectory, keyOf } from "../../resources/journal.ts";

export class GateNote {
  readonly #folder = join(journalDirectory(), "gates");
  readonly #file: string;

  constructor(stack: string) {
    this.#file = join(this.#folder, `${keyOf("gate", stack)}.json`);
  }

  /** Names of flows that run unproved; none when no gate was cut off. */
  read(): string[] {
    try {
      const { flows } = JSON.parse(readFileSync(this.#file, "utf8")) as { flows?: unknown };
      return Array.isArray(flows) ? flows.map(String) : [];
    } catch {
      return [];
    }
  }

  /** On the disk before the flows are switched on. */
  write(flows: readonly string[]): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#file, JSON.stringify({ flows, at: Date.now() }), { mode: 0o600, flush: true });
  }

  drop(): void {
    rmSync(this.#file, { force: true });
  }
}
