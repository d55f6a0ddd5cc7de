/** What the mapping commands share: which files, which tenant, how to print. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { AepClient } from "../../aep/client.ts";
import { schemaRegistry } from "../../aep/schema-registry.ts";
import { readSetting } from "../../aep/settings.ts";
import { AepError } from "../../errors.ts";
import { connector } from "../connect.ts";
import { readStack } from "../stack-file.ts";

/** The tenant id mappings are read with when nothing says another: the emulator's. */
const DEFAULT_TENANT = "acme";

export interface TenantOption {
  tenant: string;
  stack?: string;
  /** What the stack records of its sandbox; loaders choose between a field and its fall-back by it. */
  standardFields?: Record<string, boolean>;
}

/**
 * `--tenant ID`, else AEP_TENANT_ID, else that of `--stack`, else the emulator's: offline any id gives the same result.
 * `--stack` also says which standard fields the sandbox has.
 */
export function withTenant(command: Command): Command {
  return command
    .option("--stack <name>", "read the mapping as for this stack: its tenant id and aep:standardFields")
    .option("--tenant <id>", `tenant id that {tenant} stands for (else AEP_TENANT_ID, the stack's, ${DEFAULT_TENANT})`)
    .hook("preAction", (running) => {
      const { stack, tenant } = running.opts<Partial<TenantOption>>();
      const config = stack === undefined ? undefined : readStack(stack);
      const fallback = process.env["AEP_TENANT_ID"]?.trim() || config?.tenant || DEFAULT_TENANT;
      running.setOptionValue("tenant", tenant ?? fallback);
      running.setOptionValue("standardFields", config?.standardFields);
    });
}

/** The mapping files meant: as given, directories by their .yaml files, `mappings/` when nothing is given. */
export function mappingFiles(given: readonly string[]): string[] {
  const names = given.length > 0 ? given : ["mappings"];
  const files = names.flatMap((name) => {
    if (!existsSync(name)) {
      const hint = given.length > 0 ? "Check the path." : "Run it in the project's directory, or name the files.";
      throw new AepError("FILE_NOT_FOUND", `${name} does not exist`, { hint });
    }
    if (!statSync(name).isDirectory()) return [name];
    return readdirSync(name)
      .filter((file) => /\.ya?ml$/.test(file))
      .sort()
      .map((file) => join(name, file));
  });
  if (files.length === 0) throw new AepError("FILE_NOT_FOUND", `there are no mapping files in ${names.join(", ")}`);
  return files;
}

export interface OnlineOptions {
  sandbox?: string;
  schemaId?: string;
  stack?: string;
}

/** `--online` and what it needs to know. */
export function withOnline(command: Command, what: string): Command {
  return command
    .option("--online", what)
    .option("--sandbox <name>", "sandbox for --online (else AEP_SANDBOX, the stack's)")
    .option("--schema-id <$id>", "$id of the schema in the sandbox; found by title otherwise");
}

/**
 * A client for the sandbox named by the options, the environment or the stack, which is there.
 * @throws AepError AEP_CREDENTIAL_MISSING, AEP_SANDBOX_UNKNOWN
 */
export async function online(options: OnlineOptions): Promise<{ client: AepClient; sandbox: string }> {
  const config = options.stack === undefined ? () => undefined : readStack(options.stack).setting;
  const sandbox = options.sandbox ?? readSetting("sandbox", config);
  if (!sandbox)
    throw new AepError("AEP_CREDENTIAL_MISSING", "no sandbox is named", {
      hint: "Set AEP_SANDBOX, or give --sandbox or --stack.",
    });
  const { client } = await connector(config)(sandbox);
  return { client, sandbox };
}

/** The $id of the schema a mapping writes to, in this sandbox. @throws AepError AEP_NOT_FOUND */
export async function schemaIdOnline(
  at: { client: AepClient; sandbox: string },
  title: string,
  options: OnlineOptions,
): Promise<string> {
  if (options.schemaId) return options.schemaId;
  for await (const schema of schemaRegistry(at.client, at.sandbox).list("schemas", [`title==${title}`])) {
    if (schema.title === title) return schema.$id;
  }
  throw new AepError("AEP_NOT_FOUND", `the sandbox ${at.sandbox} has no schema titled "${title}"`, {
    hint: "Deploy the schema first, or give its $id with --schema-id.",
  });
}
