// The form in which the command line is described. The parser, `--help`, docs/commands.md and completion in shells are made from it.

import { flagOf as flagNamed } from "../../../compiler/common/option-text.ts";
import type { Terminal } from "../terminal.ts";

/** The paths that a shell offers for a value: files, or folders alone. */
export type PathKind = "file" | "folder";

export interface OptionDescription {
  /** As the driver has it: `newIds` is `--new-ids`. */
  readonly name: string;
  /** `-c` */
  readonly short?: string;
  /** The flag where it doesn't follow from the name. */
  readonly flag?: string;
  /** The value in help: `<file>`, or `[when]` for one that may be left out. A switch has none. */
  readonly value?: string;
  readonly doc: string;
  readonly path?: PathKind;
  readonly choices?: readonly string[];
  /** Former choices that are still taken, though no longer offered. */
  readonly former?: (value: string) => boolean;
  /** Throws commander's InvalidArgumentError. */
  readonly parse?: (text: string) => unknown;
  /** All values are taken, in order. Without one the command gets an empty list, or nothing where it is `sparse`. */
  readonly isRepeatable?: "always" | "sparse";
  readonly default?: string | number;
  /** The value of an option that is given without its optional value. */
  readonly preset?: string;
  /** `--no-open`: the command gets `open: false`. */
  readonly isNegated?: true;
  readonly isRequired?: true;
  readonly isHidden?: true;
  readonly conflicts?: string;
}

export interface ArgumentDescription {
  /** `<run>`, `[spec]` or `<file...>` */
  readonly usage: string;
  readonly doc: string;
  readonly path?: PathKind;
  readonly choices?: readonly string[];
  readonly default?: string;
}

export interface CommandDescription {
  /** `train`, or `export items` for a command of a group. */
  readonly name: string;
  readonly doc: string;
  /** Command lines. */
  readonly examples: readonly string[];
  readonly arguments: readonly ArgumentDescription[];
  readonly options: readonly OptionDescription[];
  /** Below the options. */
  readonly after?: string;
  /** Loads the command's code, so that no other command has to; gives the exit code. Gets what commander parsed. */
  readonly run: (terminal: Terminal, options: never, ...values: never[]) => Promise<number>;
}

/** Commands under one name, such as `export`. */
export interface CommandGroup {
  readonly name: string;
  readonly doc: string;
  readonly examples: readonly string[];
  readonly commands: readonly CommandDescription[];
}

export interface NamedCommand extends CommandDescription {
  /** The words after `dinc`. */
  readonly path: readonly string[];
}

/** Commands with those of groups beside them. */
export function namedCommands(all: readonly (CommandDescription | CommandGroup)[]): readonly NamedCommand[] {
  return all.flatMap((entry) =>
    "run" in entry
      ? [{ ...entry, path: [entry.name] }]
      : entry.commands.map((command) => ({ ...command, path: [entry.name, command.name] })),
  );
}

export function flagOf({ name, flag, isNegated }: OptionDescription): string {
  if (flag !== undefined) return flag;
  const plain = flagNamed(name);
  return isNegated ? plain.replace("--", "--no-") : plain;
}

/** `-c, --config <file>` */
export function usageOf(option: OptionDescription): string {
  const { short, value } = option;
  return `${short === undefined ? "" : `${short}, `}${flagOf(option)}${value === undefined ? "" : ` ${value}`}`;
}
