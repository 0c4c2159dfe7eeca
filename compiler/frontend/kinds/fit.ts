// Fits vocabularies and the parameters of transforms on the training rows, before any weight is trained.

import { remembered } from "../../common/remembered.ts";
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
  if (hasLearnedVocabulary(feature)) return vocabularyOf(feature, collected, counts, known);
  const learned = () =>
    fitTransforms(feature, (take) => {
      for (let i = 0; i < collected.size; i++) take(collected.at(i) as number, counts[i]!);
    });
  const transforms = known.transforms.get(feature.name) ?? learned();
  const space = spaceOf(feature, fittedOf(feature.name, transforms));
  const ids = unknownIds(collected);
  // Every number that a bucket was learned from is in a bucket.
  for (let i = 0; i < collected.size; i++)
    ids[FIRST_ID + i] = Math.max(UNKNOWN_ID, space.idOf(collected.at(i)));
  return { vocabulary: null, transforms, ids };
}

/** The values of the rows, after the values known before. */
function vocabularyOf(
  feature: Feature,
  collected: Collected,
  counts: ArrayLike<number>,
  known: EarlierFit,
): FittedFeature {
  const texts: string[] = new Array(collected.size);
  const textAt = (index: number) => (texts[index] ??= collected.at(index) as string);
  const learned = idKindOf(feature).learn!(feature.kind, textAt, counts);
  const ids = unknownIds(collected);
  const vocabulary: string[] = [];
  const add = (index: number | undefined, value: string) => {
    if (index !== undefined) ids[FIRST_ID + index] = FIRST_ID + vocabulary.length;
    vocabulary.push(value);
  };
  const earlier = known.vocabularies.get(feature.name) ?? null;
  if (earlier === null) {
    for (const index of learned) add(index, textAt(index));
    return { vocabulary, transforms: null, ids };
  }
  const before = new Set(earlier.values);
  const met = new Map<string, number>();
  for (let i = 0; i < collected.size; i++) if (before.has(textAt(i))) met.set(textAt(i), i);
  for (const [place, value] of earlier.values.entries()) {
    const index = met.get(value);
    if (earlier.stays(place, index === undefined ? 0 : counts[index]!)) add(index, value);
  }
  for (const index of learned) if (!before.has(textAt(index))) add(index, textAt(index));
  return { vocabulary, transforms: null, ids };
}

/** By provisional id. */
function unknownIds({ size }: Collected): Int32Array {
  const ids = new Int32Array(FIRST_ID + size).fill(UNKNOWN_ID);
  ids[0] = 0;
  return ids;
}

function fittedOf(name: string, transforms: readonly (readonly number[])[]): Fitted {
  return { vocabularies: new Map(), transforms: new Map([[name, transforms]]) };
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
      const transformed = remembered((x) => before.reduce((value, step) => step.apply(value), x));
      source((x, times) => {
        learner.add(before.length === 0 ? x : transformed(x), times);
      });
    }
    learned.push([...(learner?.finish() ?? [])]);
  }
  return learned;
}
