/**
 * Flows that a deployment is to leave switched off, whatever the stack says: `AEP_HOLD_FLOWS=capillary-stream/profile,...`.
 * `aep verify --gate` sets it between the two halves of a deployment; it is no setting of a stack, because it is about one run.
 */
import { AepError } from "../errors.ts";

export const HOLD_FLOWS = "AEP_HOLD_FLOWS";

interface Pipeline {
  name: string;
  flows: readonly { name: string }[];
}

/** How a pipeline's flow is called where a stack's flows are told apart. */
export const flowLabel = (pipeline: string, flow: string): string => `${pipeline}/${flow}`;

/**
 * The names in the variable: `pipeline/flow`, or the bare name of a Dataflow in the stack's file of single objects, which
 * is checked where that file is read.
 * @throws AepError AEP_CONFIG_INVALID for a name that no flow of the stack has: it would run although it was to be held
 */
export function readHeldFlows(
  env: Record<string, string | undefined>,
  { pipelines, resources }: { pipelines: readonly Pipeline[]; resources?: string | undefined },
): string[] {
  const names = (env[HOLD_FLOWS] ?? "").split(",").map((name) => name.trim());
  const given = [...new Set(names.filter((name) => name !== ""))];
  const known = pipelines.flatMap(({ name, flows }) => flows.map((flow) => flowLabel(name, flow.name)));
  const unknown = given.filter((name) => !known.includes(name) && (name.includes("/") || resources === undefined));
  if (unknown.length === 0) return given;
  throw new AepError("AEP_CONFIG_INVALID", `the stack has no flow ${unknown.join(", ")}`, {
    where: HOLD_FLOWS,
    hint: `Write names of these, separated by commas: ${known.join(", ")}.`,
  });
}
