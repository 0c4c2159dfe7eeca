// The types that describe the command line. The parser, `--help`, docs/commands.md and the completion scripts
// are made from them.

import { flagOf as flagNamed } from "../../../compiler/common/option-text.ts";
import type { Terminal } from "../terminal.ts";

/** The paths that a shell completes: files and folders, or only folders. */
export type PathKind = "file" | "folder";

export interface OptionDescription {
  /** The name in the driver's options: `newIds` for `--new-ids`. */
  readonly name: string;
  /** `-c` */
  readonly short?: string;
  /** The flag, if it doesn't follow from the name. */
  readonly flag?: string;
  /** The value as help shows it: `<file>`, or `[when]` if it is optional. A switch has no value. */
  readonly value?: string;
  readonly doc: string;
  readonly path?: PathKind;
  readonly choices?: readonly string[];
  /** Accepts earlier choices that help no longer lists. */
  readonly former?: (value: string) => boolean;
  /** Throws commander's InvalidArgumentError. */
  readonly parse?: (text: string) => unknown;
  /** Collects all values in order. Without any, the command gets an empty list, or undefined if `sparse`. */
  readonly isRepeatable?: "always" | "sparse";
  readonly default?: string | number;
  /** `--no-open`: the command gets `open: false`. */
  readonly isNegated?: true;
  readonly isRequired?: true;
  readonly isHidden?: true;
  /** A removed option is accepted and ignored, with a warning that gives this reason. */
  readonly gone?: string;
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
  /** A text below the options. */
  readonly after?: string;
  /**
   * Loads the code of this command only, and returns the exit code. Its arguments are those that commander
   * parsed.
   */
  readonly run: (terminal: Terminal, options: never, ...values: never[]) => Promise<number>;
}

/** Commands under a common name, such as `export`. */
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

/** All commands, with those of groups in one list. */
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
