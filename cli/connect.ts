/** A connection to a sandbox from the command line: the environment first, a stack's file second. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ConfigSource } from "../aep/settings.ts";
import { stackPath } from "../config.ts";
import { AepError } from "../errors.ts";
import { type Context, Session } from "../resources/context.ts";
import { isPlain, type Plain } from "../resources/values.ts";
import { complaint, runPulumi } from "./run-pulumi.ts";
import { plainSettings, readYaml } from "./stack-file.ts";

function configOf(stack: string | undefined, root: string): Plain {
  const file = stack === undefined ? undefined : join(root, stackPath(stack));
  const content: unknown = file !== undefined && existsSync(file) ? readYaml(file).toJS() : undefined;
  return isPlain(content) && isPlain(content["config"]) ? content["config"] : {};
}

/** Plain values of a stack's file; encrypted ones are Pulumi's to open, and must come from the environment here. */
export function stackValues(stack: string | undefined, root = "."): ConfigSource {
  return plainSettings(configOf(stack, root));
}

/** Keys of credentials and the variables that come before them. */
const CREDENTIALS = { "aep:clientId": "AEP_CLIENT_ID", "aep:clientSecret": "AEP_CLIENT_SECRET" } as const;

/**
 * The same, with credentials that stand encrypted in the file opened by the engine where the environment gives none.
 * @throws AepError ENGINE_PASSPHRASE when the engine cannot open them
 */
export async function stackSettings(stack: string | undefined): Promise<ConfigSource> {
  const config = configOf(stack, ".");
  const values = plainSettings(config);
  const opened = new Map<string, string>();
  for (const [key, variable] of Object.entries(CREDENTIALS)) {
    if (stack === undefined || !isPlain(config[key]) || process.env[variable]?.trim()) continue;
    const ran = await runPulumi(["config", "get", key, "--stack", stack]);
    if (ran.exitCode !== 0)
      throw new AepError("ENGINE_PASSPHRASE", complaint(ran), {
        where: key,
        hint: `Set the stack's passphrase (PULUMI_CONFIG_PASSPHRASE), or ${variable}.`,
      });
    opened.set(key, ran.stdout.replace(/^engine: .*\n/m, "").trim());
  }
  return (key) => opened.get(key) ?? values(key);
}

/**
 * Opens sandboxes, all with one session.
 * @throws AepError AEP_CREDENTIAL_MISSING, AEP_SANDBOX_UNKNOWN, and whatever the API refuses
 */
export function connector(
  config: ConfigSource,
  env: NodeJS.ProcessEnv = process.env,
): (sandbox: string) => Promise<Context> {
  const session = new Session(config, env);
  return (sandbox) => session.context(sandbox);
}
