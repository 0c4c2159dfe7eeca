// The completion script for bash, 3.2 and later.

import { appendTo } from "../../../compiler/common/maps.ts";
import {
  type CommandTable,
  type Offered,
  type OfferedCommand,
  offeredCommands,
  offeredNames,
} from "./words.ts";

export function bashCompletion(table: CommandTable): string {
  const commands = offeredCommands(table);
  const names = offeredNames(table);
  const groups = names.flatMap(({ after }) => (after === "" ? [] : [after]));
  return `# Completion of dinc in bash. In ~/.bashrc: source <(dinc completion bash)
_dinc() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" command="" words="" equals="" i
  if ((COMP_CWORD > 0)); then before="\${COMP_WORDS[COMP_CWORD - 1]}"; fi
  COMPREPLY=()
  # bash takes --option=value apart.
  if [[ $current == "=" ]]; then
    current="" equals="="
  elif [[ $before == "=" ]] && ((COMP_CWORD > 2)); then
    before="\${COMP_WORDS[COMP_CWORD - 2]}" equals="="
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ \${COMP_WORDS[i]} == -* ]]; then break; fi
    command="\${command:+$command }\${COMP_WORDS[i]}"
    case "$command" in ${groups.join(" | ")}) ;; *) break ;; esac
  done
  if [[ $current != -* ]]; then
    case "$command" in
${cases(names.map(({ after, names }) => [after, words(names.map(({ name }) => name))]))}
    esac
  fi
  if [[ -n $equals ]]; then
    case "$command $before" in
${cases(optionValues(commands, true))}
    esac
  fi
  case "$command $before" in
${cases(optionValues(commands, false))}
  esac
  if [[ $current == -* ]]; then
    case "$command" in
${cases([
  ["", words(["--help", "--version"])],
  ...commands.map(
    ({ path, options }): Case => [path.join(" "), words(options.flatMap(({ flags }) => flags))],
  ),
])}
    *) ${words(["--help"])} ;;
    esac
  fi
  case "$command" in
${cases(commands.flatMap(({ path, arguments: [first] }): Case[] => (first === undefined ? [] : [[path.join(" "), actionOf(first.value)]])))}
  esac
}
_dinc_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}
# Readline itself completes paths: it knows of blanks and ~. bash 3.2 has no compopt.
_dinc_paths() {
  local IFS=$'\\n'
  compopt -o "$1" 2>/dev/null || COMPREPLY=($(compgen "$2" -- "$current"))
}
complete -F _dinc dinc
`;
}

type Case = readonly [subject: string, action: string];

/** Merges cases that have the same action. */
function cases(all: readonly Case[]): string {
  const subjects = new Map<string, string[]>();
  for (const [subject, action] of all) appendTo(subjects, action, subject);
  return [...subjects]
    .map(
      ([action, of]) =>
        `    ${of.map((each) => (each.startsWith("*") ? each : `"${each}"`)).join(" | ")}) ${action} ;;`,
    )
    .join("\n");
}

/** Offers values by command and flag, or by the flag alone if it means the same in all commands. */
function optionValues(commands: readonly OfferedCommand[], isOptional: boolean): Case[] {
  const actions = new Map<string, Map<string, string>>();
  for (const { path, options } of commands)
    for (const { flags, value, isOptional: mayBeLeftOut } of options)
      if (value !== null && mayBeLeftOut === isOptional)
        for (const flag of flags) {
          const ofFlag = actions.get(flag) ?? new Map<string, string>();
          actions.set(flag, ofFlag.set(path.join(" "), actionOf(value)));
        }
  return [...actions].flatMap(([flag, ofFlag]): Case[] => {
    const [first, ...others] = new Set(ofFlag.values());
    if (others.length === 0) return [[`*" ${flag}"`, first!]];
    return [...ofFlag].map(([command, action]) => [`${command} ${flag}`, action]);
  });
}

function words(all: readonly string[]): string {
  return `_dinc_words "${all.join(" ")}"; return`;
}

function actionOf(value: Offered): string {
  switch (value.kind) {
    case "words":
      return words(value.words);
    case "file":
      return "_dinc_paths default -f; return";
    case "folder":
      return "_dinc_paths dirnames -d; return";
    case "nothing":
      return "return";
  }
}
