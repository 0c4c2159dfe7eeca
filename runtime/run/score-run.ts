// Logits of a run for rows, on the back end asked for.

import type { Dataset } from "../data/dataset.ts";
import { chooseBackend } from "../train/backends/choose.ts";
import { batchStream } from "../train/batch-stream.ts";
import { score } from "../train/score.ts";
import type { BackendName } from "../train/session.ts";
import type { OpenRun } from "./open-run.ts";

/** By label, one logit a row. `auto` takes the back end that trained the run where it is there, so that scores agree. */
export async function scoreRun(
  { program, tables, parameters, model, run }: OpenRun,
  data: Dataset,
  backend: BackendName | "auto",
): Promise<ReadonlyMap<string, Float32Array>> {
  const opened = await chooseBackend(backend);
  const session = await opened.open(program, parameters);
  try {
    const labels = model.predictions.map(({ label }) => label);
    return await score(session, tables, data, batchStream(program), labels);
  } finally {
    session.dispose();
  }
}
