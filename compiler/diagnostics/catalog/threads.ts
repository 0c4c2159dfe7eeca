// Catalogue: how a step is computed by the back end wasm: its threads and its vectors.

import { option, wording } from "../../common/option-text.ts";
import { defineKind } from "./define.ts";

export const threadStopped = defineKind<{ reason: string }>({
  code: "DIN0537",
  name: "thread-stopped",
  severity: "error",
  message: ({ reason }) => `a thread that computed a part of a step stopped: ${reason}`,
  help: () =>
    wording`run the command again; a training goes on from its checkpoint with ${option("resume")}, with any number of ${option("threads")}`,
  explanation:
    "With the back end wasm several threads compute a step together. One of them ended in the middle of its part, for example because the system had no memory for it. The weights of that step are incomplete, so nothing of it is kept; the last checkpoint stays. The number of threads does not change the results, and --threads 1 needs the least memory.",
});

export const threadMissing = defineKind<{ reason: string | null }>({
  code: "DIN0539",
  name: "thread-missing",
  severity: "warning",
  message: ({ reason }) =>
    `a thread could not begin, so the others do its work: ${reason ?? "the script of its worker cannot be loaded"}`,
  help: () =>
    "let `newWorker` start a module that calls `takePart` of dinc/train with the data of every message that it gets",
  explanation:
    "In a web page, threads of a training are workers, which `threads.newWorker` of openTraining starts. The script of one could not be fetched, for example because its address is wrong, or it threw before it took part. Training goes on with fewer threads, to the same weights, but takes longer.",
});

export const wideVectorsDiffer = defineKind<{
  step: number;
  /** The last batch that is known to have the same bits; null where none was computed with them. */
  since: number | null;
}>({
  code: "DIN0538",
  name: "wide-vectors-differ",
  severity: "warning",
  message: ({ step, since }) =>
    since === null
      ? "V8's vectors of 256 bits gave other bits than those of 128, so nothing is computed with them"
      : `V8's vectors of 256 bits gave other bits than those of 128 in batch ${step}, so no later one is computed with them`,
  help: ({ step, since }) =>
    since === null
      ? "nothing is to be done: all results are those of vectors of 128 bits"
      : wording`batches ${since + 1} to ${step - 1} were computed with them: for results without them run the command again without ${option("wideVectors")}`,
  explanation:
    "With --wide-vectors the back end wasm computes with vectors of 256 bits, which are an experiment of V8's. V8 sometimes makes wrong code for them. So dinc computes one batch with them and without before it uses them, and again after every 500 batches, and compares all bits of the weights, of what the optimizer keeps, and of the loss. Here some differed. The results of that batch are those of vectors of 128 bits. If the first comparison failed, all results are right. If a later one did, batches since the comparison before it may have wrong bits.",
});
