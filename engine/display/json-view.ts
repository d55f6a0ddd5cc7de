/** `--json`: a preview as one document, everything else as one event a line, both in the CLI's shape. */
import type { Diagnostic, EngineEvent, StepRecord } from "../deploy/step.ts";
import { serialize, serializeResource } from "../state/checkpoint.ts";
import type { ResourceState } from "../state/resource.ts";
import { STACK_TYPE } from "../state/resource.ts";
import { isObject, isSecret, type Props, type Value } from "../values/value.ts";
import { type Json, SECRET, SIGNATURE } from "../values/wire.ts";
import { isShown } from "./diff-view.ts";
import { noPaint } from "./style.ts";
import { diagnosticText } from "./summary.ts";

type JsonObject = { [key: string]: Json };

export class PreviewDigest {
  #config: Record<string, string> = {};
  readonly #steps = new Map<string, JsonObject>();
  readonly #started = new Map<string, string>();
  readonly #diagnostics: JsonObject[] = [];
  readonly #showSames: boolean;

  constructor(showSames: boolean) {
    this.#showSames = showSames;
  }

  handle(event: EngineEvent): void {
    if (event.type === "start") this.#config = event.config;
    else if (event.type === "diagnostic") this.#diagnose(event.diagnostic);
    else if (event.type === "step-start" && this.#isShown(event.step)) {
      this.#started.set(event.step.urn, event.step.op);
      this.#steps.set(`${event.step.urn} ${this.#steps.size}`, previewStep(event.step));
    } else if (event.type === "step-end") this.#ended(event.step);
  }

  #isShown(step: StepRecord): boolean {
    return step.type === STACK_TYPE || isShown(step, this.#showSames);
  }

  /** A refresh is known for what it is only when it is done. */
  #ended(step: StepRecord): void {
    const changed = (step.op === "update" && step.detailedDiff) || step.op === "delete";
    if (this.#started.get(step.urn) !== "refresh" || !changed) return;
    for (const [key, known] of this.#steps) if (known["urn"] === step.urn) this.#steps.set(key, previewStep(step));
  }

  #diagnose(diagnostic: Diagnostic): void {
    if (diagnostic.ephemeral) return;
    this.#diagnostics.push({
      ...(diagnostic.urn && { urn: diagnostic.urn }),
      message: `${diagnosticText(diagnostic, noPaint)}\n`,
      severity: diagnostic.severity,
    });
  }

  document(end: Extract<EngineEvent, { type: "end" }>): string {
    const { changes, durationSeconds } = end.summary;
    const document = {
      ...(Object.keys(this.#config).length > 0 && { config: this.#config }),
      ...(this.#steps.size > 0 && { steps: [...this.#steps.values()] }),
      ...(this.#diagnostics.length > 0 && { diagnostics: this.#diagnostics }),
      duration: Math.round(durationSeconds * 1e9),
      changeSummary: Object.fromEntries(Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    return `${htmlSafe(JSON.stringify(document, null, 4))}\n`;
  }
}

/** The CLI's documents can stand in a web page as they are. */
const htmlSafe = (json: string): string => json.replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);

function previewStep(step: StepRecord): JsonObject {
  return {
    op: step.op,
    urn: step.urn,
    ...(step.provider && { provider: step.provider }),
    ...(step.old && { oldState: serializeResource(step.old, "mask") }),
    ...(step.new && { newState: serializeResource(step.new, "mask") }),
    ...(step.diffs?.length && { diffReasons: step.diffs }),
    ...(step.keys?.length && { replaceReasons: step.keys }),
    detailedDiff: (step.detailedDiff ?? null) as Json,
  };
}

/** The event stream of an update. */
export class EventStream {
  #sequence = 0;

  /** The lines this event adds. */
  handle(event: EngineEvent): string {
    switch (event.type) {
      case "start":
        return this.#line({ preludeEvent: { config: event.config } });
      case "step-start":
        return this.#line({ resourcePreEvent: { metadata: metadata(event.step) } });
      case "step-end":
        return this.#line({ resOutputsEvent: { metadata: metadata(event.step) } });
      case "step-failed":
        return this.#line({ resOpFailedEvent: { metadata: metadata(event.step), status: 0, steps: 0 } });
      case "diagnostic":
        return this.#line({ diagnosticEvent: diagnosticEvent(event.diagnostic) });
      case "end":
        return this.#line({ summaryEvent: summaryEvent(event) }) + this.#line({ cancelEvent: {} });
      default:
        return "";
    }
  }

  #line(body: JsonObject): string {
    return `${JSON.stringify({ sequence: this.#sequence++, timestamp: Math.floor(Date.now() / 1000), ...body })}\n`;
  }
}

function diagnosticEvent(diagnostic: Diagnostic): JsonObject {
  const prefix = diagnostic.severity === "error" || diagnostic.severity === "warning" ? `${diagnostic.severity}: ` : "";
  return {
    ...(diagnostic.urn && { urn: diagnostic.urn }),
    ...(prefix && { prefix }),
    message: `${diagnostic.message}\n`,
    color: "never",
    severity: diagnostic.severity,
    ...(diagnostic.ephemeral && { ephemeral: true }),
  };
}

function summaryEvent(event: Extract<EngineEvent, { type: "end" }>): JsonObject {
  const { changes, durationSeconds, preview, result } = event.summary;
  return {
    maybeCorrupt: false,
    durationSeconds: Math.ceil(durationSeconds),
    resourceChanges: changes as JsonObject as Json,
    PolicyPacks: {},
    isPreview: preview,
    result: result === "succeeded" ? "succeeded" : "failed",
  };
}

function metadata(step: StepRecord): Json {
  const entries = Object.entries(step.detailedDiff ?? {}).map(([path, { kind, inputDiff }]) => [
    path,
    { diffKind: kind, inputDiff },
  ]);
  return {
    op: step.op,
    urn: step.urn,
    type: step.type,
    old: stateOf(step.old),
    new: stateOf(step.new),
    ...(step.keys?.length && { keys: step.keys }),
    ...(step.diffs?.length && { diffs: step.diffs }),
    detailedDiff: step.detailedDiff ? Object.fromEntries(entries) : null,
    ...(step.logical && { logical: true }),
    provider: step.provider,
  };
}

function stateOf(state: ResourceState | undefined): Json {
  if (!state) return null;
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom && { custom: true }),
    id: state.id,
    parent: state.parent,
    ...(state.protect && { protect: true }),
    inputs: blinded(state.inputs),
    outputs: blinded(state.outputs),
    provider: state.provider,
    ...(state.initErrors.length > 0 && { initErrors: state.initErrors }),
  };
}

/** In events a secret keeps its mark and loses its content. */
function blinded(value: Value): Json {
  if (isSecret(value)) return { [SIGNATURE]: SECRET, ciphertext: "[secret]" };
  if (Array.isArray(value)) return value.map(blinded);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value as Props).map(([key, item]) => [key, blinded(item)]));
  return serialize(value, "mask");
}
