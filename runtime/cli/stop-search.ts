// Ctrl-C and `kill` in a search: what ended is kept, what runs is not waited for. Before the search begins
// they end the process.

import { StopSignals } from "./stop-signals.ts";
import type { Terminal } from "./terminal.ts";

export class StopSearch extends StopSignals {
  constructor(out: string, terminal: Terminal) {
    super(out, terminal, {
      stopping: "stopping; what has ended is kept",
      atOnce: () => "stopped at once; --resume goes on",
    });
  }

  /** From now on there is something to go on with. */
  begin(): void {
    this.isWorking = true;
  }
}
