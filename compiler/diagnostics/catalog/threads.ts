// Catalogue: threads and other forms of the back ends wasm and native.

import { option, wording } from "../../common/option-text.ts";
import { defineKind } from "./define.ts";

export const threadStopped = defineKind<{ reason: string }>({
  code: "DIN0537",
  name: "thread-stopped",
  severity: "error",
  message: ({ reason }) => `a thread that computed a part of a step stopped: ${reason}`,
  help: () =>
    wording`run the command again; a training continues from its checkpoint with ${option("resume")}, with any number of ${option("threads")}`,
  explanation:
    "With the back end wasm, several threads compute a step together. One of them ended before it finished its part, for example because the system had no memory for it. The weights of that step are incomplete, so dinc keeps none of them; the last checkpoint stays. The number of threads does not change the results, and --threads 1 needs the least memory.",
});

export const threadMissing = defineKind<{ reason: string | null }>({
  code: "DIN0539",
  name: "thread-missing",
  severity: "warning",
  message: ({ reason }) =>
    `a thread could not start, so the others do its work: ${reason ?? "the script of its worker cannot be loaded"}`,
  help: () =>
    "let `newWorker` start a module that calls `takePart` of dinc/train with the data of every message that it gets",
  explanation:
    "In a web page, threads of a training are workers, which `threads.newWorker` of openTraining starts. The script could not be fetched, for example because its address is wrong, or it threw an error at its start. Training continues with fewer threads and reaches the same weights, but takes longer.",
});

export const otherFormDiffers = defineKind<{
  step: number;
  /** The last batch known to have the same bits; null if none was computed with them. */
  since: number | null;
}>({
  code: "DIN0538",
  name: "other-form-differs",
  severity: "warning",
  message: ({ step, since }) =>
    since === null
      ? "native code gave different results from WebAssembly's, so dinc does not compute with it"
      : `native code gave different results from WebAssembly's in batch ${step}, so dinc no longer computes with it`,
  help: ({ step, since }) =>
    since === null
      ? "there is nothing to do: all results come from WebAssembly"
      : wording`batches ${since + 1} to ${step - 1} were computed with native code; for results of WebAssembly alone, run the command again with ${option("backend", ["wasm"])}`,
  explanation:
    "The back end native computes with code of the machine's C compiler, and compilers sometimes generate wrong code. So dinc computes some batches both in native code and in WebAssembly before it uses native code, and one again from time to time, and compares all bits of the weights, of the optimizer's state and of the loss. Here some differed. The results of that batch come from WebAssembly. If the first comparison failed, all results are right. If a later one failed, batches since the previous comparison may have wrong bits.",
});
