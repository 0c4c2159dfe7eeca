// Explains what a training would do to the run that it continues from, and trains nothing.

import { option, wording } from "../../compiler/common/option-text.ts";
import { UsageError } from "../../compiler/common/usage-error.ts";
import { lower } from "../../compiler/frontend/check/lower.ts";
import { tablesOf } from "../../compiler/frontend/kinds/model-queries.ts";
import { predictionProgram, trainingProgram } from "../../compiler/middle/programs/step.ts";
import type { Continuation } from "../../compiler/train/from/continuation.ts";
import { continuedFrom } from "./from.ts";
import { prepareRequest } from "./prepare.ts";
import { type ModelSource, withSeed } from "./read-spec.ts";
import { programSource, type Serving, servingOf } from "./serving.ts";
import { type PrepareOptions, requestTraining } from "./training-request.ts";

export interface ExplainedContinuation extends Continuation {
  /** Tells whether the module compiled from the run takes the new weights. */
  readonly serving: Serving;
}

/**
 * Explains what a training on these data, which are read and fitted, would do to the run of `options.from`;
 * it trains nothing. Throws as `train` does.
 */
export async function explainFrom(
  source: ModelSource | null,
  options: PrepareOptions,
): Promise<ExplainedContinuation> {
  if (options.from === undefined)
    throw new UsageError(wording`there is no run to continue from: name one with ${option("from")}`);
  const request = await requestTraining(source, { ...options, testFirst: false });
  const prepared = await prepareRequest(request, options, false);
  try {
    const model = withSeed(prepared.model, options.seed);
    const { fitted } = prepared.data;
    const tables = tablesOf(model, fitted);
    const program = trainingProgram(lower(model), model);
    const { opened } = prepared.from!;
    const { continuation } = continuedFrom(prepared.from!, {
      ...{ model, fitted, program, tables, vectors: new Map() },
    });
    const rows = new Map(tables.map(({ name, rows }) => [name, rows]));
    const serving = await servingOf(programSource(opened), {
      ...{ model, predict: predictionProgram(lower(model), model), calibration: null },
      padding: prepared.data.fingerprint.lists?.padding ?? null,
      rowsOf: (name) => rows.get(name)!,
    });
    return { ...continuation, serving };
  } finally {
    prepared.close();
  }
}
