/** The demo's hands on the emulator: sends events as a source would, and looks into it through its control endpoints. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AepClient, createClient } from "../../aep/client.ts";
import { readSettings } from "../../aep/settings.ts";
import { sendEvent } from "../../aep/streaming.ts";
import type { Emulator } from "../../emulator/index.ts";

export interface LandedRow {
  flowId: string | null;
  row: Record<string, unknown>;
}
export interface FailedRecord {
  flowId: string;
  code: string;
  reason: string;
}

export class Lab {
  readonly #emulator: Emulator;
  readonly #events: string;
  readonly #sandbox: string;
  readonly #client: AepClient;

  constructor(emulator: Emulator, project: string, sandbox: string) {
    this.#emulator = emulator;
    this.#events = join(project, "events");
    this.#sandbox = sandbox;
    this.#client = createClient(readSettings(() => undefined, emulator.env));
  }

  /** One of the project's sample events. */
  sample(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.#events, `${name}.json`), "utf8"));
  }

  /** Posts raw data to a streaming inlet. 200 says that it was taken, not that it landed. */
  async send(inletUrl: string, flowId: string, event: unknown): Promise<void> {
    await sendEvent(this.#client, inletUrl, event, { flowId });
  }

  /** Puts events where the scheduled flows will find them. */
  async publish(...events: unknown[]): Promise<void> {
    await this.#control("POST", "/capillary/events", events);
  }

  /** Moves the emulator's clock and waits until everything due has run and landed. */
  async advance(minutes: number): Promise<void> {
    await this.#control("POST", "/clock", { advanceMs: minutes * 60_000 });
    await this.#control("POST", "/settle");
  }

  async rows(datasetId: string): Promise<LandedRow[]> {
    const { rows } = await this.#control("GET", `/sandboxes/${this.#sandbox}/datasets/${datasetId}/rows`);
    return rows as LandedRow[];
  }

  async failed(): Promise<FailedRecord[]> {
    const { failed } = await this.#control("GET", `/sandboxes/${this.#sandbox}/failed`);
    return failed as FailedRecord[];
  }

  /** How many objects of each kind the sandbox holds. */
  async state(): Promise<Record<string, number>> {
    return (await this.#control("GET", `/sandboxes/${this.#sandbox}/state`)) as Record<string, number>;
  }

  /** What somebody does in Adobe's UI behind the program's back: one row of a mapping set gets another source. */
  async editMappingRow(mappingSetId: string, destination: string, source: string): Promise<void> {
    const path = `/sandboxes/${this.#sandbox}/objects/mappingSets/${mappingSetId}`;
    const { mappings } = (await this.#control("GET", path)) as { mappings: Array<Record<string, unknown>> };
    const edited = mappings.map((row) =>
      row["destination"] === destination ? { ...row, source, sourceAttribute: source } : row,
    );
    await this.#control("PATCH", path, { mappings: edited });
  }

  /** API calls made so far, the control endpoints' own not counted. */
  get calls(): number {
    return this.#emulator.world.calls.length;
  }

  async #control(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.#emulator.url}/__emulator${path}`, {
      method,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }
}
