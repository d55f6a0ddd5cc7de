/** A preview's JSON, of either engine, in its two forms: one document (`preview --json`) or a stream of engine events. */
import { AepError } from "../../errors.ts";
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { parsePath, valueAt } from "./path.ts";

/** What happens to a resource. The halves of a replacement are left out: `replace` stands for both. */
export type PlannedOp = "create" | "update" | "replace" | "delete" | "import" | "read";

export interface PlannedChange {
  /** `rows["_acme.points"].source` */
  path: string;
  kind: "add" | "update" | "delete";
  /** Whether this is what forces the replacement. */
  replaces: boolean;
  before: unknown;
  after: unknown;
}

export interface PlannedStep {
  op: PlannedOp;
  urn: string;
  name: string;
  /** `Dataset`, or the whole type token of a resource that is not one of this project's kinds. */
  kind: string;
  /** Name or title in AEP, where the resource has one. */
  label: string | undefined;
  changes: PlannedChange[];
}

export interface Plan {
  /** Resources with an id of their own; components and providers are nobody's data. */
  steps: PlannedStep[];
  /** Existing objects that stay as they are. */
  unchanged: number;
}

/** A step in the words both forms share. */
interface RawStep {
  op: string;
  urn: string;
  custom: boolean;
  old: Plain | undefined;
  new: Plain | undefined;
  parent: string | undefined;
  replaceKeys: string[];
  detailed: Record<string, string>;
}

interface RawPlan {
  steps: RawStep[];
  /** Counts by operation, also of what the form leaves out. */
  summary: Record<string, number>;
  errors: string[];
}

const SHOWN = new Set(["create", "update", "replace", "delete", "import", "read"]);

/**
 * @throws AepError PLAN_INVALID when the text is no preview, or the preview failed: half a plan must not pass for a whole one
 */
export function readPlan(text: string, where: string): Plan {
  const raw = parse(text, where);
  if (raw.errors.length > 0) {
    throw new AepError("PLAN_INVALID", `the preview failed: ${raw.errors[0]?.trim()}`, {
      where,
      hint: "Mend what it names and run the preview again.",
    });
  }
  const steps = raw.steps.filter((step) => step.custom && SHOWN.has(step.op)).map(plannedStep);
  return { steps, unchanged: unchangedOf(raw) };
}

