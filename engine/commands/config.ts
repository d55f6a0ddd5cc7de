/** The `config` commands, as far as a stack on this machine needs them. */
import { readFileSync } from "node:fs";
import { AepError } from "../../errors.ts";
import { fullKey, resolveConfig } from "../config.ts";
import { parsePath } from "../values/path.ts";
import type { Flags } from "./args.ts";
import type { Workspace } from "./workspace.ts";

export async function configSet(workspace: Workspace, rest: string[], flags: Flags): Promise<void> {
  const stack = workspace.stack(flags);
  const [key, given] = rest;
  if (!key) throw new AepError("USAGE", "`config set` needs a key.");
  const value = given ?? readFileSync(0, "utf8").trimEnd();
  const stored = flags["secret"] ? { secure: (await stack.crypter()).encrypt(value) } : value;
  stack.settings.setConfig(pathOf(workspace, key, flags["path"] === true), stored);
}

/** `ns:list[0].name` with --path; without it the whole key is one name. */
function pathOf(workspace: Workspace, key: string, asPath: boolean): Array<string | number> {
  if (!asPath) return [fullKey(workspace.project.name, key)];
  const [namespace, tail] = key.includes(":")
    ? [key.slice(0, key.indexOf(":") + 1), key.slice(key.indexOf(":") + 1)]
    : ["", key];
  const [head, ...inner] = parsePath(tail) ?? [tail];
  return [fullKey(workspace.project.name, `${namespace}${head}`), ...inner];
}

export async function configGet(workspace: Workspace, rest: string[], flags: Flags): Promise<void> {
  const stack = workspace.stack(flags);
  const [key] = rest;
  if (!key) throw new AepError("USAGE", "`config get` needs a key.");
  const name = fullKey(workspace.project.name, key);
  const config = resolveConfig(workspace.project, stack.settings.config, await stack.crypter());
  const value = config.values.get(name);
  if (value === undefined)
    throw new AepError("ENGINE_FAILED", `configuration key '${key}' not found for stack '${stack.name}'`, {
      hint: "See the stack's file.",
    });
  const secret = config.secretKeys.has(name);
  workspace.context.stdout.write(`${flags["json"] ? JSON.stringify({ value, secret }, null, 2) : value}\n`);
}

export function configRemove(workspace: Workspace, rest: string[], flags: Flags): void {
  const stack = workspace.stack(flags);
  const [key] = rest;
  if (!key) throw new AepError("USAGE", "`config rm` needs a key.");
  stack.settings.removeConfig(fullKey(workspace.project.name, key));
}
