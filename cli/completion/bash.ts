/** Completion for bash 3.2 and newer; nothing but bash is needed. */
import type { CompletedCommand, Values } from "./model.ts";

export function bashScript(model: readonly CompletedCommand[]): string {
  return `# Completion of aep for bash. In ~/.bashrc: eval "$(aep completion bash)"
_aep_stacks() { local file; for file in stacks/Pulumi.*.yaml; do [ -e "$file" ] || continue; file=\${file#stacks/Pulumi.}; printf '%s\\n' "\${file%.yaml}"; done; }
_aep() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" at=aep word index
  local commands= options= argument= values=
  COMPREPLY=()
  for ((index = 1; index <= COMP_CWORD; index++)); do
    _aep_at "$at"
    word="\${COMP_WORDS[index]}"
    [ "$index" -lt "$COMP_CWORD" ] && case " $commands " in *" $word "*) at="$at $word" ;; esac
  done
  _aep_value "$at $before"
  if [ -z "$values" ]; then
    case "$current" in
      -*) COMPREPLY=($(compgen -W "$options" -- "$current")); return ;;
      *) [ -n "$commands" ] && { COMPREPLY=($(compgen -W "$commands" -- "$current")); return; } ;;
    esac
    values="$argument"
  fi
  case "$values" in
    @stacks) COMPREPLY=($(compgen -W "$(_aep_stacks)" -- "$current")) ;;
    @files) local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
    @folders) local IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")) ;;
    @any) ;;
    *) COMPREPLY=($(compgen -W "$values" -- "$current")) ;;
  esac
}
_aep_at() {
  case "$1" in
${model.map(place).join("\n")}
  esac
}
_aep_value() {
  case "$1" in
${model.flatMap(valued).join("\n")}
  esac
}
complete -F _aep aep
`;
}

function place({ path, commands, options, argument }: CompletedCommand): string {
  const names = options.flatMap((option) => option.names);
  const words = commands.map(({ name }) => name);
  return `    ${quote(path)}) commands=${quote(words.join(" "))} options=${quote(names.join(" "))} argument=${quote(written(argument))} ;;`;
}

function valued({ path, options }: CompletedCommand): string[] {
  return options.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    return [`    ${names.map((name) => quote(`${path} ${name}`)).join("|")}) values=${quote(written(value))} ;;`];
  });
}

const written = (values: Values): string => (values.kind === "words" ? values.words.join(" ") : `@${values.kind}`);
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
