/**
 * A stack's configuration: read from the environment first, then from the stack's `aep:` keys, checked as a whole, and every
 * mistake reported at once. The Pulumi program hands in the values Pulumi resolved; the command line reads the stack file.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isMap, LineCounter, parseDocument } from "yaml";
import { checkClearSecrets, checkConfig } from "./config/checks.ts";
import { readHeldFlows } from "./config/hold.ts";
import { type ConfigIssue, type ConfigOrigin, describeIssues, isRecord, unknownKeys } from "./config/issues.ts";
import { type PipelineConfig, stackSchema } from "./config/schema.ts";
import { AepError } from "./errors.ts";

export type { PipelineConfig, SpecChoice } from "./config/schema.ts";

/** Folder of the stack files, as Pulumi.yaml's `stackConfigDir` says. */
export const STACKS_FOLDER = "stacks";

/**
 * Where a stack's file is, seen from the project's folder. Pulumi Cloud qualifies a stack's name (`organisation/dev`,
 * `organisation/project/dev`); the file has the last part.
 */
export const stackPath = (stack: string): string => `${STACKS_FOLDER}/Pulumi.${stack.split("/").at(-1)}.yaml`;

const PREFIX = "aep:";

/** Environment variable that stands before each of these keys. */
const ENVIRONMENT = {
  orgId: "AEP_ORG_ID",
  sandbox: "AEP_SANDBOX",
  tenantId: "AEP_TENANT_ID",
  endpoint: "AEP_ENDPOINT",
  imsEndpoint: "AEP_IMS_ENDPOINT",
  streamingEndpoint: "AEP_STREAMING_ENDPOINT",
  clientId: "AEP_CLIENT_ID",
  clientSecret: "AEP_CLIENT_SECRET",
  scopes: "AEP_SCOPES",
} as const;

/** The checked configuration of one stack. Paths of schema and mapping files are relative to `root`. */
export interface StackConfig {
  stack: string;
  /** Absolute path of the project folder. */
  root: string;
  orgId: string;
  sandbox: string;
  tenantId: string;
  /** Undefined = Adobe's own hosts. */
  endpoint?: string;
  imsEndpoint?: string;
  streamingEndpoint?: string;
  clientId?: string;
  /** Undefined also when it stands encrypted in the stack file and only Pulumi can open it. */
  clientSecret?: string;
  /** IMS scopes, comma-separated. Undefined = Adobe's usual ones. */
  scopes?: string;
  /** Whether schemas and datasets are protected from deletion unless a dataset says otherwise. */
  protect: boolean;
  /** Names of datasets and titles of schemas that may be destroyed; read by the provider itself. */
  allowDestroy: string[];
  /** Fields of Adobe's groups that this sandbox has (true) or lacks (false); one that is not named counts as lacking. */
  standardFields?: Record<string, boolean>;
  /** Path of the file of single objects; undefined = none. */
  resources?: string;
  pipelines: PipelineConfig[];
  /** Flows that this run leaves switched off (AEP_HOLD_FLOWS). */
  holdFlows: string[];
}

export interface ConfigSource {
  stack: string;
  /** The project folder. Default: the current one. */
  root?: string;
  /** What Pulumi resolved (`pulumi.runtime.allConfig()`): full keys, values as text. Without it the stack file is read. */
  values?: Record<string, string>;
  /** Default: the process's environment. */
  env?: Record<string, string | undefined>;
}

/**
 * Reads and checks one stack's configuration.
 * @throws AepError AEP_CONFIG_INVALID with every mistake, its key and position; FILE_NOT_FOUND when there is no such stack file.
 */
export function readStackConfig(source: ConfigSource): StackConfig {
  const root = resolve(source.root ?? ".");
  const label = stackPath(source.stack);
  const file = readStackFile(root, label);
  if (!file && !source.values) {
    throw new AepError("FILE_NOT_FOUND", `There is no stack "${source.stack}".`, {
      where: label,
      hint: `Write the file, or name another stack of the folder ${STACKS_FOLDER}/.`,
    });
  }
  const raw = source.values ? fromPulumi(source.values) : fromFile(file);
  const environment = new Map<string, string>();
  for (const [key, variable] of Object.entries(ENVIRONMENT)) {
    const value = (source.env ?? process.env)[variable];
    if (value === undefined || value === "") continue;
    raw[key] = value;
    environment.set(key, variable);
  }
  const parsed = stackSchema.safeParse(raw);
  const issues: ConfigIssue[] = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      path: issue.path as ConfigIssue["path"],
      message: issue.message,
    })),
    ...unknownKeys(stackSchema, raw),
    ...checkConfig(raw, root),
    ...checkClearSecrets(fromFile(file)),
  ];
  const origin: ConfigOrigin = { environment, ...(file && { file }) };
  if (issues.length > 0 || !parsed.success) throw invalidConfig(label, issues, raw, origin);
  const { clientSecret, ...rest } = parsed.data;
  const holdFlows = readHeldFlows(source.env ?? process.env, rest);
  return { stack: source.stack, root, ...rest, holdFlows, ...(typeof clientSecret === "string" && { clientSecret }) };
}

function invalidConfig(label: string, issues: ConfigIssue[], raw: unknown, origin: ConfigOrigin): AepError {
  const lines = describeIssues(issues, raw, origin);
  const count = lines.length === 1 ? "1 mistake" : `${lines.length} mistakes`;
  const text = lines.map((line) => `\n    ${line}`).join("");
  return new AepError("AEP_CONFIG_INVALID", `${count} in the configuration:${text}`, { where: label });
}

const STRUCTURED = new Set(["pipelines", "protect", "allowDestroy", "standardFields"]);

/** Pulumi hands every value over as text; lists, maps and flags are JSON. */
function fromPulumi(values: Record<string, string>): Record<string, unknown> {
  return ownKeys(values, (key, value) => (STRUCTURED.has(key) ? jsonOrText(value) : value));
}

/** The file's own types; but Pulumi rewrites a flag as text when it saves the file. */
function fromFile(file: ConfigOrigin["file"]): Record<string, unknown> {
  const content: unknown = file?.document.toJS();
  const config = isRecord(content) ? content["config"] : undefined;
  if (!isRecord(config)) return {};
  return ownKeys(config, (key, value) => (key === "protect" && typeof value === "string" ? jsonOrText(value) : value));
}

/** The values below `aep:`, under their short names. */
function ownKeys<T>(values: Record<string, T>, open: (key: string, value: T) => unknown): Record<string, unknown> {
  const own = Object.entries(values).filter(([key]) => key.startsWith(PREFIX));
  return Object.fromEntries(
    own.map(([key, value]) => [key.slice(PREFIX.length), open(key.slice(PREFIX.length), value)]),
  );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The parsed stack file, or undefined when there is none. */
function readStackFile(root: string, label: string): ConfigOrigin["file"] {
  const path = join(root, label);
  if (!existsSync(path)) return undefined;
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return `\n    ${label}:${line}:${col} ${error.message}`;
  });
  if (broken.length > 0)
    throw new AepError("AEP_CONFIG_INVALID", `The file is not valid YAML:${broken.join("")}`, { where: label });
  if (document.contents !== null && !isMap(document.contents)) {
    throw new AepError("AEP_CONFIG_INVALID", "The file must be a map with the key config.", { where: `${label}:1:1` });
  }
  return { label, document, lines };
}
