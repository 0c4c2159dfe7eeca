// Catalogue: event files for TensorBoard. Codes DIN0535–DIN0536.

import { defineError, defineWarning } from "./define.ts";

export const eventsWithoutNative = defineError<Record<never, never>>({
  code: "DIN0535",
  name: "tensorboard-without-native",
  message: () => "--tensorboard needs native TensorFlow, which is not installed",
  explanation:
    "TensorFlow itself writes the event files for TensorBoard, whichever back end trains. `dinc native install` puts it into your cache folder, and `dinc doctor` shows what is installed. Without it, metrics.jsonl in the run has the losses and metrics of every epoch, and report.html their curves.",
});

export const eventsUnwritable = defineWarning<{ path: string; reason: string }>({
  code: "DIN0536",
  name: "event-files-unwritable",
  message: ({ path, reason }) => `no more event files are written to ${path}: ${reason}`,
  explanation:
    "The disk is full, or the folder of --tensorboard can no longer be written. The training goes on without event files; the run still has the losses and metrics of every epoch.",
});