function parse(text: string, where: string): RawPlan {
  const start = text.indexOf("{");
  try {
    const lines = text.slice(start).trim().split("\n");
    const first: unknown = start < 0 ? undefined : tryParse(lines[0] ?? "");
    if (isPlain(first) && "sequence" in first) return fromEvents(lines.map((line) => JSON.parse(line) as Plain));
    const document: unknown = start < 0 ? undefined : JSON.parse(text.slice(start));
    if (isPlain(document) && isPlain(document["changeSummary"])) return fromDocument(document);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw new AepError("PLAN_INVALID", "this is not what a preview with --json writes", {
    where,
    hint: "Write it with `pulumi preview --json > plan.json` (or `aep pulumi preview --json`).",
  });
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const record = (value: unknown): Plain => (isPlain(value) ? value : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function fromDocument(document: Plain): RawPlan {
  const steps = list(document["steps"]).map((item): RawStep => {
    const step = record(item);
    const state = record(step["newState"] ?? step["oldState"]);
    return {
      op: String(step["op"]),
      urn: String(step["urn"]),
      custom: state["custom"] === true,
      old: inputsOf(step["oldState"]),
      new: inputsOf(step["newState"]),
      parent: text(state["parent"]),
      replaceKeys: list(step["replaceReasons"]).map(String),
      detailed: kindsOf(step["detailedDiff"], "kind"),
    };
  });
  const errors = list(document["diagnostics"])
    .map(record)
    .filter(({ severity }) => severity === "error");
  return { steps, summary: counts(document["changeSummary"]), errors: errors.map(({ message }) => String(message)) };
}

function fromEvents(events: Plain[]): RawPlan {
  const plan: RawPlan = { steps: [], summary: {}, errors: [] };
  for (const event of events) {
    const diagnostic = record(event["diagnosticEvent"]);
    if (diagnostic["severity"] === "error") plan.errors.push(String(diagnostic["message"]));
    const summary = record(event["summaryEvent"]);
    if (isPlain(summary["resourceChanges"])) plan.summary = counts(summary["resourceChanges"]);
    if (summary["result"] === "failed" && plan.errors.length === 0) plan.errors.push("its events say so");
    const meta = record(record(event["resourcePreEvent"])["metadata"]);
    if (meta["op"] === undefined) continue;
    const state = record(meta["new"] ?? meta["old"]);
    plan.steps.push({
      op: String(meta["op"]),
      urn: String(meta["urn"]),
      custom: state["custom"] === true,
      old: inputsOf(meta["old"]),
      new: inputsOf(meta["new"]),
      parent: text(state["parent"]),
      replaceKeys: list(meta["keys"]).map(String),
      detailed: kindsOf(meta["detailedDiff"], "diffKind"),
    });
  }
  if (Object.keys(plan.summary).length === 0 && plan.errors.length === 0) plan.errors.push("its events end too early");
  return plan;
}

function inputsOf(state: unknown): Plain | undefined {
  return isPlain(state) ? record(state["inputs"]) : undefined;
}

function kindsOf(detailed: unknown, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record(detailed)).map(([path, diff]) => [path, String(record(diff)[key])]));
}

function counts(value: unknown): Record<string, number> {
  return Object.fromEntries(Object.entries(record(value)).map(([op, count]) => [op, Number(count)]));
}

function plannedStep(step: RawStep): PlannedStep {
  const kind = kindOf(step.urn);
  const inputs = step.new ?? step.old ?? {};
  return {
    op: step.op as PlannedOp,
    urn: step.urn,
    name: step.urn.split("::").slice(3).join("::"),
    kind,
    label: text((step.old ?? inputs)["name"]) ?? text((step.old ?? inputs)["title"]),
    changes: step.op === "update" || step.op === "replace" ? changesOf(step, kind) : [],
  };
}

/** `Dataset` of `...$pulumi-nodejs:dynamic/aep:Dataset::name`. */
function kindOf(urn: string): string {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  return /^pulumi-nodejs:dynamic\/aep:(\w+)$/.exec(type)?.[1] ?? type;
}

function changesOf(step: RawStep, kind: string): PlannedChange[] {
  const secrets = Object.hasOwn(KINDS, kind) ? (KINDS[kind as KindName].secrets ?? []) : [];
  return Object.entries(step.detailed)
    .map(([path, diff]): PlannedChange => {
      const keys = parsePath(path);
      const hidden = secrets.some((secret) => keys.join(".").startsWith(secret));
      const of = (inputs: Plain | undefined) => (hidden ? "[secret]" : valueAt(inputs, keys));
      const change = diff.replace("-replace", "") as PlannedChange["kind"];
      return {
        path,
        kind: change,
        replaces: diff.endsWith("-replace") || (step.op === "replace" && step.replaceKeys.includes(String(keys[0]))),
        before: change === "add" ? undefined : of(step.old),
        after: change === "delete" ? undefined : of(step.new),
      };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Objects that stay: those shown as `same`, and those the document only counts. The count also holds the stack and the
 * components, as far as they do not show; their URNs are known from what stands below them.
 */
function unchangedOf(raw: RawPlan): number {
  const same = raw.steps.filter(({ op }) => op === "same");
  const shown = new Set(raw.steps.map(({ urn }) => urn));
  const parents = new Set(
    raw.steps.flatMap(({ parent }) => (parent !== undefined && !shown.has(parent) ? [parent] : [])),
  );
  const hidden = (raw.summary["same"] ?? 0) - new Set(same.map(({ urn }) => urn)).size - parents.size;
  return same.filter(({ custom }) => custom).length + Math.max(0, hidden);
}
