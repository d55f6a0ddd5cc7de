/** The `stack` commands: what stacks there are, and their state as a file. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { AepError } from "../../errors.ts";
import { parseJson } from "../state/backend.ts";
import { type Deployment, serialize, serializeDeployment } from "../state/checkpoint.ts";
import { newCrypter, openCrypter, passphraseOf } from "../state/crypter.ts";
import { breakLocks, lockStack } from "../state/lock.ts";
import { emptySnapshot, STACK_TYPE } from "../state/resource.ts";
import { masked, type Props } from "../values/value.ts";
import type { Flags } from "./args.ts";
import { ENGINE_VERSION, Stack, type Workspace } from "./workspace.ts";

export async function stackInit(workspace: Workspace, rest: string[], flags: Flags): Promise<void> {
  const name = workspace.stackName(rest[0] ?? (flags["stack"] as string | undefined));
  if (!name) throw new AepError("USAGE", "`stack init` needs a name.");
  if (workspace.backend.exists(workspace.project.name, name)) {
    throw new AepError("ENGINE_FAILED", `stack '${name}' already exists`, {
      hint: `Select it with \`stack select ${name}\`.`,
    });
  }
  const stack = new Stack(workspace, name);
  const passphrase = passphraseOf(workspace.context.env);
  const crypter = stack.settings.salt
    ? await openCrypter(passphrase, stack.settings.salt)
    : await newCrypter(passphrase);
  if (!stack.settings.salt) stack.settings.setSalt(crypter.salt);
  stack.save(emptySnapshot(), crypter);
  workspace.select(name);
  workspace.context.stdout.write(`Created stack '${name}'\n`);
}

export async function stackSelect(workspace: Workspace, rest: string[], flags: Flags): Promise<void> {
  const name = workspace.stackName(rest[0] ?? (flags["stack"] as string | undefined));
  if (!name) throw new AepError("USAGE", "`stack select` needs a name.");
  if (flags["create"] && !workspace.backend.exists(workspace.project.name, name))
    return stackInit(workspace, [name], flags);
  workspace.stack({ stack: name });
  workspace.select(name);
}

export function stackList(workspace: Workspace, flags: Flags): void {
  const { stdout } = workspace.context;
  const entries = workspace.backend.list(workspace.project.name);
  if (flags["json"]) {
    const rows = entries.map((entry) => ({
      name: entry.name,
      current: entry.name === workspace.selected,
      lastUpdate: entry.lastUpdate.toISOString(),
      resourceCount: entry.resourceCount,
    }));
    stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const rows = entries.map((entry) => [
    entry.name + (entry.name === workspace.selected ? "*" : ""),
    entry.lastUpdate.toISOString().slice(0, 19).replace("T", " "),
    String(entry.resourceCount),
  ]);
  const table = [["NAME", "LAST UPDATE", "RESOURCE COUNT"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table)
    stdout.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd()}\n`,
    );
}

export async function stackRemove(workspace: Workspace, rest: string[], flags: Flags): Promise<void> {
  const stack = workspace.stack({ stack: rest[0] ?? flags["stack"] });
  if (!flags["yes"]) throw new AepError("USAGE", "`stack rm` needs --yes.");
  const resources = (stack.raw()["resources"] ?? []) as unknown[];
  if (resources.length > 0 && !flags["force"]) {
    throw new AepError("ENGINE_FAILED", `'${stack.name}' still has resources; removal rejected.`, {
      hint: "Run `destroy` first, or --force to leave the resources behind.",
    });
  }
  const release = lock(stack);
  workspace.backend.remove(workspace.project.name, stack.name);
  if (!flags["preserve-config"]) rmSync(stack.settings.file, { force: true });
  release();
  workspace.context.stdout.write(`Stack '${stack.name}' has been removed!\n`);
}

export async function stackExport(workspace: Workspace, flags: Flags): Promise<void> {
  const stack = workspace.stack(flags);
  const { context } = workspace;
  const crypter = await stack.crypter();
  const open = flags["show-secrets"] === true;
  const deployment = open ? serializeDeployment(await stack.load(), crypter, ENGINE_VERSION, true) : stack.raw();
  const text = `${JSON.stringify({ version: 3, deployment }, null, 4)}\n`;
  if (typeof flags["file"] === "string") writeFileSync(resolve(context.cwd, flags["file"]), text);
  else context.stdout.write(text);
}

/** Replaces the stack's state by a file that `stack export` wrote, here or in the CLI. */
export async function stackImport(workspace: Workspace, flags: Flags): Promise<void> {
  const stack = workspace.stack(flags);
  if (typeof flags["file"] !== "string") throw new AepError("USAGE", "`stack import` needs --file.");
  const file = resolve(workspace.context.cwd, flags["file"]);
  const content = parseJson(readExisting(file), file);
  if (content["version"] !== 3)
    throw new AepError("ENGINE_UNSUPPORTED", `The file has format version ${String(content["version"])}.`, {
      where: file,
    });
  const snapshot = await stack.parse((content["deployment"] ?? {}) as Deployment);
  const own = `urn:pulumi:${stack.name}::${workspace.project.name}::`;
  const stranger = snapshot.resources.find((state) => !state.urn.startsWith(own));
  if (stranger && !flags["force"]) {
    throw new AepError("ENGINE_STATE", `The file is not of this stack: it holds ${stranger.urn}.`, {
      where: file,
      hint: "Import it with --force if that is meant.",
    });
  }
  const release = lock(stack);
  try {
    stack.save(snapshot, await stack.crypter());
  } finally {
    release();
  }
  workspace.context.stdout.write("Import complete.\n");
}

