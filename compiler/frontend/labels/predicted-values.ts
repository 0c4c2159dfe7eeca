// Turns the numbers of the network into predictions: probabilities, or for a number the number itself.

import { sigmoid } from "../../common/sigmoid.ts";
import type { Label, Model } from "../model/model.ts";
import { labelKindOf } from "./registry.ts";

/** Predictions by label; a label with classes has one for each class, row by row. */
export interface PredictedValues {
  /** Between 0 and 1. */
  readonly probabilities: ReadonlyMap<string, Float32Array>;
  /** Predictions of labels that are numbers. */
  readonly numbers: ReadonlyMap<string, Float32Array>;
  /** Values of outputs by name, row by row. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

export function predictedValues(
  { labels, outputs: named }: Pick<Model, "labels" | "outputs">,
  scores: ReadonlyMap<string, Float32Array>,
): PredictedValues {
  const probabilities = new Map<string, Float32Array>();
  const numbers = new Map<string, Float32Array>();
  for (const [name, all] of scores) {
    const label = labels.get(name);
    if (label === undefined) continue;
    if (label.type.kind === "number") numbers.set(name, all);
    else probabilities.set(name, probabilitiesOf(label, all));
  }
  const outputs = new Map(named.map(({ name }) => [name, scores.get(name)!]));
  return { probabilities, numbers, outputs };
}

/** The probabilities of a label that isn't a number. */
export function probabilitiesOf(label: Pick<Label, "type">, logits: Float32Array): Float32Array {
  if (labelKindOf(label).outcome !== "class") return logits.map(sigmoid);
  const width = classesOf(label).length;
  const shares = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += width) {
    const own = logits.subarray(at, at + width);
    const largest = own.reduce((most, each) => Math.max(most, each));
    const powers = Array.from(own, (each) => Math.exp(each - largest));
    const sum = powers.reduce((all, each) => all + each, 0);
    for (const [i, power] of powers.entries()) shares[at + i] = power / sum;
  }
  return shares;
}

/** Names of a label's classes, in their order; empty if it has none. */
export function classesOf({ type }: Pick<Label, "type">): readonly string[] {
  return "classes" in type ? type.classes : [];
}
