// Catalogue: threads that compute parts of a step.

import { defineKind } from "./define.ts";

export const threadStopped = defineKind<{ reason: string }>({
  code: "DIN0537",
  name: "thread-stopped",
  severity: "error",
  message: ({ reason }) => `a thread that computed a part of a step stopped: ${reason}`,
  help: () =>
    "run the command again; a training goes on from its checkpoint with --resume, with any number of --threads",
  explanation:
    "With the back end wasm several threads compute a step together. One of them ended in the middle of its part, for example because the system had no memory for it. The weights of that step are incomplete, so nothing of it is kept; the last checkpoint stays. The number of threads does not change the results, and --threads 1 needs the least memory.",
});
