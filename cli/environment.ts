/** Every variable of the environment that this program reads itself; docs/commands.md is made from it. */
import { readSetting, settingOrigins } from "../aep/settings.ts";

export interface Variable {
  name: string;
  meaning: string;
  /** What holds when it is not set. */
  otherwise: string;
}

const NONE = () => undefined;
const MEANINGS: Record<keyof ReturnType<typeof settingOrigins>, string> = {
  endpoint: "The API's address; the emulator's for trying out",
  imsEndpoint: "Where tokens come from",
  streamingEndpoint: "Where events are sent to",
  orgId: "Organisation id, such as `1234ABCD5678@AdobeOrg`",
  clientId: "Client id of the OAuth server-to-server credential",
  clientSecret: "Its client secret",
  scopes: "Its IMS scopes, comma-separated",
  sandbox: "Name of the sandbox",
  tenantId: "Tenant id, without its underscore",
};

const OWN: readonly Variable[] = [
  {
    name: "AEP_ALLOW_DESTROY",
    meaning: "Datasets and schemas that may be destroyed with their data: names with commas between them, or `*`",
    otherwise: "`aep:allowDestroy` of the stack",
  },
  {
    name: "AEP_HOLD_FLOWS",
    meaning: "Flows that a deployment leaves switched off, as `pipeline/flow` with commas between them",
    otherwise: "none",
  },
  {
    name: "CAPILLARY_ENDPOINT",
    meaning: "Host of your Capillary cluster, which `aep doctor` asks for a token with the source's credentials",
    otherwise: "the source is not asked",
  },
  {
    name: "AEP_ENGINE",
    meaning: "`cli`: the Pulumi CLI; `embedded`: this package's engine; `auto`: the CLI if it is there",
    otherwise: "`auto`",
  },
  {
    name: "AEP_JOURNAL_DIR",
    meaning: "Where a run notes what it has begun, so that a killed one can be followed up; keep it between runs on CI",
    otherwise: "`aep-journal` in `PULUMI_HOME`, or in `~/.pulumi`",
  },
  { name: "AEP_ERRORS_DIR", meaning: "Where refused payloads are kept", otherwise: "`.aep/errors` in the project" },
  {
    name: "AEP_LOG",
    meaning: "Level of the JSON lines on standard error: trace, debug, info, warn, error, silent",
    otherwise: "`warn`",
  },
  { name: "AEP_DEBUG", meaning: "Any value shows the stack of an unexpected failure", otherwise: "no stack" },
  { name: "NO_COLOR", meaning: "Any value takes the colours away", otherwise: "colours on a terminal" },
  {
    name: "PULUMI_CONFIG_PASSPHRASE",
    meaning: "Opens and seals the stack's secrets; `PULUMI_CONFIG_PASSPHRASE_FILE` names a file with it",
    otherwise: "the stack's secrets cannot be read",
  },
  {
    name: "PULUMI_BACKEND_URL",
    meaning: "Where the stacks' states are kept",
    otherwise: "the project's `backend`, or `file://~`",
  },
  { name: "PULUMI_HOME", meaning: "Where Pulumi keeps its own files", otherwise: "`~/.pulumi`" },
  {
    name: "PULUMI_PARALLEL",
    meaning: "How many objects are worked on at the same time, as `--parallel`",
    otherwise: "four times the processors",
  },
];

/** Settings first: each comes before the stack's key of the same meaning. */
export function variables(): Variable[] {
  const settings = Object.entries(settingOrigins(NONE, {})).map(([name, { variable, key }]) => {
    const setting = name as keyof typeof MEANINGS;
    const fallback = readSetting(setting, NONE, {});
    const last = fallback === undefined ? "" : `, else \`${fallback}\``;
    return { name: variable, meaning: MEANINGS[setting], otherwise: `\`${key}\` of the stack${last}` };
  });
  return [...settings, ...OWN];
}
