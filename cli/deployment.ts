/** What a stack has deployed, read from its state: no credentials of AEP are needed and no API is called. */
import { AepError } from "../errors.ts";
import type { KindName } from "../resources/pointer.ts";
import { isPlain, type Plain } from "../resources/values.ts";
import { kindOf } from "./adopt/import-file.ts";
import { complaint, runPulumi } from "./run-pulumi.ts";
import { selectedStack } from "./selected-stack.ts";

export interface DeployedObject {
  urn: string;
  kind: KindName;
  /** The resource's name in the program. */
  name: string;
  /** The object's id in AEP. */
  id: string;
  /** Secrets as Pulumi's envelopes, never open. */
  inputs: Plain;
  outputs: Plain;
  /** URNs of what it was made of. */
  dependencies: string[];
}

export interface DeployedStack {
  stack: string;
  objects: DeployedObject[];
  /** The program's stack outputs: datasets, pipelines with their flows and inlets, routes. */
  outputs: Plain;
}

/**
 * Reads the state of `stack`, or of the selected one.
 * @throws AepError USAGE when none is named or selected; DEPLOYMENT_UNREADABLE when the engine cannot read the state;
 * NOT_DEPLOYED when nothing stands in it
 */
export async function readDeployment(stack: string | undefined): Promise<DeployedStack> {
  const args = ["stack", "export", ...(stack === undefined ? [] : ["--stack", stack])];
  const ran = await runPulumi(args);
  if (ran.exitCode !== 0) {
    if (stack === undefined) await selectedStack(stack); // the reason may be that none is selected
    throw new AepError("DEPLOYMENT_UNREADABLE", complaint(ran), { where: `pulumi ${args.join(" ")}` });
  }
  return parseDeployment(ran.stdout, stack);
}

/** Reads what `stack export` wrote. */
export function parseDeployment(text: string, stack: string | undefined): DeployedStack {
  const resources = resourcesOf(text);
  const name = resources.map(({ urn }) => String(urn).split(":")[2]).find((part) => part !== undefined) ?? stack;
  const objects = resources.flatMap(objectOf);
  if (name === undefined || objects.length === 0)
    throw new AepError("NOT_DEPLOYED", "nothing of this project is deployed in the stack", {
      ...(name !== undefined && { where: `stack ${name}` }),
    });
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return { stack: name, objects, outputs: plain(root?.["outputs"]) };
}

function resourcesOf(text: string): Plain[] {
  const start = text.indexOf("{");
  try {
    const document: unknown = JSON.parse(text.slice(Math.max(start, 0)));
    const deployment = isPlain(document) ? plain(document["deployment"]) : {};
    const resources = deployment["resources"] ?? [];
    return Array.isArray(resources) ? resources.filter(isPlain) : [];
  } catch (cause) {
    throw new AepError("DEPLOYMENT_UNREADABLE", "`stack export` wrote no JSON", { cause });
  }
}

function objectOf(resource: Plain): DeployedObject[] {
  const kind = kindOf(String(resource["type"]));
  if (kind === undefined || resource["delete"] === true || typeof resource["id"] !== "string") return [];
  const urn = String(resource["urn"]);
  const { __provider: _, ...inputs } = plain(resource["inputs"]);
  const dependencies = Array.isArray(resource["dependencies"]) ? resource["dependencies"].map(String) : [];
  const name = urn.split("::").slice(3).join("::");
  return [{ urn, kind, name, id: resource["id"], inputs, outputs: plain(resource["outputs"]), dependencies }];
}

const plain = (value: unknown): Plain => (isPlain(value) ? value : {});
