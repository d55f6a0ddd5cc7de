/** Finds the object of every planned resource, in the order in which they refer to each other. */
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { changesOf, type Kind, type Observed, observe } from "../../resources/kind.ts";
import { KINDS } from "../../resources/kinds.ts";
import { KIND_NAMES, type KindName } from "../../resources/pointer.ts";
import { isUnknown } from "../../resources/unknown.ts";
import { at, clean, isPlain, type Plain, project } from "../../resources/values.ts";
import type { Planned } from "./preview.ts";
import { mapAt, REFERENCES } from "./references.ts";
import { unmask } from "./secrets.ts";

/** An object found for a resource. */
export interface Adopted {
  urn: string;
  kind: KindName;
  id: string;
  /** As the state is to hold it: inputs as they are live, of what the program declares. */
  observed: Observed;
  /** Where it differs from the program, and what an apply would do about it. */
  differences: string[];
  /** Credentials that could not be filled in. */
  missingSecrets: string[];
}

export interface Outcome {
  adopted: Map<string, Adopted>;
  /** By URN: why there is no object for it. */
  missing: Map<string, { kind: KindName; why: string }>;
}

export interface AdoptOptions {
  /** A context for each sandbox. */
  connect: (sandbox: string) => Promise<Context>;
  /** Authentication parameters as the stack's files declare them. */
  declaredParams: (resource: string) => Plain;
  /** Ids chosen by hand, by `Kind/name` or URN. */
  chosen: ReadonlyMap<string, string>;
  /** Told before each object is looked for: how many were, and its name. */
  onProgress?: (done: number, name: string) => void;
}

interface Candidate {
  id: string;
  object: unknown;
}

export const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");

/** @throws AepError ADOPT_AMBIGUOUS with every resource that several objects could be, and those objects */
export async function adoptAll(planned: ReadonlyMap<string, Planned>, options: AdoptOptions): Promise<Outcome> {
  const outcome: Outcome = { adopted: new Map(), missing: new Map() };
  const ambiguous: string[] = [];
  const ordered = [...planned.values()].sort((a, b) => KIND_NAMES.indexOf(a.kind) - KIND_NAMES.indexOf(b.kind));
  for (const [index, one] of ordered.entries()) {
    options.onProgress?.(index, `${one.kind} ${nameOf(one.urn)}`);
    const inputs = resolve(one, outcome.adopted);
    const found = await candidates(one, inputs, options);
    const [only] = found;
    if (found.length > 1) ambiguous.push(ambiguity(one, found));
    else if (only) outcome.adopted.set(one.urn, adopted(one, inputs, only, options));
    else outcome.missing.set(one.urn, { kind: one.kind, why: whyMissing(KINDS[one.kind], inputs) });
  }
  if (ambiguous.length === 0) return outcome;
  throw new AepError("ADOPT_AMBIGUOUS", `several objects could be meant:\n${ambiguous.join("\n")}`);
}

/** The inputs with ids in place of references to objects that were found. */
function resolve({ kind, inputs, dependencies }: Planned, adopted: ReadonlyMap<string, Adopted>): Plain {
  let resolved = inputs;
  for (const [path, target] of Object.entries(REFERENCES[kind])) {
    const [key = ""] = path.split(".");
    const referred = (dependencies[key] ?? [])
      .flatMap((urn) => adopted.get(urn) ?? [])
      .filter((one) => one.kind === target);
    if (Array.isArray(inputs[key])) {
      const known = (inputs[key] as unknown[]).filter((value) => !isUnknown(value));
      const open = (inputs[key] as unknown[]).filter(isUnknown).slice(0, referred.length > 0 ? 0 : 1);
      resolved = { ...resolved, [key]: [...known, ...referred.map(({ id }) => id), ...open] };
      continue;
    }
    const [only] = referred;
    if (!only) continue;
    resolved = mapAt(resolved, path, (value) => (isUnknown(value) ? only.id : value));
    if (target === "MappingSet")
      resolved = mapAt(resolved, "mapping.version", (value) =>
        isUnknown(value) ? only.observed.outputs["version"] : value,
      );
  }
  return KINDS[kind].canonical?.(resolved) ?? resolved;
}

async function candidates(one: Planned, inputs: Plain, { connect, chosen }: AdoptOptions): Promise<Candidate[]> {
  const kind = KINDS[one.kind];
  const context = await connect(String(inputs["sandbox"]));
  const source = kind.source(context);
  const id = chosen.get(one.urn) ?? chosen.get(`${one.kind}/${nameOf(one.urn)}`) ?? idInput(inputs);
  if (id !== undefined) {
    const object = await source.get(id);
    if (object !== undefined) return [{ id, object }];
    throw new AepError("AEP_NOT_FOUND", `there is no ${one.kind} with the id ${id}`, { where: nameOf(one.urn) });
  }
  const found: Candidate[] = [];
  if (kind.naturalKey.some((path) => isUnknown(at(inputs, path)))) return found;
  for await (const object of kind.find(context, inputs)) found.push({ id: source.idOf(object), object });
  return found;
}

/** An `adopt` input that names an id. */
function idInput(inputs: Plain): string | undefined {
  const wanted = inputs["adopt"];
  return typeof wanted === "string" && wanted !== "by-name" ? wanted : undefined;
}

function adopted(one: Planned, inputs: Plain, { id, object }: Candidate, { declaredParams }: AdoptOptions): Adopted {
  const kind = KINDS[one.kind];
  const params = at(inputs, "auth.params");
  const opened = isPlain(params)
    ? unmask(params, declaredParams(nameOf(one.urn)), at(object, "auth.params"))
    : undefined;
  const declared = opened ? { ...inputs, auth: { ...(inputs["auth"] as Plain), params: opened.params } } : inputs;
  const { outputs } = observe(kind, object, { inputs: declared, outputs: {} });
  const observed = observe(kind, object, { inputs: declared, outputs });
  const live = clean(project(declared, observed.inputs, new Set(kind.whole)) as Plain);
  const differences = changesOf(kind, live, declared).map(({ path, mode }) => `${path} (${mode})`);
  const missingSecrets = (opened?.missing ?? []).map((key) => `auth.params.${key}`);
  return {
    urn: one.urn,
    kind: one.kind,
    id,
    observed: { ...observed, inputs: live, outputs },
    differences,
    missingSecrets,
  };
}

function ambiguity({ kind, urn, inputs }: Planned, found: readonly Candidate[]): string {
  const lines = found.map(({ id, object }) => {
    const created = KINDS[kind].view(object, { inputs, outputs: {} }).createdAt;
    const state = at(object, "state");
    const about = [created === undefined ? undefined : `created ${new Date(created).toISOString()}`, state].filter(
      Boolean,
    );
    return `    --id ${kind}/${nameOf(urn)}=${id}${about.length > 0 ? `  (${about.join(", ")})` : ""}`;
  });
  return [`  ${kind} ${nameOf(urn)}, ${keyText(KINDS[kind], inputs)}:`, ...lines].join("\n");
}

function whyMissing(kind: Kind, inputs: Plain): string {
  const open = kind.naturalKey.filter((path) => isUnknown(at(inputs, path)));
  if (open.length > 0) return `its ${open.join(" and ")} is not there yet`;
  return `nothing has ${keyText(kind, inputs)}`;
}

function keyText(kind: Kind, inputs: Plain): string {
  return kind.naturalKey.map((path) => `${path} ${JSON.stringify(at(inputs, path))}`).join(" and ");
}
