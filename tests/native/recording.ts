// A terminal that keeps what it is told.

import type { Terminal } from "../../runtime/cli/terminal.ts";

export function recording() {
  const said: string[] = [];
  const data: string[] = [];
  const terminal: Terminal = {
    out: (text) => void data.push(text),
    say: (message) => said.push(message),
    progress: () => {},
    color: { messages: false, data: false },
    interactive: false,
  };
  return { terminal, said, data };
}
