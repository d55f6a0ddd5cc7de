/** How the demo talks: numbered steps, indented detail, small tables, one verdict line. Plain text; colour only on a terminal that wants it. */

export interface StepRecord {
  n: number;
  title: string;
  ok: boolean;
  ms: number;
  /** What the step counted or saw: operations of a deployment, API calls, rows. */
  facts: Record<string, unknown>;
}

export class Narrator {
  readonly steps: StepRecord[] = [];
  readonly #out: NodeJS.WritableStream;
  readonly #color: boolean;

  constructor(out: NodeJS.WritableStream & { isTTY?: boolean }) {
    this.#out = out;
    this.#color = out.isTTY === true && !process.env["NO_COLOR"];
  }

  line(text = ""): void {
    this.#out.write(`${text}\n`);
  }

  /** Several lines, indented under the step. */
  detail(text: string): void {
    for (const line of text.replace(/\n+$/, "").split("\n")) this.line(line === "" ? "" : `    ${line}`);
  }

  /** Runs one step, times it, records what it returns, and stops the demo at the first failure. */
  async step(title: string, body: () => Promise<Record<string, unknown>>): Promise<void> {
    const n = this.steps.length + 1;
    this.line();
    this.line(this.#bold(`${n}. ${title}`));
    const started = performance.now();
    try {
      const facts = await body();
      this.steps.push({ n, title, ok: true, ms: Math.round(performance.now() - started), facts });
    } catch (error) {
      this.steps.push({ n, title, ok: false, ms: Math.round(performance.now() - started), facts: {} });
      throw new StepFailed(n, title, error);
    }
  }

  table(header: string[], rows: string[][]): void {
    const widths = header.map((cell, i) => Math.max(cell.length, ...rows.map((row) => (row[i] ?? "").length)));
    const print = (cells: string[]) =>
      this.detail(
        cells
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd(),
      );
    print(header);
    print(widths.map((width) => "-".repeat(width)));
    for (const row of rows) print(row);
  }

  #bold(text: string): string {
    return this.#color ? `\u001b[1m${text}\u001b[0m` : text;
  }
}

/** A failed step names itself; the cause is what went wrong. */
export class StepFailed extends Error {
  constructor(n: number, title: string, cause: unknown) {
    super(`step ${n} (${title}) failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "StepFailed";
  }
}

/** The demo's assertions: a step that did not see what it promises fails with this text. */
export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`expected ${what}`);
}
