// Judges what is open, one question at a time, so that whoever types does not wait for the checker.

import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "../../compiler/internal-error.ts";
import { Judge, type Question } from "./judge.ts";

invariant(parentPort !== null, "judge-worker is no worker");
const port = parentPort;
const judge = new Judge(new URL((workerData as { readonly library: string }).library));

port.on("message", (question: Question) => {
  try {
    port.postMessage({ kind: "done", told: judge.answer(question) });
  } catch (error) {
    port.postMessage({ kind: "failed", error });
  }
});
