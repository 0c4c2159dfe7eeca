// Removes or restores files when the process ends, normally or by a signal. Only SIGKILL prevents this.

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let isListening = false;

/**
 * From now on, a signal undoes unfinished work before it ends the process. The command line calls this,
 * because it owns its process. In other programs, the next call that writes to the same path removes
 * leftovers.
 */
export function undoOnSignals(): void {
  isListening = true;
}

/** Undone from last to first. */
const undos: (() => void)[] = [];

/** `undo` runs when the process ends, unless the returned function was called before. */
export function atEnd(undo: () => void): () => void {
  if (undos.length === 0) {
    process.on("exit", undoAll);
    if (isListening) for (const signal of SIGNALS) process.on(signal, endBy);
  }
  undos.unshift(undo);
  return () => {
    const at = undos.indexOf(undo);
    if (at < 0) return;
    undos.splice(at, 1);
    if (undos.length > 0) return;
    process.off("exit", undoAll);
    for (const signal of SIGNALS) process.off(signal, endBy);
  };
}

function endBy(signal: (typeof SIGNALS)[number]): void {
  // Another listener decides itself when the process ends.
  if (process.listenerCount(signal) > 1) return;
  undoAll();
  process.off("exit", undoAll);
  for (const each of SIGNALS) process.off(each, endBy);
  // By the signal itself: `process.exit` waits for native threads, and one of DuckDB may wait for rows of this thread.
  process.kill(process.pid, signal);
}

function undoAll(): void {
  for (const undo of undos) undo();
}
