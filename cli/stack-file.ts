/** What the commands need of a stack file, read without asking that the whole of it be right. */
import { existsSync } from "node:fs";
import { type Document, isMap, parseDocument } from "yaml";
import type { ConfigSource } from "../aep/settings.ts";
import { STACKS_FOLDER, stackPath } from "../config.ts";
import { AepError } from "../errors.ts";
import { mistakesError, YamlSource } from "../mapping/yaml/source.ts";

const KEY = "aep:standardFields";

export interface StackFile {
  path: string;
  document: Document;
  tenant: string | undefined;
  standardFields: Record<string, boolean>;
  /** Plain settings; encrypted ones are Pulumi's to open and come from the environment here. */
  setting: ConfigSource;
}

/** What `aep init` and the sample stacks leave to be filled in: `<tenant id without underscore>`. */
const PLACEHOLDER = /^<[^<>]*>$/;

/** Plain values of a stack file's `config`: encrypted ones are Pulumi's to open, a placeholder is no value. */
export function plainSettings(config: Readonly<Record<string, unknown>>): ConfigSource {
  return (key) => {
    const value = config[key];
    const plain = ["string", "number", "boolean"].includes(typeof value) && !PLACEHOLDER.test(String(value));
    return plain ? String(value) : undefined;
  };
}

/** A YAML file of the project, by any command. @throws AepError FILE_NOT_FOUND, AEP_CONFIG_INVALID with the places */
export function readYaml(path: string): Document {
  const { text, mistakes } = YamlSource.read(path);
  if (mistakes.length > 0) throw mistakesError("AEP_CONFIG_INVALID", path, mistakes);
  return parseDocument(text);
}

/** @throws AepError FILE_NOT_FOUND, AEP_CONFIG_INVALID */
export function readStack(stack: string): StackFile {
  const path = stackPath(stack);
  if (!existsSync(path))
    throw new AepError("FILE_NOT_FOUND", `There is no stack "${stack}".`, {
      where: path,
      hint: `Run it in the project's directory, with a stack of the folder ${STACKS_FOLDER}/.`,
    });
  const document = readYaml(path);
  if (!isMap(document.contents) || !isMap(document.get("config")))
    throw new AepError("AEP_CONFIG_INVALID", "The file has no map under the key config.", { where: path });
  const config = (document.toJS() as { config: Record<string, unknown> }).config;
  const setting = plainSettings(config);
  return { path, document, tenant: setting("aep:tenantId"), standardFields: recorded(config[KEY], path), setting };
}

function recorded(value: unknown, where: string): Record<string, boolean> {
  if (value === undefined) return {};
  const fields = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (fields.length > 0 && fields.every(([, has]) => typeof has === "boolean")) return Object.fromEntries(fields);
  throw new AepError("AEP_CONFIG_INVALID", `${KEY} is not a map of fields, each true or false.`, {
    where,
    hint: "Take it out and run aep mapping fields --write.",
  });
}

/** The file's text with these answers in it; comments and the order of everything else stay. */
export function withStandardFields({ document }: StackFile, fields: Record<string, boolean>): string {
  const config = document.get("config");
  const pairs = isMap(config) ? config.items : [];
  const at = ["config", KEY];
  if (!document.hasIn(at)) {
    document.setIn(at, document.createNode({}));
    // Before the long list of pipelines, where a reader looks for what the sandbox is like.
    const before = pairs.findIndex(({ key }) => String(key) === "aep:pipelines");
    const own = pairs.pop();
    if (own) pairs.splice(before < 0 ? pairs.length : before, 0, own);
  }
  for (const [field, has] of Object.entries(fields)) document.setIn([...at, field], has);
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
