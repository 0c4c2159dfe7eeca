// The language server's services on this machine: its disk, and one thread each for checking and for
// computing costs.

import { ConfigViews } from "./config-views.ts";
import { CostThread } from "./cost-thread.ts";
import { WorkspaceDisk } from "./disk.ts";
import type { LanguageServices } from "./language-services.ts";
import { Thread } from "./thread.ts";

/** `library`: the folder that contains the standard library's `std/`, as a URL with a final slash. */
export function onThisMachine(library: URL): LanguageServices {
  const checkWorker = new URL("./check-worker.js", import.meta.url);
  return {
    disk: new WorkspaceDisk([], library),
    configs: new ConfigViews(),
    checker: (log, limits) => new Thread(checkWorker, { workerData: { library: library.href } }, log, limits),
    costs: (log, limits) => new CostThread(log, limits),
  };
}
