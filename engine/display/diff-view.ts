/** `--diff`: every step with what it changes, as it comes. */
import type { EngineEvent, Op, StepRecord } from "../deploy/step.ts";
import { STACK_TYPE } from "../state/resource.ts";
import { byCodePoint, diffKeys, diffProps, diffValue } from "../values/diff.ts";
import { isInternalKey, isUnknown, type Props, type Value } from "../values/value.ts";
import { PropertyPrinter, worthShowing } from "./printer.ts";
import { type Paint, signOf } from "./style.ts";
import { translated } from "./translate.ts";

const isStack = (step: StepRecord): boolean => step.type === STACK_TYPE;

/** Unchanged resources are left out unless they are asked for, and so are the physical halves of a replacement. */
export function isShown(step: StepRecord, showSames: boolean): boolean {
  if (step.op === "same") return showSames || step.old?.protect !== step.new?.protect;
  return step.logical || !["create-replacement", "delete-replaced", "remove-pending-replace"].includes(step.op);
}

export class DiffView {
  readonly #paint: Paint;
  readonly #seen = new Map<string, StepRecord>();
  readonly #anyOutputs: boolean;
  readonly #showSames: boolean;
  #preview = false;

  constructor(paint: Paint, options: { suppressOutputs: boolean; showSames: boolean }) {
    this.#paint = paint;
    this.#anyOutputs = !options.suppressOutputs;
    this.#showSames = options.showSames;
  }

  /** What the event adds to the output. */
  render(event: EngineEvent): string {
    switch (event.type) {
      case "start":
        this.#preview = event.preview;
        return "";
      case "step-start":
        return this.#started(event.step);
      case "step-end":
        return this.#ended(event.step);
      default:
        return "";
    }
  }

  #started(step: StepRecord): string {
    this.#seen.set(step.urn, step);
    if (step.op === "refresh" || step.op === "import") return "";
    return this.#isShown(step) ? this.#whole(step) : "";
  }

  #ended(step: StepRecord): string {
    if (!this.#isShown(step)) return "";
    const refresh = this.#seen.get(step.urn)?.op === "refresh";
    if (step.op === "import" || (refresh && step.op === "update")) return this.#whole(step);
    const indent = this.#indent(step);
    const outputs = this.#anyOutputs
      ? outputsText(step, { indent: indent + 1, refresh, preview: this.#preview, paint: this.#paint })
      : "";
    const summary =
      refresh && (step.op !== "refresh" || outputs !== "" || isStack(step)) ? this.#summary(step, indent) : "";
    if (outputs === "") return summary;
    return `${summary}${this.#paint(step.op, `${"    ".repeat(indent + 1)}--outputs:--`)}\n${outputs}`;
  }

  #isShown(step: StepRecord): boolean {
    return isStack(step) || isShown(step, this.#showSames);
  }

  #whole(step: StepRecord): string {
    const indent = this.#indent(step);
    return this.#summary(step, indent) + (step.op === "same" ? "" : this.#details(step, indent + 1));
  }

  #indent(step: StepRecord): number {
    let indent = 0;
    let parent = (step.new ?? step.old)!.parent;
    while (parent !== "") {
      const above = this.#seen.get(parent);
      if (!above) break;
      if (this.#isShown(above)) indent++;
      parent = (above.new ?? above.old)!.parent;
    }
    return indent;
  }

  #summary(step: StepRecord, indent: number): string {
    const wasProtected = step.old?.protect ?? false;
    const willBe = step.new?.protect ?? wasProtected;
    const lock = wasProtected && !willBe ? " 🔓" : willBe ? " 🔒" : "";
    const discards: Op[] = ["delete", "replace", "create-replacement", "delete-replaced"];
    const retain = step.old?.retainOnDelete && discards.includes(step.op) ? "[retain]" : "";
    const quiet: Op = ["create", "delete", "delete-replaced"].includes(step.op) ? step.op : "same";
    const pad = "    ".repeat(indent);
    const lines = [pad + this.#paint(step.op, `${signOf(step.op)}${step.type}: (${step.op}${retain})${lock}`)];
    if (step.old?.id) lines.push(this.#paint(quiet, `${pad}    [id=${step.old.id}]`));
    lines.push(this.#paint(quiet, `${pad}    [urn=${step.urn}]`));
    return `${lines.join("\n")}\n`;
  }

  #details(step: StepRecord, indent: number): string {
    const printer = new PropertyPrinter({ paint: this.#paint });
    const { old, new: now } = step;
    if (step.detailedDiff && old && now) {
      const diff = translated(step);
      if (diff) printer.diff(diff, indent);
      else printer.object(old.inputs, { indent, op: "same", signed: true });
    } else if (!old && now) {
      const filled = Object.keys(now.outputs).length > 0 ? now.outputs : now.inputs;
      printer.object(filled, { indent, op: step.op, signed: false });
    } else if (old && !now) printer.object(old.inputs, { indent, op: step.op, signed: false });
    else if (old && now) this.#oldToNew(printer, step, indent);
    return printer.text;
  }

  #oldToNew(printer: PropertyPrinter, step: StepRecord, indent: number): void {
    const byOutputs = Object.keys(step.new!.outputs).length > 0 && step.op !== "import";
    const [before, after] = byOutputs ? [step.old!.outputs, step.new!.outputs] : [step.old!.inputs, step.new!.inputs];
    const diff = diffProps(before, after, isInternalKey);
    if (diff) printer.diff(diff, indent, byOutputs ? undefined : step.diffs);
    else printer.object(after, { indent, op: "same", signed: true });
  }
}

export interface OutputsOptions {
  indent: number;
  preview: boolean;
  /** The step began as a refresh. */
  refresh: boolean;
  paint: Paint;
}

/** The outputs that say something the inputs do not, or that changed; after a real run the stack's are always shown. */
export function outputsText(step: StepRecord, options: OutputsOptions): string {
  const { indent, preview, refresh, paint } = options;
  const showSames = !preview && isStack(step);
  if (preview && !refresh && step.op !== "import" && !isStack(step)) return "";
  if (step.old && step.old.initErrors.length > 0) return "";
  const outs: Props = step.new?.outputs ?? {};
  const ins: Props = step.new?.inputs ?? {};
  const diff = step.old ? diffProps(step.old.outputs, outs, isInternalKey) : undefined;
  if (preview && isStack(step)) forgetUnknown(diff?.updates);
  if (step.old && !diff && !showSames) return "";
  const keys = diff ? diffKeys(diff) : Object.keys(outs).sort(byCodePoint);
  const width = Math.max(0, ...keys.map((key) => Buffer.byteLength(key)));
  const printer = new PropertyPrinter({ paint });
  for (const key of keys) {
    const out = outs[key];
    if (!diff && (isInternalKey(key) || !worthShowing(out))) continue;
    if (!refresh && key in ins && out !== undefined && !diffValue(out, ins[key]!, isInternalKey)) continue;
    if (diff?.sames.has(key) && !showSames) continue;
    if (diff) printer.propertyDiff(key, width, diff, { indent, op: step.op, signed: true });
    else printer.property(key, out!, width, { indent, op: step.op, signed: false });
  }
  return printer.text;
}

/** What a preview cannot know of the stack's outputs is no change of them. */
function forgetUnknown(updates: Map<string, { new: Value | undefined }> | undefined): void {
  for (const [key, update] of updates ?? []) if (isUnknown(update.new)) updates!.delete(key);
}
