// Computes what models cost, one at a time.

import { parentPort } from "node:worker_threads";
import { invariant } from "../../compiler/internal-error.ts";
import { answerOf, type CostQuestion } from "./cost-thread.ts";

invariant(parentPort !== null, "cost-worker is no worker");
const port = parentPort;

port.on("message", (question: CostQuestion) => {
  try {
    port.postMessage({ kind: "done", summary: answerOf(question) });
  } catch (error) {
    port.postMessage({ kind: "failed", error });
  }
});
