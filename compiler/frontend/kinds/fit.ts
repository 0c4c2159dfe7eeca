// Fits vocabularies and the parameters of transforms on the training rows, before any weight is trained.

import { type Feature, FIRST_ID, type Fitted, UNKNOWN_ID } from "../model/model.ts";
import { type Collected, spaceOf } from "./encoders.ts";
import { hasLearnedVocabulary, idKindOf } from "./registry.ts";
import { serve } from "./serve.ts";
import { learnersOf, stepsOf } from "./transforms.ts";

/** What one feature learned, as `Fitted` holds it. */
export interface FittedFeature {
  readonly vocabulary: readonly string[] | null;
  readonly transforms: readonly (readonly number[])[] | null;
  /** By provisional id: the final one. */
  readonly ids: Int32Array;
}

/** Learns from collected values, of which the n-th occurs `counts[n]` times in the training rows. */
export function fitCollected(
  feature: Feature,
  collected: Collected,
  counts: ArrayLike<number>,
): FittedFeature {
  const indices = Array.from({ length: collected.size }, (_, i) => i);
  const learnsVocabulary = hasLearnedVocabulary(feature);
  const vocabulary = learnsVocabulary
    ? idKindOf(feature).learn!(
        feature.kind,
        indices.map((i) => collected.at(i) as string),
        counts,
      )
    : null;
  const transforms = learnsVocabulary
    ? null
    : fitTransforms(feature, (take) => {
        for (const i of indices) take(collected.at(i) as number, counts[i]!);
      });
  const space = spaceOf(feature, fittedOf(feature.name, vocabulary, transforms));
  const ids = new Int32Array(FIRST_ID + collected.size);
  ids[UNKNOWN_ID] = UNKNOWN_ID;
  // Of numbers that a bucket was learned for, each is in one.
  for (const i of indices) ids[FIRST_ID + i] = Math.max(UNKNOWN_ID, space.idOf(collected.at(i)));
  return { vocabulary, transforms, ids };
}

function fittedOf(
  name: string,
  vocabulary: FittedFeature["vocabulary"],
  transforms: FittedFeature["transforms"],
): Fitted {
  return {
    vocabularies: new Map(vocabulary === null ? [] : [[name, vocabulary]]),
    transforms: new Map(transforms === null ? [] : [[name, transforms]]),
  };
}

/** Hands each number over with how many times it counts. */
export type NumberSource = (take: (x: number, times: number) => void) => void;

/** By place in its pipe what a number's transforms learn: each from what those before it make of the numbers of `source`. */
export function fitTransforms({ kind }: Feature, source: NumberSource): number[][] {
  const learned: number[][] = [];
  for (const [place, learner] of learnersOf(kind).entries()) {
    if (learner !== null) {
      const before = stepsOf(serve, kind, learned).slice(0, place);
      source((x, times) => {
        learner.add(
          before.reduce((value, step) => step.apply(value), x),
          times,
        );
      });
    }
    learned.push([...(learner?.finish() ?? [])]);
  }
  return learned;
}
