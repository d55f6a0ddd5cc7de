/**
 * What the program declares for a stack, found by running it with a monitor that only listens: no deployment, no state, no
 * credentials, no API call. Ids are made up from the names.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { AepError, ERRORS, type ErrorCode } from "../../errors.ts";
import { UNKNOWN_TEXT } from "../../resources/unknown.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { kindOf } from "../adopt/import-file.ts";
import { readStack } from "../stack-file.ts";
import { connect, type GraphObject, type LooseObject } from "./objects.ts";

/**
 * Objects that stack `stack` declares, by its file.
 * @throws AepError FILE_NOT_FOUND, AEP_CONFIG_INVALID, and whatever is wrong with the files it names
 */
export function declaredByStack(stack: string): Promise<GraphObject[]> {
  const { config } = readStack(stack).document.toJS() as { config: Plain };
  return declaredBy(stack, config);
}

/**
 * Objects that the program in the current folder declares with these configuration values, whole keys (`aep:pipelines`).
 * One run at a time: the Pulumi SDK keeps its monitor in a global.
 */
export async function declaredBy(stack: string, config: Plain): Promise<GraphObject[]> {
  const load = createRequire(join(resolve("."), "/"));
  const pulumi = load("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  const found: LooseObject[] = [];
  const newResource = ({ type, name, inputs }: { type: string; name: string; inputs: Plain }) => {
    const kind = kindOf(type);
    const { __provider: _, ...own } = inputs;
    if (kind) found.push({ kind, name, inputs: own, ids: [`${type}::${name}`] });
    return { id: kind && `${type}::${name}`, state: { ...inputs, ...computed(kind) } };
  };
  await pulumi.runtime.setMocks({ newResource, call: () => ({}) }, "aep", stack, true);
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, asText(value)])));
  try {
    const program = (await import(pathToFileURL(join(resolve("."), entryOf(load))).href)) as { default?: unknown };
    if (typeof program.default === "function") await program.default();
    await pulumi.runtime.disconnect();
  } catch (error) {
    throw userError(error, stack);
  }
  return connect(found);
}

/** Outputs that other resources take in; their values come with the deployment. */
const computed = (kind: string | undefined): Plain => (kind === "MappingSet" ? { version: UNKNOWN_TEXT } : {});

/** Pulumi.yaml's `main` when it is a file, else the package's. */
function entryOf(load: NodeJS.Require): string {
  const project: unknown = existsSync("Pulumi.yaml") ? parse(readFileSync("Pulumi.yaml", "utf8")) : undefined;
  const main = isPlain(project) && typeof project["main"] === "string" ? project["main"] : ".";
  if (existsSync(main) && statSync(main).isFile()) return main;
  const manifest = existsSync("package.json") ? (load("./package.json") as { main?: string }) : {};
  return join(main, manifest.main ?? "index.ts");
}

/** As Pulumi hands values over: text, and JSON for what is more. A spec looked up by name is not looked up here. */
function asText(value: unknown): string {
  if (typeof value === "string") return withoutLookups(value);
  return isPlain(value) && "secure" in value ? "[secret]" : withoutLookups(JSON.stringify(value));
}

const withoutLookups = (text: string): string => text.replaceAll(/"lookup":("(?:[^"\\]|\\.)*")/g, '"id":$1');

/** The program wraps what it says to the user in an error of Pulumi's, with the code in front. */
function userError(error: unknown, stack: string): unknown {
  const text = error instanceof Error ? error.message : "";
  const [, code = "", message = "", hint = ""] = /^([A-Z][A-Z_]+): ([\s\S]*)\n {2}(.*)$/.exec(text) ?? [];
  if (!Object.hasOwn(ERRORS, code)) return error;
  return new AepError(code as ErrorCode, message, { where: `stack ${stack}`, hint, cause: error });
}
