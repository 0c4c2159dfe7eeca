// Sorts the fetched outputs of a training program into the results that the training loop expects.

import { invariant } from "../../common/internal-error.ts";
import { outputNames, outputsOf } from "../../middle/graph/outputs.ts";
import type { TrainingProgram } from "../../middle/programs/program.ts";
import type { StepResult } from "./session.ts";

/** Values by output name. */
export type StepOutputs = Readonly<Record<string, Float32Array | Int32Array>>;

/** The results of a step; a table that the loss does not depend on has no gradient. */
export function stepResultOf(fetched: StepOutputs, { step, tables }: TrainingProgram): StepResult {
  const loss = fetched[outputNames.loss]?.[0];
  invariant(loss !== undefined, "a step has no loss");
  const terms = [...outputsOf(step, "term").keys()].map(
    (of) => [of, fetched[outputNames.term(of)]![0]!] as const,
  );
  const gradients = new Map<string, Float32Array>();
  for (const table of tables) {
    const gradient = fetched[outputNames.gradient(table)];
    if (gradient !== undefined) gradients.set(table, gradient as Float32Array);
  }
  return { loss, terms: Object.fromEntries(terms), gradients: Object.fromEntries(gradients) };
}

/** The logits of a prediction by channel, and its outputs by name. */
export function logitsOf(
  fetched: StepOutputs,
  { predict }: TrainingProgram,
): Readonly<Record<string, Float32Array>> {
  const named = (["logit", "output"] as const).flatMap((kind) =>
    [...outputsOf(predict, kind).keys()].map(
      (of) => [of, fetched[outputNames[kind](of)] as Float32Array] as const,
    ),
  );
  return Object.fromEntries(named);
}
