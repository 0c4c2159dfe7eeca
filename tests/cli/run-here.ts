// Commands in this process, for tests that run many: what they say is collected.

import { perform } from "../../runtime/cli/main.ts";
import type { Terminal } from "../../runtime/cli/terminal.ts";
import type { Ran } from "./spawn.ts";

/** As `run`, without a process; `heard` gets every message, while the command runs. */
export async function runHere(
  args: readonly string[],
  heard: (message: string) => void = () => {},
): Promise<Ran> {
  let [out, err] = ["", ""];
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    say: (message) => {
      err += `${message}\n`;
      heard(message);
    },
    progress: () => {},
    color: { messages: false, data: false },
    interactive: false,
  };
  const code = await perform(args, terminal);
  return { code, out, err };
}
