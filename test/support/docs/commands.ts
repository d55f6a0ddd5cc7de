/** Whether an `aep ...` of a page exists: its command, and its options. */
import type { Command, Option } from "commander";
import { buildProgram } from "../../../cli/program.ts";

const program = await buildProgram();
/** Handed to the Pulumi CLI as they are. */
const PASSED_ON = "pulumi";
const HELP = ["--help", "-h"];

/** What is wrong with the command line, in words; undefined when nothing is. */
export function wrongCommand(line: string): string | undefined {
  const words = line.split(/\s+/).slice(1);
  let command: Command = program;
  let at = 0;
  for (; at < words.length; at++) {
    const next = command.commands.find(
      (one) => one.name() === words[at] || one.aliases().includes(words[at] as string),
    );
    if (!next) break;
    command = next;
    if (command.name() === PASSED_ON) return undefined;
  }
  const first = words[at];
  if (command.commands.length > 0 && first !== undefined && /^[a-z][a-z-]*$/.test(first))
    return `${command.name()} has no command ${first}`;
  const known = allOptions(command);
  const unknown = words
    .slice(at)
    .find((word) => /^-{1,2}[a-z]/i.test(word) && !known.has(word.split("=")[0] as string));
  return unknown === undefined ? undefined : `${command.name()} has no option ${unknown}`;
}

function allOptions(command: Command): Set<string> {
  const names = new Set(HELP);
  for (let one: Command | null = command; one !== null; one = one.parent)
    for (const { long, short } of one.options as Option[]) for (const name of [long, short]) if (name) names.add(name);
  return names;
}

/** The `aep` command lines of a shell block, one simple command each. */
export function aepLines(text: string): string[] {
  return text
    .replace(/<<-?\s*'?(\w+)'?[\s\S]*?^\1$/gm, "")
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => simpleCommands(line.replace(/(^|\s)#.*$/, "")))
    .map((line) => line.replace(/^(npx|npm (run )?(-s )?(?=aep|emulator))\s*/, "").replace(/^aep -- /, "aep "))
    .map((line) => line.replace(/^emulator( --)?(?=\s|$)/, "aep emulator"))
    .filter((line) => /^aep( |$)/.test(line));
}

/** Quoted words count as one; pipes, lists and substitutions end a command. */
function simpleCommands(line: string): string[] {
  const bare = line.replace(/'[^']*'|"(?:[^"\\]|\\.)*"/g, (quoted) => (quoted.includes("$(") ? quoted : "_"));
  return bare.split(/&&|\|\||[|;()]|\$\(|`|>/).map((one) => one.trim().replace(/^(?:[A-Z_]+=\S*\s+)+/, ""));
}
