// The words that a shell completes, made from the table of commands. Scripts contain all words, so that a
// completion starts no process.

import {
  type CommandDescription,
  type CommandGroup,
  flagOf,
  namedCommands,
  type OptionDescription,
  type PathKind,
} from "../table/describe.ts";

/** The completions of a value: these words, paths, or nothing. */
export type Offered =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: PathKind }
  | { readonly kind: "nothing" };

export interface OfferedOption {
  /** For example `--config` and `-c`. */
  readonly flags: readonly string[];
  readonly doc: string;
  /** Null for a switch. */
  readonly value: Offered | null;
  /** The value may be omitted. */
  readonly isOptional: boolean;
  readonly isRepeatable: boolean;
}

export interface OfferedArgument {
  readonly name: string;
  readonly value: Offered;
  readonly isRepeated: boolean;
}

export interface OfferedCommand {
  readonly path: readonly string[];
  readonly doc: string;
  readonly options: readonly OfferedOption[];
  readonly arguments: readonly OfferedArgument[];
}

const HELP: OfferedOption = {
  ...{ flags: ["--help", "-h"], doc: "show this help" },
  ...{ value: null, isOptional: false, isRepeatable: false },
};

/** All commands of the table. */
export type CommandTable = readonly (CommandDescription | CommandGroup)[];

export function offeredCommands(table: CommandTable): readonly OfferedCommand[] {
  return namedCommands(table).map(({ path, doc, options, arguments: all }) => ({
    path,
    doc: brief(doc),
    options: [...options.filter(({ isHidden }) => isHidden !== true).map(offeredOption), HELP],
    arguments: all.map((argument) => ({
      name: argument.usage.replaceAll(/[^\w-]/g, ""),
      value: offeredFor(argument),
      isRepeated: argument.usage.includes("..."),
    })),
  }));
}

/** The words that may follow `dinc`, and those that may follow the name of a group. */
export function offeredNames(
  table: CommandTable,
): readonly { readonly after: string; readonly names: readonly OfferedName[] }[] {
  const named = ({ name, doc }: CommandDescription | CommandGroup): OfferedName => ({
    name,
    doc: brief(doc),
  });
  const groups = table.flatMap((entry) =>
    "run" in entry ? [] : [{ after: entry.name, names: entry.commands.map(named) }],
  );
  return [{ after: "", names: table.map(named) }, ...groups];
}

export interface OfferedName {
  readonly name: string;
  readonly doc: string;
}

function offeredOption(option: OptionDescription): OfferedOption {
  const { short, value, doc, isRepeatable } = option;
  return {
    flags: [flagOf(option), ...(short === undefined ? [] : [short])],
    doc: brief(doc),
    value: value === undefined ? null : offeredFor(option),
    isOptional: value?.startsWith("[") === true,
    isRepeatable: isRepeatable !== undefined,
  };
}

function offeredFor({
  choices,
  path,
}: {
  readonly choices?: readonly string[];
  readonly path?: PathKind;
}): Offered {
  if (choices !== undefined) return { kind: "words", words: choices };
  return { kind: path ?? "nothing" };
}

/** The first clause of a description, without its default: short enough for the list of completions. */
function brief(doc: string): string {
  return doc
    .replace(/ \(default: .*$/, "")
    .replace(/(?:; |\. | [-–] ).*$/, "")
    .replace(/\.$/, "");
}
