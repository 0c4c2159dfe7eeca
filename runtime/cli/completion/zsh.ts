// The completion script for zsh, based on its _arguments.

import { shellWord } from "../../../compiler/common/shell.ts";
import {
  type CommandTable,
  type Offered,
  type OfferedArgument,
  type OfferedName,
  type OfferedOption,
  offeredCommands,
  offeredNames,
} from "./words.ts";

export function zshCompletion(table: CommandTable): string {
  const [top, ...groups] = offeredNames(table);
  const commands = offeredCommands(table);
  const inGroup = (name: string) => commands.filter(({ path: [first, second] }) => first === name && second);
  const calls = ({ path, options, arguments: all }: (typeof commands)[number]) =>
    `    ${path.at(-1)}) _arguments -S ${[...options.map(optionSpec), ...all.map(argumentSpec)].join(" ")} ;;`;
  const group = ({ after, names }: (typeof groups)[number]) => `_dinc_${after}() {
${chooser(names, "")}
  case $words[1] in
${inGroup(after).map(calls).join("\n")}
  esac
}`;
  return `#compdef dinc
# Completion of dinc in zsh. In ~/.zshrc, after compinit: source <(dinc completion zsh)
${groups.map(group).join("\n")}
_dinc() {
${chooser(top!.names, "'--version[print the version]' ")}
  case $words[1] in
${commands
  .filter(({ path }) => path.length === 1)
  .map(calls)
  .join("\n")}
${groups.map(({ after }) => `    ${after}) _dinc_${after} ;;`).join("\n")}
  esac
}
if [[ $funcstack[1] == _dinc ]]; then _dinc "$@"; else compdef _dinc dinc; fi
`;
}

/** Completes the first word with names, and leaves the other words to `further`. */
function chooser(names: readonly OfferedName[], further: string): string {
  const described = names.map(({ name, doc }) => shellWord(`${name}:${doc.replaceAll(":", "\\:")}`));
  return `  local state line
  local -a commands=(${described.join(" ")})
  _arguments -C ${further}'(- *)'{-h,--help}'[show this help]' '1: :->command' '*:: :->rest'
  if [[ $state == command ]]; then _describe command commands; return; fi
  if [[ $state != rest ]]; then return; fi`;
}

function optionSpec({ flags, doc, value, isOptional, isRepeatable }: OfferedOption): string {
  const text = `[${escaped(doc)}]`;
  const [flag, short] = flags;
  // The value is the next word, or follows an equals sign.
  const taken =
    value === null ? "" : isOptional ? `=-::value:${actionOf(value)}` : `:value:${actionOf(value)}`;
  const prefix = isRepeatable ? "*" : short === undefined ? "" : `(${short} ${flag})`;
  const specs = flags.map((each) => {
    const withValue = value !== null && !isOptional && each.startsWith("--") ? `${each}=` : each;
    const [sign, rest] = isOptional ? ["=-", taken.slice(2)] : ["", taken];
    return shellWord(`${prefix}${withValue}${sign}${text}${rest}`);
  });
  return specs.join(" ");
}

function argumentSpec({ name, value, isRepeated }: OfferedArgument, i: number): string {
  return shellWord(`${isRepeated ? "*" : i + 1}:${escaped(name)}:${actionOf(value)}`);
}

function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, "\\$&");
}

function actionOf(value: Offered): string {
  switch (value.kind) {
    case "words":
      return `(${value.words.join(" ")})`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    case "nothing":
      return " ";
  }
}
