/** What a program has to declare so that an object of the sandbox stays as it is. */
import { checkInputs } from "../../resources/check-inputs.ts";
import type { Context } from "../../resources/context.ts";
import { changesOf, type Observed, observe } from "../../resources/kind.ts";
import { KINDS } from "../../resources/kinds.ts";
import { at, clean, isPlain, type Plain, project, same } from "../../resources/values.ts";
import { SECRET_NAME } from "../secret-names.ts";
import type { Found } from "./collect.ts";
import { variableOf } from "./names.ts";

/** An object with its name in the program and the inputs that declare it; ids in them are still ids. */
export interface Declared extends Found {
  name: string;
  observed: Observed;
  /** Environment variables that stand for secrets. */
  variables: string[];
}

/** A parameter whose value the service does not show. */
const MASKED = /^[x*•]{3,}$/i;
/** Parameters that the service adds to an HTTP API connection by itself. */
const COMPUTED = new Set(["inletUrl", "inletId"]);

/**
 * Inputs for the object, checked as the provider will check them and seen through its own eyes: with these, a preview is
 * empty. Gives the reason when there are none.
 */
export async function declare(
  context: Context,
  found: Found,
  name: string,
  profileBy: unknown,
): Promise<Declared | { why: string }> {
  const kind = KINDS[found.kind];
  const variables: string[] = [];
  const wanted = await inputsOf(context, found, name, profileBy, variables);
  const checked = checkInputs(kind, {}, clean({ sandbox: context.sandbox, ...wanted }));
  if (checked.mistakes.length > 0) return { why: `cannot be declared: ${checked.mistakes.join("; ")}` };
  const known = { inputs: checked.inputs, outputs: {} };
  const { outputs } = observe(kind, found.object, known);
  const observed = observe(kind, found.object, { inputs: checked.inputs, outputs });
  const live = clean(project(checked.inputs, observed.inputs, new Set(kind.whole)) as Plain);
  const changes = changesOf(kind, live, checked.inputs);
  if (changes.length > 0) return { why: `would show as changed: ${changes.map(({ path }) => path).join(", ")}` };
  return { ...found, name, variables, inputs: checked.inputs, observed: { ...observed, inputs: live, outputs } };
}

/** `profileBy`: the id of what enables the schema for Profile, itself or a descriptor; asked for schemas and descriptors. */
async function inputsOf(
  context: Context,
  found: Found,
  name: string,
  profileBy: unknown,
  variables: string[],
): Promise<Plain> {
  const { inputs, id } = found;
  switch (found.kind) {
    case "Schema":
      return { ...inputs, profile: profileBy === id ? true : undefined };
    case "IdentityDescriptor":
      return { ...inputs, enableProfile: profileBy === id ? true : undefined };
    case "Dataset":
      return { ...inputs, tags: ownTags(inputs["tags"]) };
    case "BaseConnection":
      return { ...inputs, auth: await authOf(context, found, name, variables) };
    case "SourceConnection":
      return { ...inputs, data: known(inputs["data"], ["format", "properties"]) };
    case "Dataflow":
      return { ...inputs, options: known(inputs["options"], ["errorDiagnosticsEnabled", "partialIngestionPercent"]) };
    default:
      return inputs;
  }
}

/** Tags that AEP and the switches of a dataset do not write. */
function ownTags(tags: unknown): Plain | undefined {
  const own = Object.entries(isPlain(tags) ? tags : {}).filter(
    ([key]) => !/^(unifiedProfile|unifiedIdentity|adobe\/.*)$/.test(key),
  );
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

/** The members this project manages; what a service adds beside them is left alone. */
function known(value: unknown, keys: string[]): Plain | undefined {
  if (!isPlain(value)) return undefined;
  const kept = Object.entries(value).filter(([key]) => keys.includes(key));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

/** Authentication as the service shows it, with `env:NAME` in place of whatever is secret, masked or left out. */
async function authOf(
  context: Context,
  { object, inputs }: Found,
  name: string,
  variables: string[],
): Promise<Plain | undefined> {
  const auth = at(object, "auth");
  const specName = at(auth, "specName");
  if (typeof specName !== "string") return undefined;
  const spec = await authSpec(context, at(inputs, "connectionSpec.id"), specName);
  const live = at(auth, "params");
  const shown = Object.entries(isPlain(live) ? live : {}).filter(
    ([key]) => !COMPUTED.has(key) && at(spec[key], "readOnly") !== true,
  );
  const hidden = Object.keys(spec).filter(
    (key) => isSecret(key, undefined, spec[key]) && !shown.some(([one]) => one === key),
  );
  const placeholder = (key: string): string => {
    const variable = variableOf(name, key);
    variables.push(variable);
    return `env:${variable}`;
  };
  const params = Object.fromEntries([
    ...shown.map(([key, value]) => [key, isSecret(key, value, spec[key]) ? placeholder(key) : value]),
    ...(shown.length > 0 || hidden.length > 0 ? hidden.map((key) => [key, placeholder(key)]) : []),
  ]);
  return { specName, params };
}

function isSecret(key: string, value: unknown, spec: unknown): boolean {
  if (at(spec, "format") === "password") return true;
  return SECRET_NAME.test(key) || (typeof value === "string" && (MASKED.test(value) || value.startsWith("env:")));
}

/** Parameters of an authentication, as its connection spec describes them. */
async function authSpec(context: Context, id: unknown, name: string): Promise<Plain> {
  const spec = typeof id === "string" ? await context.flows.spec("connectionSpecs", id) : undefined;
  const all: unknown = spec?.["authSpec"];
  const own = Array.isArray(all) ? all.find((one) => same(at(one, "name"), name)) : undefined;
  const properties = at(own, "spec.properties");
  return isPlain(properties) ? properties : {};
}
