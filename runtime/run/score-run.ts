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
  onProgress?: (rows: number) => void,
): Promise<ReadonlyMap<string, Float32Array>> {
  const plan = planBatches(
    program.predict,
    [...tables.values()].map((table) => table.spec),
  );
  // A table that only a loss reads is no part of a prediction.
  const needed = new Map(
    plan.vocabularies.flatMap((each) => each.tables.map(({ name }) => [name, tables.get(name)!] as const)),
  );
  const source = openBatches(plan);
  const session = await backend.open(program, parameters);
  try {
    const labels = model.predictions.map(({ label }) => label);
    return await score(session, needed, data, source.stream, labels, onProgress);
  } finally {
    session.dispose();
    await source.close();
  }
}
