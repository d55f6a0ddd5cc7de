/** `import --file`: takes resources that exist into the state, from a file that names their ids, inputs and outputs. */
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { AepError } from "../../errors.ts";
import { providerInputs, resolveConfig } from "../config.ts";
import { Bail, type Deployment } from "../deploy/deployment.ts";
import { Executor } from "../deploy/executor.ts";
import { blankState } from "../deploy/planner.ts";
import { parseJson } from "../state/backend.ts";
import { deserialize } from "../state/checkpoint.ts";
import { isProvider, makeUrn, nameOf, now, type ResourceState, STACK_TYPE } from "../state/resource.ts";
import type { Props } from "../values/value.ts";
import type { Json } from "../values/wire.ts";
import type { Flags } from "./args.ts";
import type { ImportDocument, ImportEntry } from "./import-file.ts";
import { operate } from "./operate.ts";
import { readExisting } from "./stack.ts";
import type { Workspace } from "./workspace.ts";

const PROVIDER_TYPE = "pulumi:providers:pulumi-nodejs";

export async function importFile(workspace: Workspace, flags: Flags): Promise<number> {
  if (typeof flags["file"] !== "string") {
    throw new AepError("ENGINE_UNSUPPORTED", "The embedded engine imports only from a file: `import --file`.");
  }
  if (flags["generate-code"] !== false) {
    throw new AepError("ENGINE_UNSUPPORTED", "The embedded engine generates no code: say --generate-code=false.");
  }
  const file = resolve(workspace.context.cwd, flags["file"]);
  const document = parseJson(readExisting(file), file) as unknown as ImportDocument;
  const stack = workspace.stack(flags);
  const crypter = await stack.crypter();
  const config = providerInputs(resolveConfig(workspace.project, stack.settings.config, crypter));
  const run = (deployment: Deployment) => {
    const states = statesOf(
      document,
      deployment,
      file,
      (json) => deserialize(json, crypter) as Props,
      flags["protect"] !== false,
    );
    return importAll(deployment, states, config);
  };
  return operate({ kind: "import", stack, flags, previewOnly: false, instead: run });
}

/** Turns the entries into states, parents before children; every mistake of the file is named at once. */
function statesOf(
  document: ImportDocument,
  deployment: Deployment,
  file: string,
  open: (json: Json) => Props,
  protect: boolean,
): ResourceState[] {
  const urns = new Map(Object.entries(document.nameTable ?? {}));
  const planned = new Set<string>();
  const mistakes: string[] = [];
  const states = (document.resources ?? []).flatMap((entry): ResourceState[] => {
    const parent = entry.parent === undefined ? deployment.stackUrn : urns.get(entry.parent);
    const { stack, project } = deployment.options;
    const urn = makeUrn(stack, project.name, parent ?? "", entry.type, entry.logicalName ?? entry.name);
    const known = deployment.olds.get(urn);
    const name = `"${entry.name}"`;
    if (!parent) mistakes.push(`${name}: the parent "${entry.parent}" stands neither before it nor in nameTable`);
    if (planned.has(urn)) mistakes.push(`${name} stands there twice`);
    mistakes.push(...mistakesOf(entry));
    urns.set(entry.name, urn);
    planned.add(urn);
    if (known && known.id === (entry.id ?? "")) return []; // imported before: nothing to do
    if (known) mistakes.push(`${name} is in the state already, with the id ${known.id}`);
    const base = {
      ...blankState(urn, entry.type),
      parent: parent ?? "",
      protect,
      inputs: open((entry.inputs ?? {}) as Json),
    };
    return [
      entry.component
        ? base
        : { ...base, custom: true, id: entry.id ?? "", outputs: open((entry.outputs ?? {}) as Json) },
    ];
  });
  if (mistakes.length === 0) return states;
  throw new AepError("ENGINE_FAILED", `The import file is not usable: ${mistakes.join("; ")}.`, {
    where: file,
    hint: "Correct the entries named above.",
  });
}

function mistakesOf(entry: ImportEntry): string[] {
  if (entry.component) return [];
  const name = `"${entry.name}"`;
  if (!entry.type?.startsWith("pulumi-nodejs:")) return [`${name} is not a dynamic resource`];
  if (!entry.id || entry.id === "<PLACEHOLDER>") return [`${name} has no id`];
  if (!entry.outputs || Object.keys(entry.outputs).length === 0)
    return [`${name} has no outputs (a dynamic resource cannot be read without them)`];
  return [];
}

async function importAll(deployment: Deployment, states: ResourceState[], config: Props): Promise<void> {
  const executor = new Executor(deployment);
  try {
    for (const old of deployment.previous.filter((state) => !state.delete)) {
      await executor.run([
        { op: "same", urn: old.urn, old, new: { ...old }, logical: true, internal: isProvider(old) },
      ]);
    }
    const provider = await standing(deployment, executor, config);
    for (const state of states) {
      if (state.custom) state.provider = provider;
      state.created = now();
      state.modified = state.created;
      await executor.run([{ op: "import", urn: state.urn, new: state, logical: true, internal: false }]);
      if (state.custom) await warnOfFailures(deployment, state);
    }
  } catch (error) {
    if (!(error instanceof Bail)) throw error;
  }
}

/** The stack and the default provider, made when the state does not have them; returns the provider's reference. */
async function standing(deployment: Deployment, executor: Executor, config: Props): Promise<string> {
  const { stack, project } = deployment.options;
  if (!deployment.olds.has(deployment.stackUrn)) {
    const root = blankState(deployment.stackUrn, STACK_TYPE);
    await executor.run([{ op: "create", urn: root.urn, new: root, logical: true, internal: false }]);
  }
  const urn = `urn:pulumi:${stack}::${project.name}::${PROVIDER_TYPE}::default`;
  const known = deployment.olds.get(urn);
  if (known) return `${urn}::${known.id}`;
  const fresh = { ...blankState(urn, PROVIDER_TYPE), custom: true, id: randomUUID(), inputs: config, outputs: config };
  await executor.run([{ op: "create", urn, new: fresh, logical: true, internal: true }]);
  return `${urn}::${fresh.id}`;
}

/** What the provider's check says against an imported resource does not stop the import. */
async function warnOfFailures(deployment: Deployment, state: ResourceState): Promise<void> {
  const provider = await deployment.options.provider();
  const { failures } = await provider.check(state.urn, state.inputs, state.inputs);
  for (const failure of failures) {
    deployment.say(
      "warning",
      `${state.type} resource '${nameOf(state.urn)}' has a problem: ${failure.reason}`,
      state.urn,
    );
  }
}
