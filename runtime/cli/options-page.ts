// The list of all options in docs/commands.md, made from the table of commands.

import { allCommands } from "./table/commands.ts";
import {
  type ArgumentDescription,
  type NamedCommand,
  type OptionDescription,
  usageOf,
} from "./table/describe.ts";

/** Markdown with the arguments and options of each command. */
export function optionsPage(): string {
  return allCommands().map(commandText).join("\n");
}

function commandText({ path, doc, arguments: all, options, after }: NamedCommand): string {
  const shown = options.filter(({ isHidden }) => isHidden !== true);
  const usage = ["dinc", ...path, ...all.map((argument) => argument.usage)];
  if (shown.length > 0) usage.push("[options]");
  const rows = [...all.map(argumentRow), ...shown.map(optionRow)];
  return [
    `### \`${usage.join(" ")}\``,
    "",
    doc,
    "",
    ...(rows.length === 0 ? [] : ["| | |", "|---|---|", ...rows, ""]),
    ...(after === undefined ? [] : [after, ""]),
  ].join("\n");
}

function argumentRow({ usage, doc, choices, default: otherwise }: ArgumentDescription): string {
  return row(usage, doc, choices, otherwise);
}

function optionRow(option: OptionDescription): string {
  const { doc, choices, isRequired } = option;
  return row(usageOf(option), isRequired ? `${doc} (required)` : doc, choices, option.default);
}

function row(
  usage: string,
  doc: string,
  choices: readonly string[] = [],
  otherwise: string | number | undefined,
): string {
  const offered = choices.map((choice) => `\`${choice}\`${choice === otherwise ? " (default)" : ""}`);
  const ending =
    choices.length > 0
      ? `: ${offered.join(", ")}`
      : otherwise === undefined
        ? ""
        : ` (default: ${otherwise.toLocaleString("en")})`;
  return `| \`${usage}\` | ${`${doc}${ending}`.replaceAll("|", "\\|").replaceAll("<", "&lt;")} |`;
}
