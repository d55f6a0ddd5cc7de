/** The default display: a line when a resource starts and one when it is done; on a terminal the running ones live at the bottom. */
import type { Diagnostic, EngineEvent, Op, StepRecord } from "../deploy/step.ts";
import { STACK_TYPE } from "../state/resource.ts";
import { diffProps, type ObjectDiff } from "../values/diff.ts";
import { isInternalKey } from "../values/value.ts";
import { isShown, outputsText } from "./diff-view.ts";
import { inProgress, type Paint, pastTense, planned, signOf } from "./style.ts";
import { diagnosticsByResource, diagnosticText, heading, resourceSummary } from "./summary.ts";
import { translated } from "./translate.ts";

interface Row {
  step: StepRecord;
  startedAt: number;
  last: string;
}

export interface ProgressOptions {
  paint: Paint;
  write: (text: string) => void;
  /** Redraws the running resources in place. */
  terminal: boolean;
  suppressOutputs: boolean;
  showSames: boolean;
}

export class ProgressView {
  readonly #options: ProgressOptions;
  readonly #rows = new Map<string, Row>();
  readonly #diagnostics: Diagnostic[] = [];
  readonly #errored = new Set<string>();
  #preview = false;
  #stackUrn = "";
  #stack: StepRecord | undefined;
  #refreshed = false;
  #drawn = 0;
  #ticker: NodeJS.Timeout | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  handle(event: EngineEvent): void {
    switch (event.type) {
      case "start":
        this.#start(event);
        return;
      case "step-start":
        this.#started(event.step);
        return;
      case "step-end":
        this.#ended(event.step);
        return;
      case "step-failed":
        this.#errored.add(event.step.urn);
        this.#finish(event.step, this.#line(event.step, `**${inProgress(event.step.op)} failed**`));
        return;
      case "diagnostic":
        this.#diagnostic(event.diagnostic);
        return;
      case "end":
        this.#end(event);
        return;
      default:
        return;
    }
  }

  #start(event: Extract<EngineEvent, { type: "start" }>): void {
    this.#preview = event.preview;
    this.#stackUrn = `urn:pulumi:${event.stack}::${event.project}::${STACK_TYPE}::${event.project}-${event.stack}`;
    this.#options.write(`${heading(event, this.#options.paint)}\n`);
    if (!this.#options.terminal) return;
    this.#ticker = setInterval(() => this.#redraw(), 200);
    this.#ticker.unref();
  }

  #started(step: StepRecord): void {
    if (step.op === "refresh") this.#refreshed = true;
    if (step.type === STACK_TYPE) this.#stack = step;
    if (!isShownInProgress(step, this.#options.showSames)) return;
    const row: Row = { step, startedAt: Date.now(), last: "" };
    this.#rows.set(step.urn, row);
    const status = this.#preview && step.op !== "refresh" ? planned(step.op) : inProgress(step.op);
    const line = this.#line(step, status);
    if (this.#options.terminal) {
      this.#redraw();
      return;
    }
    const waits = !this.#preview && step.op !== "same";
    this.#print(row, waits ? line.replace(status, `${status} (0s)`) : line);
  }

  #ended(step: StepRecord): void {
    if (step.type === STACK_TYPE) this.#stack = step;
    if (!this.#rows.has(step.urn)) return;
    const row = this.#rows.get(step.urn)!;
    const seconds = ((Date.now() - row.startedAt) / 1000).toFixed(2).replace(/0$/, "");
    const done = this.#preview ? planned(step.op) : step.op === "same" ? "" : `${pastTense(step.op)} (${seconds}s)`;
    this.#finish(step, this.#line(step, done));
  }

  #finish(step: StepRecord, line: string): void {
    const row = this.#rows.get(step.urn) ?? { step, startedAt: 0, last: "" };
    this.#rows.delete(step.urn);
    this.#print(row, line);
  }

  #print(row: Row, line: string): void {
    if (line === row.last) return;
    row.last = line;
    this.#clear();
    this.#options.write(`${line}\n`);
    this.#draw();
  }

  #line(step: StepRecord, status: string): string {
    const info = shortDiff(step);
    const text = `${step.type} ${step.name} ${status}${info ? ` [${info}]` : ""}`.trimEnd();
    return ` ${this.#options.paint(step.op, signOf(step.op))} ${text}`;
  }

  #diagnostic(diagnostic: Diagnostic): void {
    this.#diagnostics.push(diagnostic);
    if (diagnostic.severity === "error") this.#errored.add(diagnostic.urn || this.#stackUrn);
    const urn = diagnostic.urn || this.#stackUrn;
    const type = urn.split("::")[2]?.split("$").at(-1);
    const first = diagnosticText(diagnostic, this.#options.paint).split("\n")[0];
    this.#clear();
    this.#options.write(`    ${type} ${urn.slice(urn.lastIndexOf("::") + 2)}  ${first}\n`);
    this.#draw();
  }

  #end(event: Extract<EngineEvent, { type: "end" }>): void {
    const { paint, write } = this.#options;
    clearInterval(this.#ticker);
    this.#clear();
    this.#rows.clear();
    const { summary } = event;
    if (this.#stack) write(`${this.#line(this.#stack, this.#stackStatus(summary.result)).replace(/ \[.*\]$/, "")}\n`);
    const said = diagnosticsByResource(this.#diagnostics, this.#stackUrn, paint);
    write(said);
    const outputs =
      this.#stack && !this.#options.suppressOutputs
        ? outputsText(this.#stack, { indent: 1, preview: this.#preview, refresh: this.#refreshed, paint })
        : "";
    if (outputs) write(`${paint("headline", "Outputs:")}\n${outputs}\n`);
    write(`${resourceSummary(summary, this.#errored.size, paint)}\n`);
  }

  #stackStatus(result: string): string {
    const op = this.#stack!.op;
    if (this.#preview) return planned(op === "refresh" ? "same" : op);
    if (result !== "succeeded") return "**failed**";
    return op === "same" || op === "refresh" ? "" : pastTense(op);
  }

  #redraw(): void {
    this.#clear();
    this.#draw();
  }

  #clear(): void {
    if (this.#drawn > 0) this.#options.write(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #draw(): void {
    if (!this.#options.terminal) return;
    const rows = [...this.#rows.values()].slice(-10);
    for (const { step, startedAt } of rows) {
      const status = this.#preview
        ? `${planned(step.op)}...`
        : `${inProgress(step.op)} (${Math.floor((Date.now() - startedAt) / 1000)}s)`;
      this.#options.write(`${this.#line(step, status)}\n`);
    }
    this.#drawn = rows.length;
  }
}

const PHYSICAL: Op[] = ["create-replacement", "delete-replaced"];
const isShownInProgress = (step: StepRecord, showSames: boolean): boolean =>
  step.type !== STACK_TYPE && (isShown(step, showSames) || PHYSICAL.includes(step.op));

/** `diff: ~rows,title`: the top-level keys that change. */
function shortDiff(step: StepRecord): string {
  if (!step.old || !step.new) return "";
  const diff =
    step.op === "same"
      ? undefined
      : step.detailedDiff
        ? translated(step)
        : diffProps(step.old.inputs, step.new.inputs, isInternalKey);
  const updates = [...(diff?.updates.keys() ?? [])];
  if (step.old.protect !== step.new.protect) updates.push("protect");
  const parts = diff || updates.length > 0 ? keysByKind(diff, updates, step.diffs) : "";
  return parts ? `diff: ${parts}` : "";
}

function keysByKind(diff: ObjectDiff | undefined, updates: string[], only: string[] | undefined): string {
  const named = (keys: string[]) =>
    (only && only.length > 0 ? keys.filter((key) => only.includes(key) || key === "protect") : keys).sort();
  const groups: Array<[string, string[]]> = [
    ["+", named([...(diff?.adds.keys() ?? [])])],
    ["-", named([...(diff?.deletes.keys() ?? [])])],
    ["~", named(updates)],
  ];
  return groups
    .filter(([, keys]) => keys.length > 0)
    .map(([sign, keys]) => sign + keys.join(","))
    .join("");
}
