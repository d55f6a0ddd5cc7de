/** The files of a bundle. A part that cannot be had is named with its reason: a bundle is needed most when things fail. */
import { readFileSync } from "node:fs";
import { stackPath } from "../../config.ts";
import { AepError } from "../../errors.ts";
import { connector, stackSettings } from "../connect.ts";
import { type DeployedStack, readDeployment } from "../deployment.ts";
import type { ErrorRecord } from "../errors/record.ts";
import type { Quarantine } from "../errors/store.ts";
import { deployedFlows } from "../flows.ts";
import { readYaml } from "../stack-file.ts";
import { withoutSecrets } from "./redact.ts";

export interface BundleOptions {
  stack: string;
  /** Records of this stack, newest first; or those that are named. */
  records: readonly ErrorRecord[];
  /** Milliseconds that runs are looked back. */
  since: number;
  limit: number;
  /** Payloads as they were sent; otherwise with hashes for what is personal. */
  reveal: boolean;
  onPart(part: string): void;
}

export interface Contents {
  files: Map<string, string>;
  /** Part -> why it is missing. */
  missing: Record<string, string>;
}

export async function contents(quarantine: Quarantine, options: BundleOptions): Promise<Contents> {
  const files = new Map<string, string>();
  const missing: Record<string, string> = {};
  let deployed: DeployedStack | undefined;
  const parts: Array<[name: string, make: () => Promise<unknown> | unknown]> = [
    ["versions.json", versions],
    ["stack.json", () => readYaml(stackPath(options.stack)).toJS()],
    [
      "deployment.json",
      async () => {
        deployed = await readDeployment(options.stack);
        return deployment(deployed);
      },
    ],
    ["runs.json", () => runs(deployed, quarantine, options)],
    ["errors.json", () => errors(quarantine, options)],
    ["doctor.json", () => doctor(options.stack)],
  ];
  for (const [name, make] of parts) {
    options.onPart(name);
    try {
      files.set(name, `${JSON.stringify(withoutSecrets(await make()), null, 2)}\n`);
    } catch (error) {
      if (!(error instanceof AepError)) throw error;
      missing[name] = String(withoutSecrets(`${error.code}: ${error.where ? `${error.where}: ` : ""}${error.message}`));
    }
  }
  files.set("README.md", readme(options, missing));
  return { files, missing };
}

function versions() {
  const { name, version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return { [name]: version, node: process.version, platform: `${process.platform} ${process.arch}` };
}

function deployment({ stack, objects, outputs }: DeployedStack) {
  return { stack, outputs, objects: objects.map(({ kind, name, id, inputs }) => ({ kind, name, id, inputs })) };
}

async function runs(deployed: DeployedStack | undefined, { mask }: Quarantine, { stack, since, limit }: BundleOptions) {
  if (deployed === undefined) throw new AepError("NOT_DEPLOYED", "without the deployment its flows are not known");
  const [{ collect }, { mappingsOf }] = await Promise.all([import("../runs/collect.ts"), import("../send/samples.ts")]);
  const flows = deployedFlows(deployed);
  const context = await connector(await stackSettings(stack))(flows[0]?.sandbox ?? "");
  const mappings = mappingsOf(stack);
  return collect(context, flows, {
    since: context.client.serverNow() - since,
    limit,
    mask,
    mappingOf: ({ label }) => mappings.get(label),
  });
}

/** The guide's fields: request payload, response body, request id, time, ids of the resources. */
function errors(quarantine: Quarantine, { records, reveal }: BundleOptions) {
  return records.map((record) => ({
    ...record,
    payload: reveal ? quarantine.parsedPayload(record.id) : quarantine.maskedPayload(record.id),
  }));
}

async function doctor(stack: string) {
  const [{ runChecks }, { CHECKS }, { Facts }] = await Promise.all([
    import("../doctor/check.ts"),
    import("../doctor/checks.ts"),
    import("../doctor/facts.ts"),
  ]);
  return runChecks(CHECKS, new Facts(stack), () => undefined);
}

function readme({ stack, records, reveal }: BundleOptions, missing: Record<string, string>): string {
  const gone = Object.entries(missing).map(([part, why]) => `- ${part} is missing: ${why}`);
  return `${[
    `# Support bundle of stack ${stack}`,
    "",
    "| file | holds |",
    "| --- | --- |",
    "| errors.json | payloads that were refused: request, payload, response, request id, time, ids of the objects behind the flow |",
    "| runs.json | flow runs and batches with their counts and errors |",
    "| deployment.json | every deployed object with its id |",
    "| stack.json | the stack's configuration |",
    "| doctor.json | checks of machine, credentials, sandbox and services |",
    "| versions.json | versions |",
    "| manifest.json | size and SHA-256 of every file |",
    "",
    "Credentials are left out.",
    reveal
      ? `The ${records.length} payloads are as they were sent: they hold personal data.`
      : "Personal data in payloads is replaced by salted hashes; equal values have equal hashes.",
    ...(gone.length > 0 ? ["", ...gone] : []),
  ].join("\n")}\n`;
}
