// Catalogue: event files for TensorBoard. Codes DIN0535–DIN0536; DIN0535 is gone.

import { defineWarning } from "./define.ts";

export const eventsUnwritable = defineWarning<{ path: string; reason: string }>({
  code: "DIN0536",
  name: "event-files-unwritable",
  message: ({ path, reason }) => `no more event files can be written to ${path}: ${reason}`,
  explanation:
    "The disk is full, or the folder of --tensorboard can no longer be written. The training continues without event files; the run still has the losses and metrics of every epoch.",
});
