/** What belongs to one sandbox and is never promoted, and the names that stand for the same thing in each. */
import { isPlain, type Plain } from "../../resources/values.ts";

/** Keys of a stack file that say which sandbox it is and how it is guarded. */
export const OWN_KEYS: Record<string, string> = {
  orgId: "which organisation",
  sandbox: "which sandbox",
  tenantId: "the tenant's id",
  endpoint: "where the APIs are",
  imsEndpoint: "where the APIs are",
  streamingEndpoint: "where the APIs are",
  clientId: "credentials",
  clientSecret: "credentials",
  scopes: "credentials",
  protect: "how the sandbox is guarded",
  allowDestroy: "how the sandbox is guarded",
  standardFields: "what this sandbox has",
};

/** Places below pipelines and resources that stay as they are where the target has them. `*` stands for any one step. */
const OWN_PATHS: ReadonlyArray<readonly string[]> = [
  ["*", "source", "auth", "params", "*"],
  ["*", "flows", "*", "schedule", "start"],
  ["*", "flows", "*", "dataset", "protect"],
  ["*", "inputs", "auth", "params", "*"],
  ["*", "inputs", "sandbox"],
  ["*", "inputs", "schedule", "startTime"],
  ["*", "protect"],
];

/** Keys under which a sandbox's or tenant's name may stand in a text; a word such as a mode is never one. */
const NAMING = new Set([
  "name",
  "title",
  "description",
  "schema",
  "mapping",
  "file",
  "resources",
  "property",
  "sourceId",
]);
const IDS = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,64})\b/g;
/** Specs are the organisation's, the same in every sandbox. */
const SPECS = new Set(["connectionSpec", "flowSpec"]);

export function isOwn(path: readonly string[]): boolean {
  return OWN_PATHS.some(
    (own) => own.length === path.length && own.every((step, index) => step === "*" || step === path[index]),
  );
}

/** Whether a path holds one authentication parameter: a secret, or what goes with it. */
export const isCredential = (path: readonly string[]): boolean => path.at(-2) === "params" && path.at(-3) === "auth";

/** The names of one side. */
export interface Side {
  stack: string;
  sandbox: string | undefined;
  tenant: string | undefined;
  /** The other side, whose names may stand on this one too: what is called after `stage` in `dev` is so in `stage`. */
  other?: Side;
}

export function sideOf(stack: string, config: Plain): Side {
  const text = (key: string) => {
    const value = config[key];
    return typeof value === "string" && /^[\w-]+$/.test(value) ? value : undefined;
  };
  return { stack, sandbox: text("aep:sandbox"), tenant: text("aep:tenantId") };
}

/** Tokens in the order they are looked for; a tenant's name comes before a sandbox of the same name. */
function tokens({ other, ...own }: Side): Array<readonly [RegExp, string]> {
  const sides: Side[] = other ? [own, other] : [own];
  const word = (name: string) => new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`, "g");
  const of = (name: "tenant" | "sandbox" | "stack") =>
    sides.flatMap((side) => (side[name] === undefined ? [] : [[word(side[name]), `{${name}}`] as const]));
  return [...of("tenant"), ...of("sandbox"), ...of("stack")];
}

/** A text without what is only one side's: `Loyalty dev` and `Loyalty stage` are the same. */
export function factored(text: string, side: Side, path: readonly string[], ids = false): string {
  const named = mayName(path, ids)
    ? tokens(side).reduce((sum, [pattern, token]) => sum.replaceAll(pattern, token), text)
    : text;
  return ids && !path.some((step) => SPECS.has(step)) ? named.replaceAll(IDS, "{id}") : named;
}

/** The text as the other side would write it; an id of one sandbox is a blank to fill in. */
export function translated(text: string, from: Side, to: Side, path: readonly string[], ids = false): string {
  const common = factored(text, from, path, ids);
  return common
    .replaceAll("{tenant}", (token) => (text.includes(token) ? token : (to.tenant ?? from.tenant ?? token)))
    .replaceAll("{sandbox}", to.sandbox ?? from.sandbox ?? "{sandbox}")
    .replaceAll("{stack}", to.stack)
    .replaceAll("{id}", `<id in ${to.sandbox ?? to.stack}>`);
}

/** In the inputs of single objects any text may name; in a pipeline only some do. */
function mayName(path: readonly string[], ids: boolean): boolean {
  return ids || NAMING.has(path.at(-1) ?? "");
}

/** Values that are compared or shown: every text factored, credentials left out. */
export function factoredTree(value: unknown, side: Side, path: readonly string[] = [], ids = false): unknown {
  if (typeof value === "string") return factored(value, side, path, ids);
  if (Array.isArray(value)) return value.map((item) => factoredTree(item, side, path, ids));
  if (!isPlain(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => {
    const inner = [...path, key];
    return isCredential(inner) ? [] : [[key, factoredTree(item, side, inner, ids)] as const];
  });
  return Object.fromEntries(entries);
}
