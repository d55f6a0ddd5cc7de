/** The engines of this machine: the embedded one always, Pulumi's own CLI when it is on the PATH. */
import { dirname } from "node:path";
import { findPulumi } from "../../cli/pulumi.ts";

const cli = findPulumi(process.env);

/** Folder of the CLI, for a scratch PATH. */
export const CLI_FOLDER: string | undefined = cli && dirname(cli);

/** Name and the variables that choose it; says so when the CLI is missing. */
export function installedEngines(): Array<[name: string, env: Record<string, string>]> {
  const embedded: [string, Record<string, string>] = ["embedded", { AEP_ENGINE: "embedded" }];
  if (CLI_FOLDER === undefined) {
    process.stdout.write("not run with the Pulumi CLI: there is no `pulumi` on the PATH\n");
    return [embedded];
  }
  const path = [dirname(process.execPath), CLI_FOLDER, "/usr/bin", "/bin"].join(":");
  return [embedded, ["cli", { AEP_ENGINE: "cli", PATH: path }]];
}
