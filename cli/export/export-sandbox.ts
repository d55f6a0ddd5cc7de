/** A sandbox as this project's own files, in memory: nothing is written here. */
import type { Settings } from "../../aep/settings.ts";
import { stackPath } from "../../config.ts";
import { AepError } from "../../errors.ts";
import type { Context } from "../../resources/context.ts";
import { KIND_NAMES, typeToken } from "../../resources/pointer.ts";
import { type ImportDocument, type ImportEntry, stateOf, writeDocument } from "../adopt/import-file.ts";
import { collect, type Foreign, type Found, foreignOf, tenantOf } from "./collect.ts";
import { type Declared, declare } from "./declare.ts";
import { type ContentFiles, contentFiles, RESERVED_STEMS } from "./files.ts";
import { Names } from "./names.ts";
import { resourcesYaml } from "./resources-file.ts";
import { toQuotedYaml } from "./yaml.ts";

export interface Export {
  /** Text by path from the project folder. */
  files: Map<string, string>;
  /** Path of the file for `import --file`, among `files`. */
  importFile: string;
  /** How many objects of each kind are declared. */
  counts: Partial<Record<string, number>>;
  foreign: Foreign[];
  /** Environment variables that stand for secrets. */
  variables: string[];
}

/** Name of the component that every program of this project declares for its schemas. */
const XDM = "xdm";
const XDM_TYPE = "aep:xdm:XdmModel";
const DEFAULT_ENDPOINTS = ["https://platform.adobe.io", "https://ims-na1.adobelogin.com", "https://dcs.adobedc.net"];

export interface ExportOptions {
  stack: string;
  tenant?: string | undefined;
  /** Told before each object is written down: how many were, and its name. */
  onProgress?: (done: number, name: string) => void;
}

/**
 * Reads the sandbox and writes it down as a stack. Every object is either declared, with inputs that its kind finds equal
 * to what is there, or listed as foreign with the reason.
 */
export async function exportSandbox(context: Context, options: ExportOptions): Promise<Export> {
  const tenant = options.tenant ?? (await tenantOf(context));
  if (tenant === undefined)
    throw new AepError("AEP_CREDENTIAL_MISSING", "the tenant id is not known", {
      hint: "Set AEP_TENANT_ID and export again.",
    });
  const inventory = await collect(context);
  const { declared, foreign } = await declareAll(context, inventory.found, options.onProgress);
  const content = contentFiles(declared, tenant);
  const resources = `stacks/${options.stack}.resources.yaml`;
  const importFile = `import.${options.stack}.json`;
  const stackFile = stackYaml(context, tenant, declared.length > 0 ? resources : undefined);
  const files = new Map([
    [stackPath(options.stack), stackFile],
    ...(declared.length > 0 ? [[resources, resourcesYaml(declared, content, context.sandbox)] as const] : []),
    ...content.texts,
    [importFile, writeDocument(importDocument(declared, content))],
  ]);
  return {
    files,
    importFile,
    counts: Object.fromEntries(KIND_NAMES.map((kind) => [kind, declared.filter((one) => one.kind === kind).length])),
    foreign: [...inventory.foreign, ...foreign],
    variables: declared.flatMap(({ variables }) => variables),
  };
}

async function declareAll(
  context: Context,
  found: readonly Found[],
  onProgress?: ExportOptions["onProgress"],
): Promise<{ declared: Declared[]; foreign: Foreign[] }> {
  const names = new Names([XDM, ...RESERVED_STEMS]);
  const declared: Declared[] = [];
  const foreign: Foreign[] = [];
  for (const one of found) {
    const name = names.take(one.kind, labelOf(one, found));
    onProgress?.(declared.length + foreign.length, `${one.kind} ${name}`);
    const result = await declare(context, one, name, enabledBy(one, found));
    if ("why" in result) foreign.push(foreignOf(one, result.why));
    else declared.push(result);
  }
  return { declared, foreign };
}

function labelOf({ kind, inputs }: Found, found: readonly Found[]): string {
  if (kind !== "IdentityDescriptor") return String(inputs["name"] ?? inputs["title"] ?? "");
  const schema = found.find((one) => one.kind === "Schema" && one.id === inputs["schema"]);
  return `${String(schema?.inputs["title"] ?? "")} ${String(inputs["property"])}`;
}

/** What enables a schema for Profile: its primary identity, or the schema itself where it has none. */
function enabledBy({ kind, id, inputs }: Found, found: readonly Found[]): string | undefined {
  const schemaId = kind === "Schema" ? id : kind === "IdentityDescriptor" ? inputs["schema"] : undefined;
  const schema = found.find((one) => one.kind === "Schema" && one.id === schemaId);
  if (schema?.inputs["profile"] !== true) return undefined;
  const primary = found.find(
    (one) => one.kind === "IdentityDescriptor" && one.inputs["schema"] === schemaId && one.inputs["primary"] === true,
  );
  return (primary ?? schema).id;
}

function importDocument(declared: readonly Declared[], content: ContentFiles): ImportDocument {
  const taken = new Set([XDM]);
  const resources: ImportEntry[] = declared.map((one) => {
    const own = content.descriptors.get(one.id) ?? one.name;
    const inFile = content.byName.has(one.name) && one.kind !== "MappingSet";
    let name = own;
    for (let count = 2; taken.has(name); count++) name = `${own}-${count}`;
    taken.add(name);
    return {
      type: typeToken(one.kind),
      name,
      ...(name !== own && { logicalName: own }),
      ...((inFile || content.descriptors.has(one.id)) && { parent: XDM }),
      ...stateOf(one.kind, one.id, one.observed),
    };
  });
  return { resources: [{ type: XDM_TYPE, name: XDM, component: true }, ...resources] };
}

function stackYaml(context: Context, tenant: string, resources: string | undefined): string {
  const { settings } = context.client;
  const config = {
    "aep:orgId": settings.orgId,
    "aep:sandbox": context.sandbox,
    "aep:tenantId": tenant,
    ...endpoints(settings),
    "aep:protect": "true",
    "aep:pipelines": [],
    ...(resources !== undefined && { "aep:resources": resources }),
  };
  return toQuotedYaml({ config }, [
    "yaml-language-server: $schema=../docs/json-schema/stack.json",
    `Sandbox ${context.sandbox}. Credentials: AEP_CLIENT_ID and AEP_CLIENT_SECRET in the environment.`,
  ]);
}

/** Only what differs from Adobe's own hosts. */
function endpoints({ endpoint, imsEndpoint, streamingEndpoint }: Settings): Record<string, string> {
  const all = { "aep:endpoint": endpoint, "aep:imsEndpoint": imsEndpoint, "aep:streamingEndpoint": streamingEndpoint };
  return Object.fromEntries(Object.entries(all).filter(([, url], index) => url !== DEFAULT_ENDPOINTS[index]));
}
