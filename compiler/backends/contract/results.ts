// Sorts the fetched outputs of a training program into the results that the training loop expects.

import { invariant } from "../../common/internal-error.ts";
import { outputNames } from "../../middle/programs/program.ts";
import type { StepResult } from "./session.ts";

/** Values by output name. */
export type Fetched = Readonly<Record<string, Float32Array | Int32Array>>;

/** Of a step; a table that the loss does not depend on has no gradient. */
export function stepResultOf(fetched: Fetched, tables: readonly string[]): StepResult {
  const loss = fetched[outputNames.loss]?.[0];
  invariant(loss !== undefined, "a step has no loss");
  const terms = named(fetched, outputNames.term("")).map(([name, values]) => [name, values[0]!] as const);
  const gradients = new Map<string, Float32Array>();
  for (const table of tables) {
    const gradient = fetched[outputNames.gradient(table)];
    if (gradient !== undefined) gradients.set(table, gradient as Float32Array);
  }
  return { loss, terms: Object.fromEntries(terms), gradients: Object.fromEntries(gradients) };
}

/** By label, of a prediction. */
export function logitsOf(fetched: Fetched): Readonly<Record<string, Float32Array>> {
  return Object.fromEntries(named(fetched, outputNames.logit("")));
}

/** Values whose names begin with `prefix`, by the rest of the name. */
function named(fetched: Fetched, prefix: string): [string, Float32Array][] {
  return Object.entries(fetched)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, values]) => [name.slice(prefix.length), values as Float32Array]);
}
