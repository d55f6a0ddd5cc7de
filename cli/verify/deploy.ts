/** The engine as the gate needs it: what a deployment would start, and the deployment with flows held back. */
import { HOLD_FLOWS } from "../../config/hold.ts";
import { AepError } from "../../errors.ts";
import { at, isPlain, type Plain, same } from "../../resources/values.ts";
import { complaint, type Ran, type RunOptions, runPulumi } from "../run-pulumi.ts";

/** What a deployment would do, as far as the gate needs it. */
export interface PlannedFlows {
  /** Flows that would begin to run: new, replaced, or switched off so far. Names of the resources. */
  starting: string[];
  /** URNs of everything that is made, changed or replaced. */
  touched: string[];
  /** Whether nothing is left to do but to switch these flows on. */
  prepared: boolean;
}

const DATAFLOW = /\$?pulumi-nodejs:dynamic\/aep:Dataflow$/;

/**
 * Asks the engine for a preview.
 * @throws AepError PREVIEW_FAILED with the engine's words
 */
export async function previewFlows(stack: string, options: RunOptions): Promise<PlannedFlows> {
  const env = { ...process.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false" };
  const ran = await runPulumi(["preview", "--json", "--stack", stack], { ...options, env });
  if (ran.exitCode !== 0) throw new AepError("PREVIEW_FAILED", told(ran), { where: `stack ${stack}` });
  return readPlannedFlows(ran.stdout);
}

/** Reads what `preview --json` wrote. */
export function readPlannedFlows(text: string): PlannedFlows {
  const document: unknown = parsed(text.slice(Math.max(text.indexOf("{"), 0)));
  const steps = at(document, "steps");
  const summary = at(document, "changeSummary");
  if (!Array.isArray(steps) || !isPlain(summary))
    throw new AepError("PLAN_INVALID", "the engine's preview cannot be read", { where: "pulumi preview --json" });
  const flows = steps.filter(isPlain).filter(({ urn }) => DATAFLOW.test(String(urn).split("::")[2] ?? ""));
  const starting = new Set(flows.filter(starts).map(nameOf));
  const touched = steps.filter(isPlain).filter(({ op }) => op !== "same" && !String(op).includes("delete"));
  const changes = Object.entries(summary).reduce((sum, [op, count]) => sum + (op === "same" ? 0 : Number(count)), 0);
  const switches = flows.filter(onlySwitchesOn).length;
  return {
    starting: [...starting],
    touched: [...new Set(touched.map(({ urn }) => String(urn)))],
    prepared: changes === switches,
  };
}

function starts(step: Plain): boolean {
  const state = (side: string) => at(step[side], "inputs.state");
  if (state("newState") === "disabled") return false;
  if (step["op"] === "update") return state("oldState") === "disabled";
  return ["create", "replace", "create-replacement", "import"].includes(String(step["op"]));
}

/** Whether the state is all that differs: the flow stands, and is off. */
function onlySwitchesOn(step: Plain): boolean {
  const inputs = (side: string) => ({ ...(at(step[side], "inputs") as Plain | undefined), state: undefined });
  return step["op"] === "update" && starts(step) && same(inputs("oldState"), inputs("newState"));
}

const nameOf = ({ urn }: Plain): string => String(urn).split("::").slice(3).join("::");

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Deploys with these flows (`pipeline/flow`, or names of single resources) switched off, beside those that the caller's
 * own AEP_HOLD_FLOWS names. Gives the engine's count of what it did: `+ 37 created`.
 * @throws AepError DEPLOYMENT_FAILED with the engine's words
 */
export async function deploy(stack: string, held: readonly string[], options: RunOptions): Promise<string> {
  const own = (process.env[HOLD_FLOWS] ?? "").split(",").filter((name) => name.trim() !== "");
  const env = { ...process.env, [HOLD_FLOWS]: [...own, ...held].join(",") };
  const ran = await runPulumi(["up", "--yes", "--skip-preview", "--stack", stack], { ...options, env });
  if (ran.exitCode !== 0) throw new AepError("DEPLOYMENT_FAILED", told(ran), { where: `stack ${stack}` });
  const counted = /Resources:\n((?:\s+.*\n)+)/.exec(`${ran.stdout}\n`)?.[1] ?? "";
  const lines = counted.split("\n").map((line) => line.trim());
  return lines.filter((line) => /^[+\-~\d]/.test(line)).join(", ") || "nothing to do";
}

/** Engines say some mistakes on standard output. */
function told(ran: Ran): string {
  const errors = /(?:^|\n)\s*error: [\s\S]*/.exec(ran.stdout)?.[0].trim();
  return errors && errors.length < 4_000 ? errors : complaint(ran).slice(-4_000);
}
