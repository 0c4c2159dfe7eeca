// The command `dinc completion`.

import { type CompletionShell, completionShells } from "../completion/shells.ts";
import type { CommandDescription, CommandGroup } from "./describe.ts";

/** `all` are the commands in the script, including this one. */
export const completionCommand = (
  all: () => readonly (CommandDescription | CommandGroup)[],
): CommandDescription => ({
  name: "completion",
  doc: "Print a script by which a shell completes commands, options and their values.",
  examples: ["source <(dinc completion bash)", "dinc completion fish > ~/.config/fish/completions/dinc.fish"],
  arguments: [{ usage: "<shell>", doc: "the shell", choices: completionShells }],
  options: [],
  run: async (terminal, _options: object, shell: CompletionShell) =>
    (await import("../commands/completion.ts")).completion(shell, all(), terminal),
});