export async function stackOutput(workspace: Workspace, rest: string[], flags: Flags): Promise<void> {
  const stack = workspace.stack(flags);
  const { stdout } = workspace.context;
  const root = (await stack.load()).resources.find((state) => state.type === STACK_TYPE);
  const outputs: Props = root?.outputs ?? {};
  const shown = serialize(flags["show-secrets"] ? outputs : masked(outputs), "mask") as Record<string, unknown>;
  const [name] = rest;
  if (name !== undefined) {
    if (!(name in shown))
      throw new AepError("ENGINE_FAILED", `current stack does not have output property '${name}'`, {
        hint: "See `stack output`.",
      });
    stdout.write(`${flags["json"] ? JSON.stringify(shown[name], null, 2) : text(shown[name])}\n`);
  } else if (flags["json"]) stdout.write(`${JSON.stringify(shown, null, 2)}\n`);
  else {
    const keys = Object.keys(shown);
    const width = Math.max("OUTPUT".length, ...keys.map((key) => key.length));
    stdout.write(`Current stack outputs (${keys.length}):\n`);
    if (keys.length > 0) stdout.write(`    ${"OUTPUT".padEnd(width)}  VALUE\n`);
    for (const key of keys) stdout.write(`    ${key.padEnd(width)}  ${text(shown[key])}\n`);
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Removes the locks of a run that is gone; a run that still works then no longer has the state for itself. */
export function cancelStack(workspace: Workspace, rest: string[], flags: Flags): void {
  const stack = workspace.stack({ stack: rest[0] ?? flags["stack"] });
  if (!flags["yes"])
    throw new AepError("USAGE", "`cancel` needs --yes: a run that still works would lose its hold on the state.");
  const count = breakLocks(workspace.backend, workspace.project.name, stack.name);
  workspace.context.stdout.write(`Removed ${count} lock(s) of stack '${stack.name}'.\n`);
}

function lock(stack: Stack): () => void {
  const { backend, project, context } = stack.workspace;
  return lockStack(backend, project.name, stack.name, (note) => context.stderr.write(`note: ${note}\n`));
}

export function readExisting(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AepError("FILE_NOT_FOUND", "The file cannot be read.", { where: file, cause });
  }
}
