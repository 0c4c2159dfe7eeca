// Ctrl-C and `kill` in a search: finished trainings are kept, running ones are aborted. Before the search
// begins, a signal ends the process.

import { StopSignals } from "./stop-signals.ts";
import type { Terminal } from "./terminal.ts";

export class StopSearch extends StopSignals {
  constructor(out: string, terminal: Terminal) {
    super(out, terminal, {
      stopping: "stopping; finished trainings are kept",
      atOnce: () => "stopped at once; --resume continues",
    });
  }

  /** From now on, a later search can continue from the finished trainings. */
  begin(): void {
    this.isWorking = true;
  }
}
