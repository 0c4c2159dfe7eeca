// Lets the event loop have its turn in loops whose awaits are all answered at once: without it no signal is handled, and
// Ctrl-C would wait for the end of the epoch.

const INTERVAL_MS = 50;

export class EventLoopYield {
  private last = performance.now();

  /** Called once an iteration; waits for a turn of the event loop where the last one is long ago. */
  async take(): Promise<void> {
    if (performance.now() - this.last < INTERVAL_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.last = performance.now();
  }
}
