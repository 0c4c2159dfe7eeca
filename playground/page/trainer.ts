// Starts the training worker. It is a file of its own that loads before the editor, because the worker takes longest until it
// shows something.

import type { WorkerRequest } from "../workers/messages.ts";

/** The seed of rows and trainings, unless a link names another. */
export const SEED = 7;

export const trainer = new Worker(new URL("./training-worker.js", import.meta.url), { type: "module" });

/** The address of the served run's description; null if there is no run. */
export function runAddress(): string | null {
  const at = document.querySelector('meta[name="run"]')?.getAttribute("content") ?? null;
  return at === null ? null : new URL(at, location.href).href;
}

if (location.hash === "" && runAddress() === null)
  trainer.postMessage({ kind: "simulate", seed: SEED } satisfies WorkerRequest);

const kinds = ["message", "error"];
const early: Event[] = [];
const keep = (event: Event) => early.push(event);
for (const kind of kinds) trainer.addEventListener(kind, keep);

/** Gives the events that came before the page listened to the worker, such as its error, to the page's listeners. */
export function replayEarlyEvents(): void {
  for (const kind of kinds) trainer.removeEventListener(kind, keep);
  for (const event of early) trainer.dispatchEvent(event);
}
