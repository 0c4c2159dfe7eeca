// Loaded before the language server and its threads, makes the judge loop or take memory without end at files
// of these names, as a mistake of the checker would.

import { isMainThread, parentPort } from "node:worker_threads";

if (!isMainThread && parentPort !== null) {
  const post = parentPort.postMessage.bind(parentPort);
  parentPort.postMessage = (message) => {
    post(message);
    if (message.kind !== "at") return;
    if (message.what.endsWith("endless.din")) for (;;);
    if (message.what.endsWith("greedy.din"))
      for (const all = []; ; ) all.push(new Array(1000).fill(all.length));
    if (message.what.endsWith("ends.din")) process.exit(1);
    if (message.what.endsWith("deep.din"))
      (function deeper() {
        return deeper() + 1;
      })();
  };
}
