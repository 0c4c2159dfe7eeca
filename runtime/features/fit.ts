// What is learned from the training rows before any weight: vocabularies, and what transforms of numbers learn.

import { idKindOf, transformOf, transformsOf } from "../../compiler/kinds/registry.ts";
import type { Feature } from "../../compiler/model/model.ts";
import { numberSteps, spaceOf } from "./encoders.ts";

export interface FittedVocabulary {
  /** In the order of their ids, the first having id 2. */
  readonly values: readonly string[];
  /** By number of the value in `texts`: its id, unknown for those that were not kept. */
  readonly ids: Int32Array;
}

/** The vocabulary of a feature that learns it, from the distinct values of the training rows. */
export function fitVocabulary(
  feature: Feature,
  texts: readonly string[],
  counts: ArrayLike<number>,
): FittedVocabulary {
  const values = idKindOf(feature).learn!(feature.kind, texts, counts);
  const space = spaceOf(feature, {
    vocabularies: new Map([[feature.name, values]]),
    transforms: new Map(),
  });
  return { values, ids: Int32Array.from(texts, (text) => space.idOf(text)) };
}

/** By place in its pipe what a number's transforms learn: each from what those before it make of `values`, in f64. */
export function fitTransforms(feature: Feature, values: ArrayLike<number>): number[][] {
  const learned: number[][] = [];
  for (const [place, transform] of transformsOf(feature.kind).entries()) {
    const learner = transformOf(transform).learn?.();
    if (learner !== undefined) {
      const fitted = { vocabularies: new Map(), transforms: new Map([[feature.name, learned]]) };
      const before = numberSteps(feature, fitted).slice(0, place);
      for (let i = 0; i < values.length; i++)
        learner.add(before.reduce((x, step) => step.apply(x), values[i]!));
    }
    learned.push([...(learner?.finish() ?? [])]);
  }
  return learned;
}
