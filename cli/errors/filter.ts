/** Which records a command is about. */
import type { Command } from "commander";
import { AepError } from "../../errors.ts";
import { parseDuration } from "../option-values.ts";
import type { ErrorRecord } from "./record.ts";
import type { Quarantine } from "./store.ts";

export interface FilterOptions {
  flow?: string;
  type?: string;
  since?: string;
  all?: boolean;
}

const TYPES = ["validation", "partial", "rate_limit", "auth", "network", "server"];

export const withFilter = (command: Command): Command =>
  command
    .option("--flow <pipeline/flow>", "only records of this flow")
    .option("--type <type>", `only records of this type: ${TYPES.join(", ")}`)
    .option("--since <time>", "only records that are not older: 24h, 7d");

/** Records that pass, oldest first; those that were sent again only with `all`. @throws AepError USAGE */
export function selected(quarantine: Quarantine, { flow, type, since, all }: FilterOptions): ErrorRecord[] {
  if (type !== undefined && !TYPES.includes(type))
    throw new AepError("USAGE", `--type ${JSON.stringify(type)} is none of ${TYPES.join(", ")}`);
  const from = since === undefined ? "" : new Date(Date.now() - parseDuration("--since", since)).toISOString();
  const broken = (file: string) => process.stderr.write(`${file} is no record that can be read; it is left alone\n`);
  return quarantine
    .list(broken)
    .filter(
      ({ resources, errorType, outcome, time }) =>
        (flow === undefined || [resources.flow, resources.flowId].includes(flow)) &&
        (type === undefined || errorType === type) &&
        (all || outcome !== "replayed") &&
        time >= from,
    );
}
