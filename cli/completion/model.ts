/** What can stand where on the command line of `aep`, read from the commands themselves. */
import type { Argument, Command, Option } from "commander";

/** What a value is: one of some words, or something that the shell finds on disk. */
export type Values =
  | { kind: "words"; words: readonly string[] }
  | { kind: "stacks" }
  | { kind: "files" }
  | { kind: "folders" }
  | { kind: "any" };

export interface CompletedOption {
  /** `--stack`, `-s` */
  names: string[];
  description: string;
  /** Undefined for a switch. */
  value?: Values;
}

export interface CompletedCommand {
  /** `aep mapping test` */
  path: string;
  description: string;
  commands: { name: string; description: string }[];
  options: CompletedOption[];
  /** Of the first argument, and of every further one. */
  argument: Values;
}

/** Words that are known only elsewhere, by the path of their command. */
export type KnownWords = Readonly<Record<string, readonly string[]>>;

/** Every command, the root first. */
export function completionModel(root: Command, words: KnownWords): CompletedCommand[] {
  return visit(root, root.name(), words);
}

function visit(command: Command, path: string, words: KnownWords): CompletedCommand[] {
  const commands = command.commands.map((one) => ({ name: one.name(), description: firstLine(one.description()) }));
  const help = { names: ["--help", "-h"], description: "show the command's help" };
  const own: CompletedCommand = {
    path,
    description: command.description(),
    commands,
    options: [...command.options.filter(({ hidden }) => !hidden).map(completedOption), help],
    argument: words[path] ? { kind: "words", words: words[path] } : argumentValues(command.registeredArguments),
  };
  return [own, ...command.commands.flatMap((one) => visit(one, `${path} ${one.name()}`, words))];
}

function completedOption(option: Option): CompletedOption {
  const names = [option.long, option.short].filter((name) => name !== undefined && name !== null);
  const base = { names, description: firstLine(option.description) };
  if (option.isBoolean()) return base;
  if (option.argChoices) return { ...base, value: { kind: "words", words: option.argChoices } };
  return { ...base, value: option.long === "--stack" ? { kind: "stacks" } : byName(option.flags) };
}

function argumentValues(all: readonly Argument[]): Values {
  const first = all[0];
  if (first === undefined) return { kind: "any" };
  if (first.argChoices) return { kind: "words", words: first.argChoices };
  const named = byName(first.name());
  return named.kind === "any" ? byName(first.description) : named;
}

/** `<file>`, `[files...]`, `<folder>`, `<stack>`: placeholders are named by what they stand for. */
function byName(text: string): Values {
  if (/\b(stack|from|to)s?\b/i.test(text)) return { kind: "stacks" };
  if (/\b(file|path|event)s?\b/i.test(text)) return { kind: "files" };
  return /\b(folder|directory|dir)\b/i.test(text) ? { kind: "folders" } : { kind: "any" };
}

const firstLine = (text: string): string => text.split("\n")[0] ?? "";
