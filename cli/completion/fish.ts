/** Completion for fish 3 and newer: one line for each command and option, with its description. */
import type { CompletedCommand, CompletedOption, Values } from "./model.ts";

export function fishScript(model: readonly CompletedCommand[]): string {
  const root = model[0]?.path ?? "aep";
  return `# Completion of aep for fish. In ~/.config/fish/config.fish: aep completion fish | source
function __aep_stacks
  for file in stacks/Pulumi.*.yaml
    string replace -r '^stacks/Pulumi\\.(.*)\\.yaml$' '$1' -- $file
  end
end
function __aep_at
  set -l known ${model
    .slice(1)
    .map(({ path }) => quote(path))
    .join(" ")}
  set -l at ${root}
  for word in (commandline -opc)[2..-1]
    contains -- "$at $word" $known; and set at "$at $word"
  end
  test "$at" = "$argv[1]"
end
complete -c ${root} -f
${model.flatMap(lines).join("\n")}
`;
}

function lines({ path, commands, options, argument }: CompletedCommand): string[] {
  const where = `complete -c aep -n ${quote(`__aep_at ${quote(path)}`)}`;
  const values = written(argument);
  return [
    ...commands.map(({ name, description }) => `${where} -a ${quote(name)} -d ${quote(description)}`),
    ...(commands.length > 0 || values === "" ? [] : [`${where} ${values}`]),
    ...options.map((option) => `${where} ${flags(option)} -d ${quote(option.description)}`),
  ];
}

function flags({ names, value }: CompletedOption): string {
  const own = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [
    ...own,
    ...(value === undefined ? [] : [`${value.kind === "files" ? "-r" : "-x"} ${written(value)}`.trim()]),
  ].join(" ");
}

function written(values: Values): string {
  if (values.kind === "words") return `-a ${quote(values.words.join(" "))}`;
  if (values.kind === "stacks") return "-a '(__aep_stacks)'";
  if (values.kind === "files") return "-F";
  return values.kind === "folders" ? "-a '(__fish_complete_directories)'" : "";
}

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
