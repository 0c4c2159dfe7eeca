// The completion script for fish.

import { type CommandTable, type Offered, offeredCommands, offeredNames } from "./words.ts";

export function fishCompletion(table: CommandTable): string {
  const lines = [
    "# Completion of dinc in fish: dinc completion fish > ~/.config/fish/completions/dinc.fish",
    "# Whether these are the words before the cursor, and whether they begin them.",
    "function __dinc_after; test (commandline -opc | string join ' ') = (string join ' ' dinc $argv); end",
    "function __dinc_in; string match -q -- (string join ' ' dinc $argv '*') (commandline -opc | string join ' ')' '; end",
    "complete -c dinc -f",
    "complete -c dinc -n __dinc_after -l version -d 'print the version'",
    "complete -c dinc -s h -l help -d 'show this help'",
  ];
  for (const { after, names } of offeredNames(table)) {
    const isNext = quoted(`__dinc_after ${after}`.trim());
    for (const { name, doc } of names)
      lines.push(`complete -c dinc -n ${isNext} -a ${name} -d ${quoted(doc)}`);
  }
  for (const { path, options, arguments: all } of offeredCommands(table)) {
    const isSeen = quoted(`__dinc_in ${path.join(" ")}`);
    const [first] = all;
    const offered = first === undefined ? "" : offer(first.value, false);
    if (offered !== "") lines.push(`complete -c dinc -n ${isSeen}${offered}`);
    for (const { flags, doc, value, isOptional } of options) {
      const [flag = "", short] = flags;
      if (flag === "--help") continue;
      const names = ` -l ${flag.slice(2)}${short === undefined ? "" : ` -s ${short.slice(1)}`}`;
      const taken = value === null ? "" : offer(value, !isOptional);
      lines.push(`complete -c dinc -n ${isSeen}${names}${taken} -d ${quoted(doc)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** `isRequired`: the next word is the option's value. */
function offer(value: Offered, isRequired: boolean): string {
  const next = isRequired ? " -r" : "";
  switch (value.kind) {
    case "words":
      return `${next} -f -a ${quoted(value.words.join(" "))}`;
    case "file":
      return `${next} -F`;
    case "folder":
      return `${next} -f -a '(__fish_complete_directories)'`;
    case "nothing":
      return isRequired ? " -x" : "";
  }
}

/** In fish a backslash escapes the quote. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
