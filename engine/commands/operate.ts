/** preview, up, refresh and destroy: a preview, the question, the update, the record of it. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { AepError } from "../../errors.ts";
import { providerInputs, resolveConfig, type StackConfig, validateConfig } from "../config.ts";
import { Deployment, type DeploymentOptions } from "../deploy/deployment.ts";
import { runDeployment } from "../deploy/run.ts";
import { type EngineEvent, hasChanges, type OperationKind, type Summary } from "../deploy/step.ts";
import { Display } from "../display/display.ts";
import { DynamicProvider } from "../protocol/provider.ts";
import { Journal } from "../state/journal.ts";
import { lockStack } from "../state/lock.ts";
import { isProvider, type Snapshot } from "../state/resource.ts";
import type { Props } from "../values/value.ts";
import type { Flags } from "./args.ts";
import { EXIT } from "./exit.ts";
import { ImportFile } from "./import-file.ts";
import type { Stack } from "./workspace.ts";

export interface Operation {
  kind: OperationKind;
  stack: Stack;
  flags: Flags;
  /** Never more than a preview. */
  previewOnly: boolean;
  /** Runs in place of the usual deployment (an import). */
  instead?: (deployment: Deployment) => Promise<void>;
}

/** Returns the exit code. */
export async function operate(operation: Operation): Promise<number> {
  const { stack, flags } = operation;
  const { context } = stack.workspace;
  const applies = !operation.previewOnly && !flags["preview-only"];
  const asks = applies && !flags["yes"] && !flags["skip-preview"];
  if (asks && (!isInteractive(operation) || flags["json"])) {
    throw new AepError(
      "USAGE",
      "--yes or --skip-preview or --preview-only must be passed in to proceed when running in non-interactive mode.",
    );
  }
  if (!applies) return phase(operation, true, true);
  const release = lockStack(stack.workspace.backend, stack.workspace.project.name, stack.name, (note) =>
    context.stderr.write(`note: ${note}\n`),
  );
  try {
    if (flags["clear-pending-creates"]) await clearPendingCreates(stack);
    if (!flags["skip-preview"]) {
      const code = await phase(operation, true, false);
      if (code !== EXIT.ok || context.signal.aborted) return code;
      if (asks && !(await confirmed(operation.kind, context.signal))) return EXIT.canceled;
    }
    return await phase(operation, false, true);
  } finally {
    release();
  }
}

const isInteractive = (operation: Operation): boolean =>
  operation.stack.workspace.context.stdout.isTTY === true &&
  process.stdin.isTTY === true &&
  !operation.flags["non-interactive"];

async function confirmed(kind: OperationKind, signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test(
      (await terminal.question(`Do you want to perform this ${kind}? (yes/no) `, { signal })).trim(),
    );
  } finally {
    terminal.close();
  }
}

async function clearPendingCreates(stack: Stack): Promise<void> {
  const snapshot = await stack.load();
  stack.save(
    { ...snapshot, pendingOperations: snapshot.pendingOperations.filter((entry) => entry.type !== "creating") },
    await stack.crypter(),
  );
}

/** One pass over the stack, as a preview or for real; `last` when nothing follows it. */
async function phase(operation: Operation, preview: boolean, last: boolean): Promise<number> {
  const { stack, flags, kind } = operation;
  const { context, project } = stack.workspace;
  const crypter = await stack.crypter();
  const config = resolveConfig(project, stack.settings.config, crypter);
  if (kind === "update") validateConfig(project, stack.name, config);
  const base = await stack.load();
  const display = new Display(context, flags, preview, kind);
  const imports = preview && typeof flags["import-file"] === "string" ? new ImportFile() : undefined;
  const emit = (event: EngineEvent) => {
    display.handle(event);
    imports?.handle(event);
    context.onEvent?.(event);
  };
  const journal = preview ? undefined : new Journal(base, (snapshot) => stack.save(snapshot, crypter));
  const host = providerHost(operation, base, config, emit);
  const deployment = deploymentOf(operation, { preview, base, journal, provider: host.provider, emit });
  // What is in the state will be asked about; the provider starts while the program does.
  if (base.resources.some((state) => state.custom && !isProvider(state))) host.start();
  const startedAt = Date.now();
  await deploy(operation, deployment, config).finally(host.close);
  const summary = summarize(deployment, startedAt);
  journal?.flush();
  emit({ type: "end", summary, outputs: deployment.stackOutputs });
  if (journal) record(operation, config, summary, startedAt);
  if (imports) writeFileSync(resolve(context.cwd, String(flags["import-file"])), imports.document());
  return exitCode(operation, deployment, summary, last ? display : undefined);
}

