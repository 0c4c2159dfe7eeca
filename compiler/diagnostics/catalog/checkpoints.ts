// Catalogue: checkpoints of interrupted trainings. Codes DIN0530–DIN0539.

import { option, type Wording, wording } from "../../common/option-text.ts";
import { defineKind } from "./define.ts";

export const trainingUnfinished = defineKind<{ path: string; epoch: number; steps: number }>({
  code: "DIN0530",
  name: "training-unfinished",
  severity: "error",
  message: ({ path, epoch, steps }) =>
    `${path} holds a training that was interrupted after step ${steps} of epoch ${epoch}`,
  help: () => wording`continue with ${option("resume")}, or start again with ${option("force", true)}`,
  explanation:
    "A training saves its state in RUN.checkpoint, so that a kill loses a minute and not the run. dinc does not overwrite such a file unasked: --resume continues from it, --force starts again and replaces it.",
});

export const checkpointDamaged = defineKind<{ path: string; reason: Wording }>({
  code: "DIN0531",
  name: "checkpoint-damaged",
  severity: "error",
  message: ({ path, reason }) => wording`the checkpoint cannot be used: ${path} ${reason}`,
  explanation:
    "A checkpoint is replaced in one step, so that a kill leaves either the old one or the new one complete, and each of its parts has a checksum. This one was changed or cut short by something else, or another version of dinc wrote it. --force starts again and replaces it.",
});

export const checkpointMismatch = defineKind<{ path: string; differs: string }>({
  code: "DIN0532",
  name: "checkpoint-mismatch",
  severity: "error",
  message: ({ path, differs }) => `${path} belongs to another training: ${differs}`,
  explanation:
    "A resumed training ends with the same bits as an uninterrupted one. For that, the network, train settings, data, back end and version of dinc must be the same. Use those of the first training, or start again with --force.",
});

export const checkpointUnwritable = defineKind<{ path: string; reason: string; kept: string | null }>({
  code: "DIN0533",
  name: "checkpoint-unwritable",
  severity: "warning",
  message: ({ path, reason }) => `cannot write the checkpoint ${path}: ${reason}`,
  help: ({ kept }) =>
    kept === null
      ? "until it can be written, this training has no saved state"
      : `the checkpoint after ${kept} is kept`,
  explanation:
    "The disk is full, or the folder can no longer be written. Training continues and tries again, without a message each time. The last checkpoint that could be written stays.",
});
