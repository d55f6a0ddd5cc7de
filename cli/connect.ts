/** A connection to a sandbox from the command line: the environment first, a stack's file second. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ConfigSource } from "../aep/settings.ts";
import { STACKS_FOLDER } from "../config.ts";
import { type Context, Session } from "../resources/context.ts";
import { isPlain } from "../resources/values.ts";

/** Plain values of a stack's file; encrypted ones are Pulumi's to open, and must come from the environment here. */
export function stackValues(stack: string | undefined, root = "."): ConfigSource {
  const file = join(root, STACKS_FOLDER, `Pulumi.${stack}.yaml`);
  const content: unknown = stack !== undefined && existsSync(file) ? parse(readFileSync(file, "utf8")) : undefined;
  const config = isPlain(content) && isPlain(content["config"]) ? content["config"] : {};
  return (key) => (["string", "number", "boolean"].includes(typeof config[key]) ? String(config[key]) : undefined);
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
