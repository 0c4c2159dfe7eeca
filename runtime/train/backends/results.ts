// Sorts what a run of a training program fetched into what the training loop asked for.

import { invariant } from "../../../compiler/internal-error.ts";
import { outputNames } from "../../../compiler/training/program.ts";
import type { StepResult } from "../session.ts";

/** Values by output name. */
export type Fetched = Readonly<Record<string, Float32Array | Int32Array>>;

/** Of a step; a table that the loss does not depend on has no gradient. */
export function stepResultOf(fetched: Fetched, tables: readonly string[]): StepResult {
  const loss = fetched[outputNames.loss]?.[0];
  invariant(loss !== undefined, "a step has no loss");
  const gradients = new Map<string, Float32Array>();
  for (const table of tables) {
    const gradient = fetched[outputNames.gradient(table)];
    if (gradient !== undefined) gradients.set(table, gradient as Float32Array);
  }
  return { loss, gradients: Object.fromEntries(gradients) };
}

/** By label, of a prediction. */
export function logitsOf(fetched: Fetched): Readonly<Record<string, Float32Array>> {
  const prefix = outputNames.logit("");
  return Object.fromEntries(
    Object.entries(fetched)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, values]) => [name.slice(prefix.length), values as Float32Array]),
  );
}
