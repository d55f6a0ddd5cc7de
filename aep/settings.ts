import { createHash } from "node:crypto";
import { AepError } from "../errors.ts";
import { Secret } from "./secret.ts";

/** Everything the client needs to know of the organisation and its endpoints. */
export interface Settings {
  endpoint: string;
  imsEndpoint: string;
  streamingEndpoint: string;
  /** `...@AdobeOrg` */
  orgId: string;
  clientId: string;
  clientSecret: Secret;
  /** Comma-separated, as IMS wants them in the form body. */
  scopes: string;
}

/** Reads one key of the stack's configuration, such as `aep:orgId`. */
export type ConfigSource = (key: string) => string | undefined;

/** One setting: its environment variable, its stack key and, where Adobe has one, its default. */
const SETTINGS = {
  endpoint: { variable: "AEP_ENDPOINT", key: "aep:endpoint", fallback: "https://platform.adobe.io" },
  imsEndpoint: { variable: "AEP_IMS_ENDPOINT", key: "aep:imsEndpoint", fallback: "https://ims-na1.adobelogin.com" },
  streamingEndpoint: {
    variable: "AEP_STREAMING_ENDPOINT",
    key: "aep:streamingEndpoint",
    fallback: "https://dcs.adobedc.net",
  },
  orgId: { variable: "AEP_ORG_ID", key: "aep:orgId", fallback: undefined },
  clientId: { variable: "AEP_CLIENT_ID", key: "aep:clientId", fallback: undefined },
  clientSecret: { variable: "AEP_CLIENT_SECRET", key: "aep:clientSecret", fallback: undefined },
  scopes: {
    variable: "AEP_SCOPES",
    key: "aep:scopes",
    fallback: "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session",
  },
  sandbox: { variable: "AEP_SANDBOX", key: "aep:sandbox", fallback: undefined },
  tenantId: { variable: "AEP_TENANT_ID", key: "aep:tenantId", fallback: undefined },
} as const;

type SettingName = keyof typeof SETTINGS;
const REQUIRED = ["orgId", "clientId", "clientSecret"] as const satisfies readonly SettingName[];
const URLS = ["endpoint", "imsEndpoint", "streamingEndpoint"] as const satisfies readonly SettingName[];

/** One setting: the environment first, the stack's configuration second, Adobe's default last; blank counts as absent. */
export function readSetting(
  name: SettingName,
  config: ConfigSource,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const { variable, key, fallback } = SETTINGS[name];
  return env[variable]?.trim() || config(key)?.trim() || fallback;
}

/** Where a setting comes from, named so that a user finds it; never its value. */
export interface SettingOrigin {
  variable: string;
  key: string;
  from: "environment" | "stack" | "default" | undefined;
}

/** Says of each setting where it comes from. */
export function settingOrigins(
  config: ConfigSource,
  env: NodeJS.ProcessEnv = process.env,
): Record<SettingName, SettingOrigin> {
  const origin = ([name, { variable, key, fallback }]: [string, (typeof SETTINGS)[SettingName]]) => {
    const kept = config(key)?.trim() ? "stack" : fallback === undefined ? undefined : "default";
    return [name, { variable, key, from: env[variable]?.trim() ? "environment" : kept }] as const;
  };
  return Object.fromEntries(Object.entries(SETTINGS).map(origin)) as Record<SettingName, SettingOrigin>;
}

/** A text that is equal for equal settings, and from which none can be read. */
export function settingsIdentity(config: ConfigSource, env: NodeJS.ProcessEnv = process.env): string {
  const names = Object.keys(SETTINGS) as SettingName[];
  const values = names.map((name) => readSetting(name, config, env) ?? null);
  return createHash("sha256").update(JSON.stringify(values)).digest("hex");
}

/** All settings at once; throws one AEP_CREDENTIAL_MISSING that names each missing one by variable and stack key. */
export function readSettings(config: ConfigSource, env: NodeJS.ProcessEnv = process.env): Settings {
  const value = (name: SettingName) => readSetting(name, config, env);
  const missing = REQUIRED.filter((name) => value(name) === undefined);
  if (missing.length > 0) {
    const names = missing.map((name) => `${SETTINGS[name].variable} (stack key ${SETTINGS[name].key})`);
    throw new AepError("AEP_CREDENTIAL_MISSING", `not set: ${names.join(", ")}`);
  }
  for (const name of URLS) {
    if (!/^https?:$/.test(URL.parse(value(name) ?? "")?.protocol ?? "")) {
      const { variable, key } = SETTINGS[name];
      throw new AepError("AEP_CONFIG_INVALID", `${variable} (stack key ${key}) is not an http(s) URL`, {
        hint: `Write it like ${SETTINGS[name].fallback}.`,
      });
    }
  }
  const [clientId, clientSecret] = [value("clientId") ?? "", value("clientSecret") ?? ""];
  const origin = (name: SettingName) => (value(name) ?? "").replace(/\/+$/, "");
  return {
    endpoint: origin("endpoint"),
    imsEndpoint: origin("imsEndpoint"),
    streamingEndpoint: origin("streamingEndpoint"),
    orgId: value("orgId") ?? "",
    clientId,
    clientSecret: new Secret(clientSecret, { shown: clientSecret === clientId }),
    scopes: value("scopes") ?? "",
  };
}
