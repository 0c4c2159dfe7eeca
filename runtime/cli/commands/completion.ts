// dinc completion SHELL: prints a completion script. The script itself starts no process.

import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import type { CompletionShell } from "../completion/shells.ts";
import type { CommandTable } from "../completion/words.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";

const scripts: Readonly<Record<CompletionShell, (table: CommandTable) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export async function completion(
  shell: CompletionShell,
  table: CommandTable,
  terminal: Terminal,
): Promise<number> {
  await terminal.out(scripts[shell](table));
  return exitCodes.clean;
}
