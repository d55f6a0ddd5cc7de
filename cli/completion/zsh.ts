/** Completion for zsh: names with their descriptions. */
import type { CompletedCommand, CompletedOption, Values } from "./model.ts";

export function zshScript(model: readonly CompletedCommand[]): string {
  return `#compdef aep
# Completion of aep for zsh. In ~/.zshrc, after compinit: eval "$(aep completion zsh)"
_aep_stacks() { compadd -- \${\${\${(f)"$(print -l stacks/Pulumi.*.yaml(N))"}#stacks/Pulumi.}%.yaml} }
_aep_value() {
  case "$1" in
    @stacks) _aep_stacks ;;
    @files) _files ;;
    @folders) _files -/ ;;
    @any) _message 'value' ;;
    *) compadd -- \${=1} ;;
  esac
}
_aep() {
  local at=aep before="\${words[CURRENT-1]}" index
  local -a commands options found
  local argument values
  for ((index = 2; index <= CURRENT; index++)); do
    _aep_at "$at"
    found=(\${(M)commands:#\${words[index]}:*})
    (( index < CURRENT && $#found )) && at="$at \${words[index]}"
  done
  _aep_option "$at $before"
  if [[ -n "$values" ]]; then _aep_value "$values"
  elif [[ "\${words[CURRENT]}" == -* ]]; then _describe -o 'option' options
  elif (( $#commands )); then _describe 'command' commands
  else _aep_value "$argument"
  fi
}
_aep_at() {
  commands=() options=() argument=@any
  case "$1" in
${model.map(place).join("\n")}
  esac
}
_aep_option() {
  values=
  case "$1" in
${model.flatMap(valued).join("\n")}
  esac
}
compdef _aep aep
`;
}

function place({ path, commands, options, argument }: CompletedCommand): string {
  const named = commands.map(({ name, description }) => described(name, description));
  const all = options.flatMap(({ names, description }) => names.map((name) => described(name, description)));
  return `    ${quote(path)}) commands=(${named.join(" ")}) options=(${all.join(" ")}) argument=${quote(written(argument))} ;;`;
}

function valued({ path, options }: CompletedCommand): string[] {
  const line = ({ names }: CompletedOption, value: Values) =>
    `    ${names.map((name) => quote(`${path} ${name}`)).join("|")}) values=${quote(written(value))} ;;`;
  return options.flatMap((option) => (option.value === undefined ? [] : [line(option, option.value)]));
}

const written = (values: Values): string => (values.kind === "words" ? values.words.join(" ") : `@${values.kind}`);
const described = (name: string, text: string): string => quote(`${name.replaceAll(":", "\\:")}:${text}`);
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
