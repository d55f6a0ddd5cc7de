/** A preview's JSON, of either engine, in its two forms: one document (`preview --json`) or a stream of engine events. */
import { AepError } from "../../errors.ts";
import { KINDS } from "../../resources/kinds.ts";
import type { KindName } from "../../resources/pointer.ts";
import { isUnknown } from "../../resources/unknown.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import type { LooseObject } from "../graph/objects.ts";
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
  /** `Dataset loyalty-events`: where a value that is not known yet will come from. */
  from?: string;
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

/** A resource as the preview shows it, changed or not. Never printed: values may be long, and personal. */
export interface PlannedObject extends LooseObject {
  urn: string;
  /** `same` and `refresh` as well as what a step may be. */
  op: string;
  /** Inputs before; undefined for what is new. */
  before: Plain | undefined;
  /** Inputs after; undefined for what is deleted. */
  after: Plain | undefined;
  /** When the stack last wrote it, epoch milliseconds; undefined where the form does not say. */
  modified: number | undefined;
}

export interface Plan {
  /** Undefined for a plan without any resource. */
  stack: string | undefined;
  /** The stack's configuration by whole keys (`aep:pipelines`), values as text, secrets masked. */
  config: Plain;
  /** Resources with an id of their own; components and providers are nobody's data. */
  steps: PlannedStep[];
  /** Resources of this project's kinds that the preview shows. */
  objects: PlannedObject[];
  /** Existing objects that stay as they are. */
  unchanged: number;
}

/** A step in the words both forms share. */
interface RawStep {
  op: string;
  urn: string;
  custom: boolean;
  ids: string[];
  dependencies: Record<string, string[]>;
  modified: number | undefined;
  old: Plain | undefined;
  new: Plain | undefined;
  parent: string | undefined;
  replaceKeys: string[];
  detailed: Record<string, string>;
}

interface RawPlan {
  config: Plain;
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
  const { errors, ...plan } = readSteps(text, where);
  if (errors.length === 0) return plan;
  throw new AepError("PLAN_INVALID", `the preview failed: ${errors[0]?.trim()}`, {
    where,
    hint: "Mend what it names and run the preview again.",
  });
}

/**
 * The same of a preview or a refresh that may have failed in part, with what it complains of.
 * @throws AepError PLAN_INVALID when the text is neither
 */
export function readSteps(text: string, where: string): Plan & { errors: string[] } {
  const raw = parse(text, where);
  const steps = raw.steps.filter((step) => step.custom && SHOWN.has(step.op)).map(plannedStep);
  const stack = raw.steps.map(({ urn }) => urn.split(":")[2]).find((name) => name !== undefined && name !== "");
  const unchanged = unchangedOf(raw);
  return { stack, config: raw.config, steps, objects: objectsOf(raw.steps), unchanged, errors: raw.errors };
}

/** Halves of a replacement are the same resource as their whole. */
function objectsOf(steps: readonly RawStep[]): PlannedObject[] {
  const whole = steps.filter(({ op }) => SHOWN.has(op) || op === "same" || op === "refresh");
  const objects = whole.flatMap((step): PlannedObject[] => {
    const kind = kindOf(step.urn);
    if (!step.custom || !Object.hasOwn(KINDS, kind)) return [];
    const inputs = step.new ?? step.old ?? {};
    const { urn, op, ids, dependencies, modified } = step;
    return [
      {
        urn,
        op,
        kind: kind as KindName,
        name: nameOf(urn),
        inputs,
        ids,
        dependencies,
        before: step.old,
        after: step.new,
        modified,
      },
    ];
  });
  return [...new Map(objects.map((object) => [object.urn, object])).values()];
}

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

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
      ...linksOf(step["oldState"], step["newState"]),
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
  return {
    config: record(document["config"]),
    steps,
    summary: counts(document["changeSummary"]),
    errors: errors.map(({ message }) => String(message)),
  };
}

function fromEvents(events: Plain[]): RawPlan {
  const plan: RawPlan = { config: {}, steps: [], summary: {}, errors: [] };
  for (const event of events) {
    const prelude = record(event["preludeEvent"]);
    if (isPlain(prelude["config"])) plan.config = prelude["config"];
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
      ...linksOf(meta["old"], meta["new"]),
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
  if (!isPlain(state)) return undefined;
  const { __provider: _, ...inputs } = record(state["inputs"]);
  return inputs;
}

/** Ids a resource has or had, and on what its inputs depend: the newer state says it better. */
function linksOf(old: unknown, fresh: unknown): Pick<RawStep, "ids" | "dependencies" | "modified"> {
  const ids = [record(old)["id"], record(fresh)["id"]].flatMap((id) => text(id) ?? []);
  const said = record(record(fresh ?? old)["propertyDependencies"]);
  const modified = Date.parse(String(record(old)["modified"]));
  return {
    ids: [...new Set(ids)],
    modified: Number.isNaN(modified) ? undefined : modified,
    dependencies: Object.fromEntries(Object.entries(said).map(([path, urns]) => [path, list(urns).map(String)])),
  };
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
    name: nameOf(step.urn),
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
        ...sourceOf(step, keys, of(step.new)),
      };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The resource an unknown value comes from, where there is just one it can be. */
function sourceOf({ dependencies }: RawStep, keys: ReadonlyArray<string | number>, after: unknown): { from?: string } {
  const urns = isUnknown(after) ? (dependencies[String(keys[0])] ?? []) : [];
  return urns.length === 1 ? { from: `${kindOf(urns[0]!)} ${nameOf(urns[0]!)}` } : {};
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
