// Fits vocabularies and the parameters of transforms on the training rows, before any weight is trained.

import { type Feature, FIRST_ID, type Fitted, UNKNOWN_ID } from "../model/model.ts";
import { type Collected, spaceOf } from "./encoders.ts";
import { hasLearnedVocabulary, idKindOf } from "./registry.ts";
import { serve } from "./serve.ts";
import { learnersOf, stepsOf } from "./transforms.ts";

/** Facts from an earlier training for a new one, under the feature's current name. */
export interface EarlierFit {
  readonly vocabularies: ReadonlyMap<string, KnownValues>;
  /** These stay unchanged: nothing is learned for them. */
  readonly transforms: Fitted["transforms"];
}

/** A vocabulary that new values are appended to. */
export interface KnownValues {
  /** In the order of their ids. */
  readonly values: readonly string[];
  /**
   * Tells whether the value at an index stays if the new rows have it `count` times; values after a removed
   * one move up.
   */
  readonly stays: (place: number, count: number) => boolean;
}

export const NOTHING_KNOWN: EarlierFit = { vocabularies: new Map(), transforms: new Map() };

/** The learned facts of one feature, as `Fitted` holds them. */
export interface FittedFeature {
  readonly vocabulary: readonly string[] | null;
  readonly transforms: readonly (readonly number[])[] | null;
  /** The final id, by provisional id. */
  readonly ids: Int32Array;
}

/** Learns from collected values; the n-th occurs `counts[n]` times in the training rows. */
export function fitCollected(
  feature: Feature,
  collected: Collected,
  counts: ArrayLike<number>,
  known: EarlierFit = NOTHING_KNOWN,
): FittedFeature {
  const indices = Array.from({ length: collected.size }, (_, i) => i);
  const learnsVocabulary = hasLearnedVocabulary(feature);
  const vocabulary = learnsVocabulary
    ? vocabularyOf(
        feature,
        indices.map((i) => collected.at(i) as string),
        counts,
        known.vocabularies.get(feature.name) ?? null,
      )
    : null;
  const learned = () =>
    fitTransforms(feature, (take) => {
      for (const i of indices) take(collected.at(i) as number, counts[i]!);
    });
  const transforms = learnsVocabulary ? null : (known.transforms.get(feature.name) ?? learned());
  const space = spaceOf(feature, fittedOf(feature.name, vocabulary, transforms));
  const ids = new Int32Array(FIRST_ID + collected.size);
  ids[UNKNOWN_ID] = UNKNOWN_ID;
  // Every number that a bucket was learned from is in a bucket.
  for (const i of indices) ids[FIRST_ID + i] = Math.max(UNKNOWN_ID, space.idOf(collected.at(i)));
  return { vocabulary, transforms, ids };
}

/** The values of the rows, after the values known before. */
function vocabularyOf(
  feature: Feature,
  texts: readonly string[],
  counts: ArrayLike<number>,
  known: KnownValues | null,
): readonly string[] {
  const learned = idKindOf(feature).learn!(feature.kind, texts, counts);
  if (known === null) return learned;
  const before = new Set(known.values);
  const met = new Map<string, number>();
  for (const [i, text] of texts.entries()) if (before.has(text)) met.set(text, counts[i]!);
  const kept = known.values.filter((value, place) => known.stays(place, met.get(value) ?? 0));
  return [...kept, ...learned.filter((value) => !before.has(value))];
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

/** Passes each number on with its count. */
export type NumberSource = (take: (x: number, times: number) => void) => void;

/**
 * The learned numbers of each transform, by its index in the pipe; each learns from the numbers of `source`
 * after the earlier transforms.
 */
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
