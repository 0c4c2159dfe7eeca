// The worker thread of `scoring-thread.ts`. It opens the engine once, then scores pieces of rows in the order of their requests.

import { parentPort, workerData } from "node:worker_threads";
import { openSession } from "../../compiler/backends/wasm/training/session.ts";
import { invariant } from "../../compiler/common/internal-error.ts";
import { DiagnosticError } from "../../compiler/diagnostics/diagnostic.ts";
import type { RowSource } from "../data/batches.ts";
import { codeMachines } from "../engines/code-machines.ts";
import { type Scorer, scorerOf } from "./scorer.ts";
import type { ScoringMessage, ScoringStart } from "./scoring-thread.ts";

invariant(parentPort !== null, "scoring-worker isn't a worker");
const port = parentPort;
const send = (message: ScoringMessage) => port.postMessage(message);

const { plan, task } = workerData as ScoringStart;
const opening = open();
// Each answer has the error.
opening.catch(() => {});

/** Null ends the thread. */
port.on("message", (data: RowSource | null) => void (data === null ? end() : answer(data)));

async function open(): Promise<Scorer> {
  const { needs, ...options } = task;
  const found = await codeMachines[needs]({
    ...options,
    onNativeCode: (outcome) => send({ kind: "native-code", outcome }),
  });
  invariant("given" in found, `${needs} is missing, although the main thread found it`);
  return scorerOf(plan, async (program, parameters) => openSession(found.given, program, parameters, null));
}

async function answer(data: RowSource): Promise<void> {
  try {
    const scorer = await opening;
    const logits = await scorer.score(data, (rows) => send({ kind: "scored", rows }));
    send({ kind: "done", logits });
  } catch (error) {
    if (error instanceof DiagnosticError) send({ kind: "refused", diagnostics: error.diagnostics });
    else send({ kind: "failed", error });
  }
}

async function end(): Promise<void> {
  await (await opening).close();
  port.close();
}
