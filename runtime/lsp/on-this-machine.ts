// A language server's surroundings on this machine: its disk, and a thread each that checks and that computes costs.

import { ConfigViews } from "./config-views.ts";
import { CostThread } from "./cost-thread.ts";
import { WorkspaceDisk } from "./disk.ts";
import type { LanguageServices } from "./language-services.ts";
import { Thread } from "./thread.ts";

/** `library`: the folder in which the standard library's `std/` lies, as a URL with a slash at its end. */
export function onThisMachine(library: URL): LanguageServices {
  const checkWorker = new URL("./check-worker.js", import.meta.url);
  return {
    disk: new WorkspaceDisk([], library),
    configs: new ConfigViews(),
    checker: (log, limits) => new Thread(checkWorker, { workerData: { library: library.href } }, log, limits),
    costs: (log, limits) => new CostThread(log, limits),
  };
}
