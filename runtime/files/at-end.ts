// Removes or restores files when the process ends, by itself or by a signal. Only SIGKILL prevents that.

import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let isListening = false;

/**
 * From here on a signal ends the process by way of what is to be undone. The command line asks for it, which
 * owns its process; what a signal leaves of a program that does not ask for it is removed by the next call
 * that writes there.
 */
export function undoOnSignals(): void {
  isListening = true;
}

/** The latest is undone first. */
const undos: (() => void)[] = [];

/** `undo` is called when the process ends, unless what this gives was called before. */
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
  // Whoever else listens decides when the process ends.
  if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
}

function undoAll(): void {
  for (const undo of undos) undo();
}
