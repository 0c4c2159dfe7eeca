// A terminal that nobody reads.

import type { Terminal } from "../../runtime/cli/terminal.ts";

export const silent: Terminal = {
  ...{ out: () => {}, say: () => {}, progress: () => {} },
  ...{ color: { messages: false, data: false }, interactive: false },
};
