/** The parts of docs/commands.md that are made from the commands themselves. */
import type { Argument, Command, Option } from "commander";
import { variables } from "../../cli/environment.ts";
import { EXIT_CODES } from "../../cli/exit-codes.ts";
import { buildProgram } from "../../cli/program.ts";
import { table } from "./resource-page.ts";

const program = await buildProgram();
const MARKED = /(<!-- generated: ([\w-]+) -->)[\s\S]*?(<!-- end -->)/g;

/** The page with its generated parts made anew; the text around them stays. */
export function commandPage(page: string): string {
  return page.replaceAll(MARKED, (_, open: string, name: string, close: string) => {
    const made = PARTS[name];
    if (!made) throw new Error(`docs/commands.md asks for an unknown part: ${name}`);
    return `${open}\n\n${made()}\n\n${close}`;
  });
}

const PARTS: Record<string, () => string> = {
  commands: () =>
    leaves(program)
      .map(({ path, command }) => section(path, command))
      .join("\n\n"),
  "exit-codes": () =>
    table(
      ["code", "what it says"],
      Object.values(EXIT_CODES).map(({ code, means }) => [`\`${code}\``, means]),
    ),
  environment: () =>
    table(
      ["variable", "meaning", "when it is not set"],
      variables().map(({ name, meaning, otherwise }) => [`\`${name}\``, meaning, otherwise]),
    ),
};

export interface Leaf {
  /** `aep mapping lint` */
  path: string;
  command: Command;
}

/** Every command that does something, in the order of the help. */
export function leaves(command: Command, path = command.name()): Leaf[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((one) => leaves(one, `${path} ${one.name()}`));
}

function section(path: string, command: Command): string {
  const usage = `${path} ${command.usage()}`.trim();
  const parts = [`### ${path}`, sentence(command.description()), `\`${usage.replaceAll("|", "\\|")}\``];
  const words = command.registeredArguments.map(argument);
  if (words.some(([, meaning]) => meaning !== "")) parts.push(table(["argument", "meaning", "default"], words));
  const options = command.options.filter(({ hidden }) => !hidden).map(option);
  if (options.length > 0) parts.push(table(["option", "meaning", "default"], options));
  return parts.join("\n\n");
}

function argument(one: Argument): string[] {
  const name = `${one.required ? "<" : "["}${one.name()}${one.variadic ? "..." : ""}${one.required ? ">" : "]"}`;
  return [`\`${name}\``, meaning(one.description, one.argChoices), shown(one.defaultValue)];
}

function option(one: Option): string[] {
  return [`\`${one.flags}\``, meaning(one.description, one.argChoices), shown(one.defaultValue)];
}

const meaning = (text: string, choices: string[] | undefined): string =>
  choices ? `${text}: ${choices.map((choice) => `\`${choice}\``).join(", ")}` : text;

/** Switches are off and lists empty unless given: only other defaults are worth a word. */
function shown(value: unknown): string {
  if (value === undefined || typeof value === "boolean" || (Array.isArray(value) && value.length === 0)) return "";
  return `\`${String(value)}\``;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, ".");
