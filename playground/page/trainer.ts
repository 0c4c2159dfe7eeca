// Starts the training worker. It is a file of its own that loads before the editor, because the worker takes longest until it
// shows something.

export const trainer = new Worker(new URL("./training-worker.js", import.meta.url), { type: "module" });

const kinds = ["message", "error"];
const early: Event[] = [];
const keep = (event: Event) => early.push(event);
for (const kind of kinds) trainer.addEventListener(kind, keep);

/** Gives the events that came before the page listened to the worker, such as its error, to the page's listeners. */
export function replayEarlyEvents(): void {
  for (const kind of kinds) trainer.removeEventListener(kind, keep);
  for (const event of early) trainer.dispatchEvent(event);
}
