// The worker thread behind `metrics-thread.ts`: computes the metrics of one request after the other.

import { parentPort } from "node:worker_threads";
import { invariant } from "../../../compiler/common/internal-error.ts";
import { withFasterAuc } from "../../../compiler/train/metrics/auc-by-blocks.ts";
import { evaluateInSlices, type MeasureRequest } from "../../../compiler/train/metrics/evaluate.ts";
import type { MeasureMessage } from "./metrics-thread.ts";

invariant(parentPort !== null, "metrics-worker isn't a worker");
const port = parentPort;
const send = (message: MeasureMessage) => port.postMessage(message);

port.on("message", (request: MeasureRequest) => {
  try {
    const slices = evaluateInSlices(request, withFasterAuc);
    for (;;) {
      const slice = slices.next();
      if (slice.done === true) return send({ kind: "done", metrics: slice.value });
      send({ kind: "progress", progress: slice.value });
    }
  } catch (error) {
    send({ kind: "failed", error });
  }
});
