// Gives the event loop a turn in loops whose awaits all resolve at once. Otherwise no signal would be
// handled, and Ctrl-C would wait for the end of the epoch.

const INTERVAL_MS = 50;

export class EventLoopYield {
  private last = performance.now();

  /** Call it once per iteration; it waits for a turn of the event loop if the last one was long ago. */
  async take(): Promise<void> {
    if (performance.now() - this.last < INTERVAL_MS) return;
    await turn();
    this.last = performance.now();
  }
}

declare const setImmediate: ((called: () => void) => void) | undefined;
declare const MessageChannel: new () => {
  readonly port1: { onmessage: (() => void) | null; close(): void };
  readonly port2: { postMessage(message: null): void };
};

/** Browsers have no `setImmediate`, and delay a timer of 0 ms by 4 ms; a message arrives at once. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
