// The training of a run in a few facts, for what is compiled from it.

import type { TrainingFacts } from "../../compiler/backends/contract/emitted.ts";
import { flatMetrics } from "./flat-metrics.ts";
import type { Manifest } from "./run-folder.ts";

export function trainingFactsOf({ data, epoch, metrics }: Manifest): TrainingFacts {
  const values = flatMetrics(metrics);
  const isTested = data.testRows > 0;
  return {
    ...{ rows: data.trainRows, epochs: epoch, steps: null },
    measured:
      Object.keys(values).length === 0
        ? null
        : {
            ...{ of: isTested ? "test" : "validation", values },
            rows: isTested ? data.testRows : data.validRows,
          },
  };
}
