/** Sends the events of one phase to the display the flags ask for. */
import type { Flags } from "../commands/args.ts";
import type { Diagnostic, EngineEvent, OperationKind } from "../deploy/step.ts";
import { DiffView } from "./diff-view.ts";
import { EventStream, PreviewDigest } from "./json-view.ts";
import { ProgressView } from "./progress-view.ts";
import { type ColorMode, type Paint, paintFor } from "./style.ts";
import { diagnosticText, heading, resourceSummary } from "./summary.ts";

export interface DisplayTarget {
  stdout: { write(text: string): unknown; isTTY?: boolean | undefined };
  stderr: { write(text: string): unknown };
  env: NodeJS.ProcessEnv;
}

export class Display {
  readonly #target: DisplayTarget;
  readonly #paint: Paint;
  readonly #handle: (event: EngineEvent) => void;

  constructor(target: DisplayTarget, flags: Flags, preview: boolean, kind: OperationKind) {
    this.#target = target;
    const terminal = target.stdout.isTTY === true && !flags["non-interactive"];
    this.#paint = paintFor(((flags["color"] as ColorMode | undefined) ?? "auto") as ColorMode, target.env, terminal);
    const shown = { suppressOutputs: flags["suppress-outputs"] === true, showSames: flags["show-sames"] === true };
    if (flags["json"]) this.#handle = preview && kind !== "import" ? this.#digest(shown.showSames) : this.#stream();
    else if (flags["diff"]) this.#handle = this.#diff(shown);
    else {
      const view = new ProgressView({
        paint: this.#paint,
        write: (text) => target.stdout.write(text),
        terminal,
        ...shown,
      });
      this.#handle = (event) => view.handle(event);
    }
  }

  handle(event: EngineEvent): void {
    this.#handle(event);
  }

  error(message: string): void {
    this.#target.stderr.write(`${this.#paint("error", "error:")} ${message}\n`);
  }

  #digest(showSames: boolean): (event: EngineEvent) => void {
    const digest = new PreviewDigest(showSames);
    return (event) => {
      digest.handle(event);
      if (event.type === "end") this.#target.stdout.write(digest.document(event));
    };
  }

  #stream(): (event: EngineEvent) => void {
    const stream = new EventStream();
    return (event) => this.#target.stdout.write(stream.handle(event));
  }

  #diff(shown: { suppressOutputs: boolean; showSames: boolean }): (event: EngineEvent) => void {
    const view = new DiffView(this.#paint, shown);
    const errored = new Set<string>();
    const { stdout, stderr } = this.#target;
    return (event) => {
      if (event.type === "start") stdout.write(heading(event, this.#paint));
      stdout.write(view.render(event));
      if (event.type === "diagnostic") stderr.write(this.#diagnosticLine(event.diagnostic, errored));
      if (event.type === "end") stdout.write(resourceSummary(event.summary, errored.size, this.#paint));
    };
  }

  #diagnosticLine(diagnostic: Diagnostic, errored: Set<string>): string {
    if (diagnostic.severity === "error") errored.add(diagnostic.urn);
    return `${diagnosticText(diagnostic, this.#paint)}\n`;
  }
}
