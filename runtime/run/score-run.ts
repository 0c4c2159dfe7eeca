// Logits of a run for rows, on the back end asked for.

import { planBatches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { openBatches } from "../data/prefetch.ts";
import { score } from "../train/score.ts";
import type { TrainingBackend } from "../train/session.ts";
import type { OpenRun } from "./open-run.ts";

/** By label, one logit a row. */
export async function scoreRun(
  { program, tables, parameters, model }: OpenRun,
  data: Dataset,
  backend: TrainingBackend,
): Promise<ReadonlyMap<string, Float32Array>> {
  const specs = [...tables.values()].map((table) => table.spec);
  const source = openBatches(planBatches(program.predict, specs));
  const session = await backend.open(program, parameters);
  try {
    const labels = model.predictions.map(({ label }) => label);
    return await score(session, tables, data, source.stream, labels);
  } finally {
    session.dispose();
    await source.close();
  }
}
