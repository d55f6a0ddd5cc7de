/** A stack's configuration as programs and providers see it: full keys, texts, and which of them are secret. */
import { AepError } from "../errors.ts";
import type { ConfigType, Project } from "./project.ts";
import type { Crypter } from "./state/crypter.ts";
import { type Props, Secret } from "./values/value.ts";

export interface StackConfig {
  /** `namespace:key` to its text; objects and lists are JSON texts, secrets are in clear. */
  values: Map<string, string>;
  secretKeys: Set<string>;
}

export const fullKey = (project: string, key: string): string => (key.includes(":") ? key : `${project}:${key}`);

/** Opens the stack's own values and adds the project's defaults. */
export function resolveConfig(project: Project, raw: Record<string, unknown>, crypter: Crypter): StackConfig {
  const config: StackConfig = { values: new Map(), secretKeys: new Set() };
  for (const [key, value] of Object.entries(raw)) {
    const name = fullKey(project.name, key);
    const opened = openValue(value, crypter);
    config.values.set(name, textOf(opened.value));
    if (opened.secret) config.secretKeys.add(name);
  }
  for (const [key, type] of Object.entries(project.config)) {
    const fallback = type.value ?? type.default;
    const name = fullKey(project.name, key);
    if (fallback !== undefined && fallback !== null && !config.values.has(name))
      config.values.set(name, textOf(fallback));
  }
  return config;
}

/** Checks the values against the types the project declares; names every mistake at once. */
export function validateConfig(project: Project, stack: string, config: StackConfig): void {
  const mistakes: string[] = [];
  for (const [key, type] of Object.entries(project.config)) {
    if (type.type === undefined) continue;
    const name = fullKey(project.name, key);
    const value = config.values.get(name);
    if (value === undefined) mistakes.push(`"${key}" is missing`);
    else if (type.secret && !config.secretKeys.has(name)) mistakes.push(`"${key}" must be encrypted, as it is secret`);
    else if (!fits(value, type)) mistakes.push(`"${key}" must be of type ${typeName(type)}`);
  }
  if (mistakes.length > 0) {
    throw new AepError(
      "AEP_CONFIG_INVALID",
      `The configuration of stack "${stack}" is not usable: ${mistakes.join("; ")}.`,
    );
  }
}

const typeName = (type: ConfigType): string =>
  type.type === "array" && type.items?.type ? `array<${type.items.type}>` : String(type.type);

function fits(text: string, type: ConfigType): boolean {
  switch (type.type) {
    case "string":
      return true;
    case "integer":
      return /^[+-]?\d+$/.test(text);
    case "boolean":
      return text === "true" || text === "false";
    case "array": {
      const items = parsed(text);
      return Array.isArray(items) && items.every((item) => !type.items?.type || fits(textOf(item), type.items));
    }
    case "object": {
      const value = parsed(text);
      return typeof value === "object" && value !== null && !Array.isArray(value);
    }
    default:
      return true;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as the text that a program reads; the keys of objects are sorted, as the CLI does. */
export function textOf(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value, sortedKeys) : String(value);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Replaces every `secure:` of a value by what it holds. */
export function openValue(value: unknown, crypter: Crypter): { value: unknown; secret: boolean } {
  if (Array.isArray(value)) {
    const items = value.map((item) => openValue(item, crypter));
    return { value: items.map((item) => item.value), secret: items.some((item) => item.secret) };
  }
  if (value === null || typeof value !== "object") return { value, secret: false };
  const fields = Object.entries(value);
  if (fields.length === 1 && fields[0]![0] === "secure") {
    return { value: crypter.decrypt(String(fields[0]![1])), secret: true };
  }
  const opened = fields.map(([key, item]) => [key, openValue(item, crypter)] as const);
  return {
    value: Object.fromEntries(opened.map(([key, item]) => [key, item.value])),
    secret: opened.some(([, item]) => item.secret),
  };
}

/** The configuration as the inputs of the default provider, which is how the CLI stores it in the state. */
export function providerInputs(config: StackConfig): Props {
  const sorted = [...config.values].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, text]) => [key, config.secretKeys.has(key) ? new Secret(text) : text]));
}

/** The two environment variables through which the SDK reads it. */
export function configEnvironment(config: StackConfig): Record<string, string> {
  const named = [...config.values].map(([key, text]) => [key.replace(":", ":config:"), text]);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(named)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify([...config.secretKeys]),
  };
}