function deploymentOf(
  operation: Operation,
  own: Pick<DeploymentOptions, "preview" | "base" | "journal" | "provider" | "emit">,
): Deployment {
  const { kind, stack, flags } = operation;
  const { context, project } = stack.workspace;
  const { signal, killSignal, env } = context;
  return new Deployment({
    ...own,
    kind,
    project,
    stack: stack.name,
    parallel: parallelism(flags, env),
    signal,
    killSignal,
  });
}

async function deploy(operation: Operation, deployment: Deployment, config: StackConfig): Promise<void> {
  const { kind, preview, stack, project, emit } = deployment.options;
  const wanted = Boolean(operation.flags["refresh"] ?? project.alwaysRefresh);
  const refreshing = wanted && kind !== "refresh" && kind !== "import";
  emit({ type: "start", kind, preview, stack, project: project.name, config: shownConfig(config), refreshing });
  if (operation.instead) await operation.instead(deployment);
  else await runDeployment({ deployment, config, env: operation.stack.workspace.context.env, refresh: refreshing });
}

function summarize(deployment: Deployment, startedAt: number): Summary {
  const { kind, preview } = deployment.options;
  const result = deployment.canceled ? "canceled" : deployment.failed ? "failed" : "succeeded";
  return { kind, preview, durationSeconds: (Date.now() - startedAt) / 1000, changes: deployment.changes, result };
}

/** Without a display there is more to come, and whether changes were expected is told at its end. */
function exitCode(
  operation: Operation,
  deployment: Deployment,
  summary: Summary,
  display: Display | undefined,
): number {
  if (summary.result === "canceled") return EXIT.canceled;
  if (deployment.failed) return EXIT.failed;
  if (!display || !operation.flags["expect-no-changes"] || !hasChanges(summary.changes)) return EXIT.ok;
  const what = summary.preview && summary.kind === "update" ? "preview" : summary.kind;
  display.error(`no changes were expected for ${what} but changes were proposed`);
  return EXIT.changes;
}

/** Starts the provider when something needs it; a run without the program uses the configuration the state holds. */
function providerHost(operation: Operation, base: Snapshot, config: StackConfig, emit: (event: EngineEvent) => void) {
  const { context, project } = operation.stack.workspace;
  const stored = base.resources.find((state) => isProvider(state) && !state.delete)?.inputs;
  const inputs: Props =
    operation.kind === "refresh" || operation.kind === "destroy" ? (stored ?? {}) : providerInputs(config);
  let host: Promise<DynamicProvider> | undefined;
  const close = async () => {
    const started = await host?.catch(() => undefined);
    await started?.close();
  };
  context.killSignal.addEventListener("abort", () => void host?.then((started) => started.kill()), { once: true });
  const provider = () => {
    host ??= DynamicProvider.start(inputs, {
      folder: project.programFolder,
      env: { ...context.env, PULUMI_PROJECT: project.name, PULUMI_NODEJS_PROJECT: project.name },
      onLine: (message) =>
        emit({ type: "diagnostic", diagnostic: { severity: "info", message, urn: "", ephemeral: false } }),
    });
    return host;
  };
  const start = () => void provider().catch(() => undefined); // who uses it gets to see the failure
  return { provider, start, close };
}

/** `--parallel`, PULUMI_PARALLEL, or four times the processors. */
function parallelism(flags: Flags, env: NodeJS.ProcessEnv): number {
  const text = (flags["parallel"] as string | undefined) ?? env["PULUMI_PARALLEL"];
  if (text === undefined || text === "") return 4 * availableParallelism();
  const wanted = Number(text);
  if (!Number.isInteger(wanted) || wanted < 0)
    throw new AepError("USAGE", `--parallel must be a whole number, not "${text}".`);
  return Math.max(1, wanted);
}

const shownConfig = (config: StackConfig): Record<string, string> =>
  Object.fromEntries(
    [...config.values]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, config.secretKeys.has(key) ? "[secret]" : value]),
  );

/** The entry of the stack's history, in the CLI's shape. */
function record(operation: Operation, config: StackConfig, summary: Summary, startedAt: number): void {
  const { stack, flags, kind } = operation;
  const { backend, project } = stack.workspace;
  const plain = [...config.values].filter(([key]) => !config.secretKeys.has(key));
  backend.record(project.name, stack.name, {
    kind,
    startTime: Math.floor(startedAt / 1000),
    message: flags["message"] ?? "",
    environment: {
      "exec.kind": "embedded",
      "pulumi.os": process.platform,
      "runtime.name": "nodejs",
      "runtime.version": process.version,
    },
    config: Object.fromEntries(plain.map(([key, value]) => [key, { value, secret: false }])),
    version: 0,
    result: summary.result === "succeeded" ? "succeeded" : "failed",
    endTime: Math.floor(Date.now() / 1000),
    resourceChanges: summary.changes,
  });
}
