// All commands, in the order of `dinc --help`. The parser, the help, docs/commands.md and the completion
// scripts use this list. It is made again for each call, because tests add back ends.

import { checkCommands } from "./check-commands.ts";
import { compileCommands } from "./compile-commands.ts";
import { completionCommand } from "./completion-command.ts";
import { type CommandDescription, type CommandGroup, type NamedCommand, namedCommands } from "./describe.ts";
import { manyRunsCommands } from "./many-runs-commands.ts";
import { otherCommands } from "./other-commands.ts";
import { rowCommands } from "./row-commands.ts";
import { trainingCommands } from "./training-commands.ts";

export const commands = (): readonly (CommandDescription | CommandGroup)[] => [
  ...checkCommands(),
  ...trainingCommands(),
  ...rowCommands(),
  ...manyRunsCommands(),
  ...compileCommands(),
  ...otherCommands(),
  completionCommand(commands),
];

/** Every command, including those in groups. */
export const allCommands = (): readonly NamedCommand[] => namedCommands(commands());
