/** What the program plans to create, from a preview on whichever engine `aep pulumi` chooses. */
import { AepError } from "../../errors.ts";
import type { KindName } from "../../resources/pointer.ts";
import { isPlain, type Plain } from "../../resources/values.ts";
import { runPulumi } from "../run-pulumi.ts";
import { kindOf } from "./import-file.ts";

/** A resource the preview would create. */
export interface Planned {
  urn: string;
  kind: KindName;
  /** Unknown values as Pulumi's own sentinel texts, secrets as "[secret]". */
  inputs: Plain;
  /** URNs that each input depends on. */
  dependencies: Record<string, string[]>;
}

/** Resources of this project's kinds by URN, those that exist already with their ids. */
export interface Preview {
  stack: string;
  planned: Map<string, Planned>;
}

/** Runs `preview --json`. @throws AepError PREVIEW_FAILED with what the preview said */
export async function runPreview(stack: string | undefined): Promise<Preview> {
  const args = ["preview", "--json", "--non-interactive", ...(stack === undefined ? [] : ["--stack", stack])];
  const { exitCode, stdout, stderr } = await runPulumi(args);
  return readPreview(stdout, exitCode === 0 ? undefined : stderr);
}

/** Reads a preview's document. `failure`: what it wrote on stderr when it failed. */
export function readPreview(text: string, failure?: string): Preview {
  const document = parsed(text);
  const diagnostics = (document?.["diagnostics"] ?? []) as Plain[];
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => String(message).trim());
  if (!document || failure !== undefined || errors.length > 0) {
    const why = errors.join("\n") || failure?.trim() || "it wrote no JSON";
    throw new AepError("PREVIEW_FAILED", why, { where: "aep pulumi preview --json" });
  }
  const steps = (document["steps"] ?? []) as Plain[];
  const planned = steps.filter(({ op }) => op === "create").flatMap(plannedOf);
  const stack = String(steps[0]?.["urn"] ?? "").split(":")[2] ?? "";
  return { stack, planned: new Map(planned.map((one) => [one.urn, one])) };
}

function parsed(text: string): Plain | undefined {
  const start = text.indexOf("{");
  try {
    const document: unknown = start < 0 ? undefined : JSON.parse(text.slice(start));
    return isPlain(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function plannedOf(step: Plain): Planned[] {
  const state = step["newState"];
  const kind = isPlain(state) ? kindOf(String(state["type"])) : undefined;
  if (!isPlain(state) || kind === undefined) return [];
  const { __provider: _, ...inputs } = (state["inputs"] ?? {}) as Plain;
  const dependencies = (state["propertyDependencies"] ?? {}) as Record<string, string[]>;
  return [{ urn: String(step["urn"]), kind, inputs, dependencies }];
}
